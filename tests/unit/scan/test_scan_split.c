// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "scan_split.h"

#include <criterion/criterion.h>

static const struct {
	const char *mail;
	size_t header;
	bool ended;
} cases[] = {
	{"", 0, false},
	{"A: b\r\n\r\nbody", 8, true},
	{"A: b\n\nbody", 6, true},
	{"A: b\r\n\nbody", 7, true},
	{"A: b\n\r\nbody", 7, true},
	{"A: b\r\n\r\n", 8, true},
	{"A: b\r\n", 6, false}, // header only
	{"A: b", 4, false},
	{"\r\nbody", 2, true}, // begins with an empty line
	{"\nbody", 1, true},
	{"\r\n\r\nbody", 2, true},
	{"\r", 1, false},
	{"\r\r\n", 3, false}, // a line with a CR in it
	{"A\r\n\r\r\n\r\nb", 8, true},
	{"A\r\n \r\n\r\nb", 8, true}, // a blank is something
	{"A\r\rb\r\n\r\nb", 8, true},
	{"A: b\r\rbody", 10, false}, // CR alone ends no line
	{"A\n\r\r\n", 5, false},
	{"\0\n\nx", 3, true},
};

static size_t length(size_t i)
{
	return cases[i].mail[0] == '\0' && cases[i].header > 0 ? 4
							       : strlen(cases[i].mail);
}

Test(scan_split, ends_behind_the_first_empty_line)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scan_split s = {0};
		struct guard g = guard_make(span_make(cases[i].mail, length(i)));
		cr_expect_eq(scan_split_feed(&s, g.text), cases[i].header, "case %zu", i);
		cr_expect_eq(s.ended, cases[i].ended, "case %zu", i);
		guard_free(&g);
	}
}

// Octet by octet, and cut in two at every point.
Test(scan_split, wherever_it_is_cut)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span mail = span_make(cases[i].mail, length(i));
		struct scan_split slow = {0};
		size_t header = 0;
		for (size_t at = 0; at < mail.len; at++)
			header += scan_split_feed(&slow, span_make(mail.ptr + at, 1));
		cr_expect_eq(header, cases[i].header, "case %zu", i);
		cr_expect_eq(slow.ended, cases[i].ended, "case %zu", i);
		for (size_t cut = 0; cut <= mail.len; cut++) {
			struct scan_split s = {0};
			header = scan_split_feed(&s, span_head(mail, cut));
			header += scan_split_feed(&s, span_skip(mail, cut));
			cr_expect_eq(
				header, cases[i].header, "case %zu cut at %zu", i, cut);
		}
	}
}

Test(scan_split, a_line_end_behind_a_hole_is_no_empty_line)
{
	struct scan_split s = {0};

	scan_split_feed(&s, span_text("A: b\r\n"));
	scan_split_gap(&s);
	cr_expect_eq(scan_split_feed(&s, span_text("\r\nB: c\r\n\r\nbody")), 10);
	cr_expect(s.ended);
}
