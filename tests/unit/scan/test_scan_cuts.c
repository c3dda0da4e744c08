// SPDX-License-Identifier: BSD-3-Clause

// However a mail is cut, the hits are the same, and they are those of a plain search: each
// expression alone, in block mode, over the whole text of the scope.

#include "guard.h"
#include "scan_box.h"
#include "scan_set_internal.h"

#include <stdlib.h>

#include <criterion/criterion.h>

TestSuite(scan_cuts, .init = box_init, .fini = box_fini);

static const char yaml[] =
	"signatures:\n"
	"- {id: 1, name: plain, literal: needle}\n"
	"- {id: 2, name: everywhere, literal: needle, in: [raw, header, body]}\n"
	"- {id: 3, name: any case, literal: NeeDLe, flags: caseless, in: body}\n"
	"- {id: 4, name: repeat, pattern: 'a.{2,9}b', flags: dotall, in: [header, body]}\n"
	"- {id: 5, name: begin, pattern: '^Sub', in: [raw, header, body]}\n"
	"- {id: 6, name: line begin, pattern: '^Sub', flags: multiline, in: [raw, header, "
	"body]}\n"
	"- {id: 7, name: end, pattern: 'end$', in: [raw, header, body]}\n"
	"- {id: 8, name: end of line, pattern: 'end\\r?$', flags: multiline, in: [raw, "
	"header, body]}\n"
	"- {id: 9, name: octets, hex: '00 ff 0a', in: [raw, body]}\n"
	"- {id: 10, name: over the edge, literal: \"\\r\\n\\r\\n\", in: [raw, header, "
	"body]}\n"
	"- {id: 11, name: every, literal: ab, flags: all_matches, in: [raw, body]}\n"
	"- {id: 12, name: far, pattern: 'first[^\\n]*second', in: [raw, header, body]}\n"
	"- {id: 13, name: special, literal: 'a.b*[c]\\d', in: [raw, body]}\n"
	"- {id: 14, name: header end, pattern: '\\r\\n\\r\\n$', in: header}\n"
	"- {id: 15, name: one octet, literal: z, in: [header, body]}\n";

#define MAIL(text)                     \
	{                              \
		text, sizeof(text) - 1 \
	}

static const struct {
	const char *text;
	size_t len;
} mails[] = {
	MAIL("x"),
	MAIL("z"),
	MAIL("Subject: needle\r\n\r\nneedle"),
	MAIL("Subject: a\r\nTo: ab\r\n\r\nSub first NEEDLE second\r\nend\r\n"),
	MAIL("Subject: first\r\n second needle\n\nSubab a.b*[c]\\d ababab end"),
	MAIL("\r\nSub needle\0\xff\nz end\n"),
	MAIL("\nSub needle\0\xff\nz end"),
	MAIL("Sub: header only, z a1234b end\r\n"),
	MAIL("Sub: header only, needle, end"),
	MAIL("A: need\r\n\r\nle nee\r\n\r\ndle a\r\n\r\nb\r\n\r\n"),
	MAIL("A: b\r\n\r\n\r\n\r\n"),
	MAIL("a\r\r\n\r\r\nb\r\rend\r\n\r\nend"),
	MAIL("A: x\r\n\r\nabababababababababababababababababababababababababab"),
};

static int note(unsigned id, unsigned long long from, unsigned long long to,
	unsigned flags, void *ctx)
{
	(void)id;
	(void)from;
	(void)to;
	(void)flags;
	*(bool *)ctx = true;
	return 0;
}

static bool plain_search(const struct scan_signature *s, struct span text)
{
	hs_database_t *db = NULL;
	hs_scratch_t *scratch = NULL;
	hs_compile_error_t *error;
	bool found = false;

	if (text.len == 0)
		return false;
	cr_assert_eq(hs_compile(s->expression, scan_compile_flags(s), HS_MODE_BLOCK, NULL,
			     &db, &error),
		HS_SUCCESS);
	cr_assert_eq(hs_alloc_scratch(db, &scratch), HS_SUCCESS);
	hs_scan(db, (const char *)text.ptr, (unsigned)text.len, 0, scratch, note, &found);
	hs_free_scratch(scratch);
	hs_free_database(db);
	return found;
}

// The header as a person would find it.
static size_t header_length(struct span mail)
{
	for (size_t at = 0; at < mail.len; at++) {
		struct span rest = span_skip(mail, at);
		bool begins = at == 0 || mail.ptr[at - 1] == '\n';
		if (begins && rest.ptr[0] == '\n')
			return at + 1;
		if (begins && rest.len >= 2 && memcmp(rest.ptr, "\r\n", 2) == 0)
			return at + 2;
	}
	return mail.len;
}

static bool has_hit(uint32_t id, enum scan_scope scope)
{
	char want[32];
	int len = snprintf(want, sizeof(want), "%u:%s:", id, scan_scope_name(scope));

	for (size_t i = 0; i < box.hit_count; i++)
		if (strncmp(box.hits[i], want, (size_t)len) == 0)
			return true;
	return false;
}

