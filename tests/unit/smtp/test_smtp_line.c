// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "smtp_line.h"

#include <stdio.h>

#include <criterion/criterion.h>

#define LIMIT 8
#define OUT   256

static const struct {
	const char *text, *want;
} cases[] = {
	{"a\r\n", "[a]"},
	{"a\n", "[a]lf"},
	{"\r\n", "[]"},
	{"\n", "[]lf"},
	{"a\r\nb\r\n", "[a][b]"},
	{"a\rb\r\n", "[a\rb]"},
	{"a\r\r\n", "[a\r]"},
	{"12345678\r\n", "[12345678]"},
	{"12345678\n", "[12345678]lf"},
	{"123456789\r\n", "[12345678]cut"},
	{"123456789\n", "[12345678]lfcut"},
	{"12345678\r9\n", "[12345678]lfcut"},
	{"12345678901234567890\r\nx\r\n", "[12345678]cut[x]"},
	{"no end", ""},
};

static void take(struct smtp_line *l, struct mt_pool *pool, struct span text, char *out)
{
	while (text.len > 0) {
		struct smtp_line_got got;
		struct guard g = guard_make(text);
		size_t n = smtp_line_feed(l, pool, LIMIT, g.text, &got);
		cr_assert(n > 0 && n <= text.len);
		if (got.whole) {
			size_t at = strlen(out);
			snprintf(out + at, OUT - at, "[%.*s]%s%s%s", (int)got.text.len,
				got.lost ? "" : (const char *)got.text.ptr,
				got.lf ? "lf" : "", got.cut ? "cut" : "",
				got.lost ? "lost" : "");
			smtp_line_done(l, pool);
		}
		guard_free(&g);
		text = span_skip(text, n);
	}
}

Test(smtp_line, lines_are_the_same_however_they_are_cut)
{
	struct mt_pool pool;

	cr_assert(mt_pool_init(&pool, smtp_line_block(LIMIT), 2) == 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span text = span_text(cases[i].text);
		for (size_t cut = 0; cut <= text.len; cut++) {
			struct smtp_line l = {0};
			char out[OUT] = "";
			take(&l, &pool, span_head(text, cut), out);
			take(&l, &pool, span_skip(text, cut), out);
			cr_expect_str_eq(
				out, cases[i].want, "case %zu, cut %zu: %s", i, cut, out);
			smtp_line_done(&l, &pool);
		}
		struct smtp_line l = {0};
		char out[OUT] = "";
		for (size_t at = 0; at < text.len; at++)
			take(&l, &pool, span_head(span_skip(text, at), 1), out);
		cr_expect_str_eq(out, cases[i].want, "case %zu in octets: %s", i, out);
		smtp_line_done(&l, &pool);
	}
	cr_expect(pool.used == 0);
	mt_pool_fini(&pool);
}

Test(smtp_line, a_whole_line_takes_no_block)
{
	struct mt_pool pool;
	struct smtp_line l = {0};
	struct smtp_line_got got;

	cr_assert(mt_pool_init(&pool, smtp_line_block(LIMIT), 1) == 0);
	cr_expect(smtp_line_feed(&l, &pool, LIMIT, span_text("NOOP\r\nx"), &got) == 6);
	cr_expect(got.whole && pool.used == 0);
	cr_expect(smtp_line_feed(&l, &pool, LIMIT, span_text("x"), &got) == 1);
	cr_expect(!got.whole && pool.used == 1);
	smtp_line_done(&l, &pool);
	cr_expect(pool.used == 0);
	mt_pool_fini(&pool);
}

Test(smtp_line, without_a_block_a_cut_line_is_told_as_lost)
{
	struct mt_pool pool;
	struct smtp_line l = {0};
	char out[OUT] = "";

	cr_assert(mt_pool_init(&pool, smtp_line_block(LIMIT), 1) == 0);
	void *block = mt_pool_take(&pool);
	take(&l, &pool, span_text("QU"), out);
	take(&l, &pool, span_text("IT\r\nNOOP\r\n"), out);
	cr_expect_str_eq(out, "[]lost[NOOP]", "%s", out);
	mt_pool_put(&pool, block);
	mt_pool_fini(&pool);
}

Test(smtp_line, a_block_is_given_back_wiped)
{
	struct mt_pool pool;
	struct smtp_line l = {0};
	struct smtp_line_got got;

	cr_assert(mt_pool_init(&pool, 64, 1) == 0);
	smtp_line_feed(&l, &pool, 32, span_text("AUTH PLAIN AGJvYgBzZWNyZXQ="), &got);
	uint8_t *block = l.block;
	smtp_line_done(&l, &pool);
	// The pool keeps its own link in the first octets.
	for (size_t i = sizeof(void *); i < 32; i++)
		cr_expect(block[i] == 0, "octet %zu", i);
	mt_pool_fini(&pool);
}
