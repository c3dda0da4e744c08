// SPDX-License-Identifier: BSD-3-Clause

// Holes: octets that never met do not match together, what stands on one side is found.

#include "scan_box.h"

#include <criterion/criterion.h>

TestSuite(scan_gaps, .init = box_init, .fini = box_fini);

// Pieces with a hole between them; "|" stands for it.
static const char *scan_holes(const char *mail, bool whole)
{
	struct scan_stream *s = box_begin();

	for (;;) {
		size_t len = strcspn(mail, "|");
		scan_feed(s, span_make(mail, len));
		if (mail[len] == '\0')
			return box_end(s, whole);
		scan_gap(s);
		mail += len + 1;
	}
}

static const char all[] =
	"signatures:\n"
	"- {id: 1, name: n, literal: needle, in: [raw, header, body]}\n";

Test(scan_gaps, halves_on_both_sides_do_not_match)
{
	box_use(all);
	cr_expect_str_eq(scan_holes("a: b\r\n\r\nnee|dle", true), "");
	cr_expect_str_eq(scan_holes("a: nee|dle\r\n\r\n", true), "");
	cr_expect_str_eq(scan_holes("nee|n|eedle|dle|", true), "");
}

Test(scan_gaps, offsets_go_on)
{
	box_use(all);
	cr_expect_str_eq(scan_holes("a: b\r\n\r\nxx|needle", true), "1:body:8 1:raw:16");
	cr_expect_str_eq(
		scan_holes("|a: needle\r\n\r\n", true), "1:body:9 1:header:9 1:raw:9");
}

Test(scan_gaps, told_once_whatever_the_holes)
{
	box_use(all);
	cr_expect_str_eq(
		scan_holes("a:\r\n\r\nneedle|needle|needle", true), "1:body:6 1:raw:12");
	cr_expect_eq(box.result.untold, 0);
}

// Nobody knows whether the header ended in the hole: both scopes look until an empty line.
Test(scan_gaps, behind_a_hole_in_the_header_both_scopes_look)
{
	box_use(all);
	cr_expect_str_eq(
		scan_holes("a: b|needle\r\n", true), "1:body:6 1:header:10 1:raw:10");
	cr_expect_str_eq(scan_holes("a: b|x\r\n\r\nneedle", true), "1:body:11 1:raw:15");
	cr_expect_str_eq(scan_holes("a: b|x\r\n\r\nnee|dle", true), "");
}

// The line in front of the hole may have gone on in it.
Test(scan_gaps, a_line_end_behind_a_hole_is_no_empty_line)
{
	box_use(all);
	cr_expect_str_eq(scan_holes("a: b\r\n|\r\nc: needle", true),
		"1:body:11 1:header:17 1:raw:17");
	cr_expect_str_eq(
		scan_holes("a: b\r\n|\r\n\r\nneedle", true), "1:body:10 1:raw:16");
}

Test(scan_gaps, a_hole_behind_the_header_changes_no_scope)
{
	box_use(all);
	cr_expect_str_eq(scan_holes("a: b\r\n\r\n|needle", true), "1:body:6 1:raw:14");
}

Test(scan_gaps, the_end_is_neither_a_hole_nor_a_cut)
{
	box_use("signatures:\n"
		"- {id: 1, name: n, pattern: 'end$', in: [raw, header, body]}\n"
		"- {id: 2, name: n, pattern: '^beg', in: [raw, body]}\n");
	cr_expect_str_eq(scan_holes("end|x\r\n\r\nend|x", true), "");
	cr_expect_str_eq(scan_holes("a: b\r\n\r\nend", false), "");
	cr_expect_str_eq(scan_holes("a: b\r\n\r\nend", true), "1:body:3 1:raw:11");
	cr_expect_str_eq(scan_holes("a: end", false), "");
	cr_expect_str_eq(scan_holes("a: end", true), "1:header:6 1:raw:6");
	// Each scope begins anew behind a hole.
	cr_expect_str_eq(scan_holes("a: b\r\n\r\nx|beg", true), "2:body:4 2:raw:12");
}

// What follows the mail with holes begins clean.
Test(scan_gaps, nothing_stays_for_the_next_mail)
{
	box_use(all);
	scan_holes("a: needle|nee", false);
	cr_expect_str_eq(box_scan(span_text("dle")), "");
	cr_expect_str_eq(box_scan(span_text("a: b\r\n\r\nneedle")), "1:body:6 1:raw:14");
	cr_expect_str_eq(box_scan(span_text("needle")), "1:header:6 1:raw:6");
}