// Against the hits of the mail scanned last.
static void compare_with_plain(struct span mail)
{
	const struct scan_set *set = scan_pool_set(box.pool);
	size_t header = header_length(mail);
	const struct span scopes[] = {
		mail, span_head(mail, header), span_skip(mail, header)};

	for (size_t i = 0; i < scan_set_count(set); i++)
		for (int s = 0; s < SCAN_SCOPE_COUNT; s++) {
			const struct scan_signature *sig = scan_set_get(set, i);
			bool want =
				(sig->scopes >> s & 1) && plain_search(sig, scopes[s]);
			cr_expect_eq(has_hit(sig->id, s), want, "id %u in %s of \"%.*s\"",
				sig->id, scan_scope_name(s), (int)mail.len, mail.ptr);
		}
}

static struct span mail_at(size_t i)
{
	return span_make(mails[i].text, mails[i].len);
}

#define MAIL_COUNT (sizeof(mails) / sizeof(mails[0]))

Test(scan_cuts, whole_it_equals_a_plain_search)
{
	box_use(yaml);
	for (size_t i = 0; i < MAIL_COUNT; i++) {
		box_scan(mail_at(i));
		compare_with_plain(mail_at(i));
	}
}

Test(scan_cuts, pieces_of_any_size)
{
	box_use(yaml);
	for (size_t i = 0; i < MAIL_COUNT; i++) {
		char *whole = strdup(box_scan(mail_at(i)));
		for (size_t piece = 1; piece < 20; piece++)
			cr_expect_str_eq(box_scan_pieces(mail_at(i), piece), whole,
				"mail %zu in pieces of %zu", i, piece);
		free(whole);
	}
}

// Both halves end at a page nobody may touch.
Test(scan_cuts, in_two_at_every_point)
{
	box_use(yaml);
	for (size_t i = 0; i < MAIL_COUNT; i++) {
		char *whole = strdup(box_scan(mail_at(i)));
		for (size_t cut = 0; cut <= mails[i].len; cut++) {
			struct guard a = guard_make(span_head(mail_at(i), cut));
			struct guard b = guard_make(span_skip(mail_at(i), cut));
			struct scan_stream *s = box_begin();
			scan_feed(s, a.text);
			scan_feed(s, b.text);
			cr_expect_str_eq(
				box_end(s, true), whole, "mail %zu cut at %zu", i, cut);
			guard_free(&a);
			guard_free(&b);
		}
		free(whole);
	}
}

static const char *scan_randomly(struct span mail, size_t most)
{
	struct scan_stream *s = box_begin();

	while (mail.len > 0) {
		size_t n = (size_t)random() % (most + 1);
		scan_feed(s, span_head(mail, n));
		mail = span_skip(mail, n);
	}
	return box_end(s, true);
}

// A mail of words that are hits, halves of hits and neither.
static size_t make_mail(char *mail, size_t room)
{
	static const char *const words[] = {"needle", "need", "le", "a", "b", "ab", "Sub",
		"first", "second", "end", "\r\n", "\n", "\r", "\r\n\r\n", "z", " ",
		"a.b*[c]\\d", "NEEDLE", "\xff", "x: y\r\n"};
	size_t len = 0;

	while (len + 16 < room) {
		const char *w =
			words[(size_t)random() % (sizeof(words) / sizeof(words[0]))];
		memcpy(mail + len, w, strlen(w));
		len += strlen(w);
	}
	return len;
}

Test(scan_cuts, random_mails_cut_at_random)
{
	char text[200];

	box_use(yaml);
	srandom(1);
	for (int i = 0; i < 100; i++) {
		size_t room = 20 + (size_t)random() % 180;
		struct span mail = span_make(text, make_mail(text, room));
		char *whole = strdup(box_scan(mail));
		compare_with_plain(mail);
		for (int cuts = 0; cuts < 20; cuts++)
			cr_expect_str_eq(scan_randomly(mail, 1 + (size_t)cuts * 3), whole,
				"mail \"%.*s\"", (int)mail.len, mail.ptr);
		free(whole);
	}
}

Test(scan_cuts, mails_taking_turns_do_not_meet)
{
	struct scan_stream *streams[MAIL_COUNT];
	uint32_t want[MAIL_COUNT];

	box_use(yaml);
	for (size_t i = 0; i < MAIL_COUNT; i++) {
		box_scan(mail_at(i));
		want[i] = box.result.hits;
	}
	box.hit_count = 0;
	for (size_t i = 0; i < MAIL_COUNT; i++)
		streams[i] = scan_begin(box.pool, &box);
	for (size_t at = 0; at < 200; at++)
		for (size_t i = 0; i < MAIL_COUNT; i++)
			scan_feed(streams[i], span_head(span_skip(mail_at(i), at), 1));
	for (size_t i = 0; i < MAIL_COUNT; i++) {
		struct scan_result result;
		scan_end(streams[i], true, &result);
		cr_expect_eq(result.hits, want[i], "mail %zu", i);
	}
}
