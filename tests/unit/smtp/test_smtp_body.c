// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "smtp_body.h"

#include "mt_buf.h"

#include <criterion/criterion.h>

struct run {
	struct smtp_body body;
	struct mt_buf out;
	bool ended;
	size_t room; // octets taken at a time, 0: all
	size_t rest; // octets of the input behind the end
	unsigned tails;
};

// Feeds one piece. A candidate with a command behind it is taken for content.
static void feed(struct run *r, struct span text)
{
	struct guard g = guard_make(text);
	size_t at = 0;

	while (!r->ended) {
		struct span rest = span_skip(g.text, at);
		struct smtp_body_out o = smtp_body_next(&r->body, rest);
		cr_assert(o.used <= rest.len);
		at += o.used;
		if (o.step == SMTP_BODY_MORE)
			break;
		r->ended = o.step == SMTP_BODY_END;
		if (o.step == SMTP_BODY_TAIL) {
			r->tails++;
			smtp_body_reject(&r->body);
		}
		if (o.step != SMTP_BODY_TEXT)
			continue;
		size_t n = r->room > 0 && r->room < o.text.len ? r->room : o.text.len;
		cr_assert(o.kept ||
			(o.text.ptr >= g.text.ptr &&
				o.text.ptr + o.text.len <= g.text.ptr + g.text.len));
		mt_buf_add(&r->out, span_head(o.text, n));
		smtp_body_took(&r->body, &o, n);
		at += o.kept ? 0 : n;
	}
	r->rest += text.len - at;
	guard_free(&g);
}

static void start(struct run *r, size_t room)
{
	*r = (struct run){.room = room};
	mt_buf_init(&r->out, 1u << 20);
	smtp_body_start(&r->body);
}

// RFC 5321 4.5.2 said in the plainest way. Returns whether the end was there.
static bool reference(
	struct span text, struct mt_buf *out, size_t *ret_rest, unsigned *ret_found)
{
	bool line_start = true;
	size_t line = 0;

	*ret_found = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];
		uint8_t before = i > 0 ? text.ptr[i - 1] : '\n';
		if (line_start && c == '.' &&
			span_equal(
				span_head(span_skip(text, i), 3), span_text(".\r\n"))) {
			*ret_rest = text.len - i - 3;
			return true;
		}
		if (before == '\r' && c != '\n')
			*ret_found |= SMTP_SCAN_BARE_CR;
		if (c == '\n' && before != '\r')
			*ret_found |= SMTP_SCAN_BARE_LF;
		*ret_found |= c == 0 ? SMTP_SCAN_NUL : 0;
		if (!line_start && c == '.' && (before == '\r' || before == '\n'))
			*ret_found |= SMTP_SCAN_DOT;
		line = c == '\n' ? 0 : line + 1;
		*ret_found |= line > 999 ? SMTP_SCAN_LONG_LINE : 0;
		if (!line_start || c != '.')
			mt_buf_add_char(out, (char)c);
		line_start = c == '\n' && before == '\r';
	}
	*ret_rest = 0;
	return false;
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

// Text of the octets that matter here, with long dull runs between them.
static size_t make_text(uint32_t *seed, uint8_t *text, size_t size)
{
	static const char *const parts[] = {"\r", "\n", ".", "\r\n", "\r\n.", "\r\n..",
		"\n.", "\r.", ".\n", ".\r", "x", "MAIL", "ma", "", "QUIT", "\r\n.\r\n"};
	size_t n = 0, want = next_random(seed) % size;

	while (n < want) {
		uint32_t r = next_random(seed);
		const char *part = parts[r % (sizeof(parts) / sizeof(*parts))];
		size_t len = strlen(part);
		if (r % 37 == 0) {
			len = r / 37 % 150;
			if (n + len <= size)
				memset(text + n, r % 5 == 0 ? 0 : 'z', len);
		} else if (n + len <= size) {
			memcpy(text + n, part, len);
		}
		if (n + len > size)
			break;
		n += len;
	}
	return n;
}

static void compare(struct span text, struct run *r)
{
	struct mt_buf want;
	size_t rest;
	unsigned found;

	mt_buf_init(&want, 1u << 20);
	bool ended = reference(text, &want, &rest, &found);
	if (!ended && !r->ended) {
		// What is kept back at the edge is the start of what the reference gives.
		smtp_body_reject(&r->body);
		feed(r, span_make(NULL, 0));
	}
	cr_expect(ended == r->ended);
	cr_expect(span_equal(mt_buf_span(&want), mt_buf_span(&r->out)));
	if (ended) {
		cr_expect(rest == r->rest, "%zu %zu", rest, r->rest);
		cr_expect(
			found == r->body.scan.found, "%x %x", found, r->body.scan.found);
	}
	mt_buf_fini(&want);
}

Test(smtp_body, equals_the_plain_rule_on_any_text_and_any_cut)
{
	static uint8_t text[600];
	uint32_t seed = 1;

	for (int round = 0; round < 4000; round++) {
		size_t n = make_text(&seed, text, sizeof(text));
		size_t cut = n > 0 ? next_random(&seed) % n : 0;
		struct span all = span_make(text, n);
		struct run r;

		start(&r, next_random(&seed) % 4 == 0 ? 1 + next_random(&seed) % 9 : 0);
		feed(&r, span_head(all, cut));
		feed(&r, span_skip(all, cut));
		compare(all, &r);
		mt_buf_fini(&r.out);
		if (round % 20 != 0)
			continue;
		start(&r, 0);
		for (size_t i = 0; i < n; i++)
			feed(&r, span_head(span_skip(all, i), 1));
		compare(all, &r);
		mt_buf_fini(&r.out);
	}
}

