// SPDX-License-Identifier: BSD-3-Clause
#include "mt_buf.h"

#include <criterion/criterion.h>

static void expect(const struct mt_buf *b, const char *text)
{
	cr_expect(span_equal(mt_buf_span(b), span_text(text)),
		"want \"%s\", have \"%.*s\"", text, (int)b->len, (const char *)b->ptr);
}

Test(mt_buf, appends_in_order)
{
	struct mt_buf b;

	mt_buf_init(&b, 100);
	cr_expect(mt_buf_add_text(&b, "a") && mt_buf_add_char(&b, 'b') &&
		mt_buf_add_u64(&b, 0) && mt_buf_add_u64(&b, UINT64_MAX) &&
		mt_buf_add(&b, span_make("c\0d", 3)) &&
		mt_buf_printf(&b, "%s%d", "e", -1));
	cr_expect(span_equal(
		mt_buf_span(&b), span_make("ab018446744073709551615c\0de-1", 29)));
	mt_buf_fini(&b);
	cr_expect_eq(b.len, 0);
}

Test(mt_buf, takes_what_just_fits_and_no_more)
{
	struct mt_buf b;

	mt_buf_init(&b, 4);
	cr_expect(mt_buf_add_text(&b, "abcd"));
	cr_expect_not(b.full);
	cr_expect_not(mt_buf_add_char(&b, 'e'));
	cr_expect(b.full);
	expect(&b, "abcd");
	mt_buf_fini(&b);
}

Test(mt_buf, once_full_adds_nothing_until_cleared)
{
	struct mt_buf b;

	mt_buf_init(&b, 4);
	cr_expect_not(mt_buf_add_text(&b, "abcde"));
	cr_expect_not(
		mt_buf_add_char(&b, 'x'), "it would fit, but a hole would be before it");
	expect(&b, "");
	mt_buf_clear(&b);
	cr_expect(mt_buf_add_char(&b, 'x'));
	expect(&b, "x");
	mt_buf_fini(&b);
}

Test(mt_buf, an_empty_span_needs_no_memory)
{
	struct mt_buf b;

	mt_buf_init(&b, 0);
	cr_expect(mt_buf_add(&b, span_make(NULL, 0)));
	cr_expect_not(mt_buf_add_char(&b, 'x'));
	mt_buf_fini(&b);
}

Test(mt_buf, grows_to_its_maximum)
{
	struct mt_buf b;

	mt_buf_init(&b, 100000);
	for (int i = 0; i < 100000; i++)
		cr_assert(mt_buf_add_char(&b, (char)i));
	cr_expect_not(mt_buf_add_char(&b, 'x'));
	cr_expect_eq(b.len, 100000);
	for (int i = 0; i < 100000; i++)
		cr_assert_eq(b.ptr[i], (uint8_t)i);
	mt_buf_fini(&b);
}

Test(mt_buf, printf_takes_every_length_around_its_scratch)
{
	char text[600];

	for (int len = 0; len < 600; len++) {
		struct mt_buf b;
		memset(text, 'x', (size_t)len);
		text[len == 0 ? 0 : len - 1] = len == 0 ? '\0' : 'y';
		mt_buf_init(&b, 1000);
		cr_assert(mt_buf_printf(&b, "%.*s", len, text));
		cr_assert(span_equal(mt_buf_span(&b), span_make(text, (size_t)len)), "%d",
			len);
		mt_buf_fini(&b);
	}
}

Test(mt_buf, printf_fills_to_the_maximum)
{
	static const int lengths[] = {1, 255, 256, 300, 1000};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct mt_buf b;
		mt_buf_init(&b, (size_t)lengths[i]);
		cr_expect(mt_buf_printf(&b, "%*s", lengths[i], "x"), "%d just fits",
			lengths[i]);
		cr_expect_eq(b.len, (size_t)lengths[i]);
		mt_buf_fini(&b);
		mt_buf_init(&b, (size_t)lengths[i] - 1);
		cr_expect_not(mt_buf_printf(&b, "%*s", lengths[i], "x"));
		cr_expect(b.full);
		mt_buf_fini(&b);
	}
}