static const struct {
	const char *text;
	bool candidate, likely;
} edges[] = {
	{"a\r\n", false, false},
	{"a\r\n.", false, false},
	{"a\r\n.\r", true, false},
	{"a\r\n.\n", true, true},
	{"a\r\n.\n\n", false, false},
	{"a\r.\r\r\n", true, false},
	{"a\r\n.\r\r\n", true, false},
	{"a\n.", false, false},
	{"a\n.\n", true, false},
	{"a\n.\r\n", true, false},
	{"a\r.\rMA", true, false},
	{"a\n.\r\nMA", false, false},
	{"a\r.\r", true, false},
	{"a.\r\n", false, false},
	{"a\n.x\n", false, false},
	{"a\n.\ny", false, false},
	{"a\r\n..\n", false, false},
	{".\n", true, true},
};

Test(smtp_body, candidates_are_seen_while_they_are_the_newest)
{
	for (size_t i = 0; i < sizeof(edges) / sizeof(*edges); i++) {
		struct span text = span_text(edges[i].text);
		for (size_t cut = 0; cut <= text.len; cut++) {
			struct run r;
			start(&r, 0);
			feed(&r, span_head(text, cut));
			feed(&r, span_skip(text, cut));
			cr_expect(smtp_body_is_candidate(&r.body) == edges[i].candidate,
				"edge %zu, cut %zu", i, cut);
			cr_expect(smtp_body_is_likely_end(&r.body) == edges[i].likely,
				"edge %zu, cut %zu", i, cut);
			mt_buf_fini(&r.out);
		}
	}
}

Test(smtp_body, a_command_behind_a_candidate_asks_for_a_decision)
{
	struct smtp_body b = {0};
	struct span text = span_text("\r\n.\rrcpt TO:<x>");

	smtp_body_start(&b);
	struct smtp_body_out o = smtp_body_next(&b, text);
	cr_assert(o.step == SMTP_BODY_TEXT && o.text.len == 2);
	smtp_body_took(&b, &o, 2);
	o = smtp_body_next(&b, span_skip(text, 2));
	cr_expect(o.step == SMTP_BODY_TAIL && o.used == 6);
	o = smtp_body_next(&b, span_skip(text, 8));
	cr_expect(
		o.step == SMTP_BODY_TAIL && o.used == 0, "it asks until it is answered");
	cr_expect(span_equal(smtp_body_accept(&b), span_text("rcpt")));
}

Test(smtp_body, anything_behind_a_dot_between_lfs_asks_for_a_decision)
{
	static const char *const texts[] = {
		"\n.\nx", "\n.\r\n.", "\r\n.\nx", "\r\n.\r\r\n\r", "\n.\n\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct smtp_body b = {0};
		struct span text = span_text(texts[i]);
		smtp_body_start(&b);
		struct smtp_body_out o = smtp_body_next(&b, text);
		cr_assert(o.step == SMTP_BODY_TEXT);
		smtp_body_took(&b, &o, o.text.len);
		text = span_skip(text, o.text.len);
		o = smtp_body_next(&b, text);
		cr_expect(o.step == SMTP_BODY_TAIL && o.used == text.len - 1, "text %zu",
			i);
		cr_expect(smtp_body_is_end_of_line(&b));
		cr_expect(smtp_body_accept(&b).len == 0);
	}
}

Test(smtp_body, dots_behind_what_ends_a_line_are_undone)
{
	static const struct {
		bool lf, cr;
		const char *want;
	} ends[] = {
		{false, false, "a\n..b\r..c\r\n.d\r\n"},
		{true, false, "a\n.b\r..c\r\n.d\r\n"},
		{false, true, "a\n..b\r.c\r\n.d\r\n"},
		{true, true, "a\n.b\r.c\r\n.d\r\n"},
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct span text = span_text("a\n..b\r..c\r\n..d\r\n.\r\n");
		for (size_t cut = 0; cut <= text.len; cut++) {
			struct run r;
			start(&r, 0);
			r.body.lf_ends = ends[i].lf;
			r.body.cr_ends = ends[i].cr;
			feed(&r, span_head(text, cut));
			feed(&r, span_skip(text, cut));
			cr_expect(r.ended);
			cr_expect(
				span_equal(mt_buf_span(&r.out), span_text(ends[i].want)),
				"%zu, cut %zu", i, cut);
			bool told = (r.body.scan.found & SMTP_SCAN_DOT) != 0;
			cr_expect(told != (ends[i].lf && ends[i].cr));
			mt_buf_fini(&r.out);
		}
	}
}

Test(smtp_body, a_dot_behind_a_hole_is_no_sure_end)
{
	struct run r;

	start(&r, 0);
	feed(&r, span_text("a\r\n"));
	smtp_body_gap(&r.body);
	feed(&r, span_text(".\r\n"));
	cr_expect(!r.ended && smtp_body_is_candidate(&r.body));
	feed(&r, span_text("b\r\n.\r\n"));
	cr_expect(r.ended);
	cr_expect(span_equal(mt_buf_span(&r.out), span_text("a\r\n.\r\nb\r\n")));
	mt_buf_fini(&r.out);
}
