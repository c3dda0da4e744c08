// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"

#include "mt_json.h"

#include <criterion/criterion.h>

#define R "\xef\xbf\xbd" // U+FFFD

struct text_case {
	const char *octets;
	size_t len;
	const char *want;
	bool replaced;
};

#define CASE(octets, want, replaced)                       \
	{                                                  \
		octets, sizeof(octets) - 1, want, replaced \
	}

static const struct text_case texts[] = {
	CASE("", "", false),
	CASE("plain", "plain", false),
	CASE("\"\\/", "\\\"\\\\/", false),
	CASE("\n\r\t", "\\n\\r\\t", false),
	CASE("a\0b", "a\\u0000b", false),
	CASE("\x01\x1f\x7f", "\\u0001\\u001f\\u007f", false),
	CASE("\xc2\x80", "\xc2\x80", false),
	CASE("\xdf\xbf", "\xdf\xbf", false),
	CASE("\xe0\xa0\x80", "\xe0\xa0\x80", false),
	CASE("\xed\x9f\xbf", "\xed\x9f\xbf", false),
	CASE("\xef\xbf\xbf", "\xef\xbf\xbf", false),
	CASE("\xf0\x90\x80\x80", "\xf0\x90\x80\x80", false),
	CASE("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", false),
	CASE("\x80", R, true), // a continuation alone
	CASE("\xc0\x80", R R, true), // NUL in two octets
	CASE("\xc1\xbf", R R, true),
	CASE("\xe0\x9f\xbf", R R R, true), // too long a form
	CASE("\xed\xa0\x80", R R R, true), // a surrogate
	CASE("\xf0\x8f\xbf\xbf", R R R R, true),
	CASE("\xf4\x90\x80\x80", R R R R, true), // beyond U+10FFFF
	CASE("\xf5\xff", R R, true),
	CASE("\xc2", R, true), // cut
	CASE("\xe2\x82", R R, true),
	CASE("\xf0\x9f\x98", R R R, true),
	CASE("\xc2\x41", R "A", true),
	CASE("\xe2\x82\x41", R R "A", true),
	CASE("a\xff"
	     "b\xc3\xa9",
		"a" R "b\xc3\xa9", true),
};

Test(mt_json, text_is_escaped_and_mended)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct guard g = guard_make(span_make(texts[i].octets, texts[i].len));
		struct mt_buf out, want;
		struct mt_json j;
		mt_buf_init(&out, 1000);
		mt_buf_init(&want, 1000);
		mt_json_init(&j, &out);
		mt_json_span(&j, NULL, g.text);
		mt_buf_printf(&want, "\"%s\"", texts[i].want);
		cr_expect(span_equal(mt_buf_span(&out), mt_buf_span(&want)),
			"case %zu: %.*s", i, (int)out.len, (const char *)out.ptr);
		cr_expect_eq(j.replaced, texts[i].replaced, "case %zu", i);
		mt_buf_fini(&out);
		mt_buf_fini(&want);
		guard_free(&g);
	}
}

// What is plain is looked at by eight octets: no place may hide one that is not.
Test(mt_json, an_octet_is_the_same_at_every_place)
{
	uint8_t text[19];

	for (unsigned octet = 0; octet < 256; octet++)
		for (size_t at = 0; at < sizeof(text); at++) {
			struct mt_buf out, alone;
			struct mt_json j;
			memset(text, '~', at);
			memset(text + at, ' ', sizeof(text) - at);
			text[at] = (uint8_t)octet;
			struct guard g = guard_make(span_make(text, sizeof(text)));
			mt_buf_init(&alone, 1000);
			mt_json_init(&j, &alone);
			mt_json_span(&j, NULL, span_make(text + at, 1));
			mt_buf_init(&out, 1000);
			mt_json_init(&j, &out);
			mt_json_span(&j, NULL, g.text);
			cr_assert_eq(out.len, alone.len + sizeof(text) - 1,
				"octet %u at %zu", octet, at);
			cr_expect_eq(memcmp(out.ptr + 1, text, at), 0);
			cr_expect_eq(
				memcmp(out.ptr + 1 + at, alone.ptr + 1, alone.len - 2), 0,
				"octet %u at %zu", octet, at);
			mt_buf_fini(&out);
			mt_buf_fini(&alone);
			guard_free(&g);
		}
}

Test(mt_json, commas_stand_between_members_and_elements)
{
	struct mt_buf out;
	struct mt_json j;

	mt_buf_init(&out, 1000);
	mt_json_init(&j, &out);
	mt_json_open(&j, NULL, '{');
	mt_json_open(&j, "empty", '{');
	mt_json_close(&j, '}');
	mt_json_u64(&j, "n", UINT64_MAX);
	mt_json_open(&j, "list", '[');
	mt_json_bool(&j, NULL, true);
	mt_json_bool(&j, NULL, false);
	mt_json_null(&j, NULL);
	mt_json_open(&j, NULL, '[');
	mt_json_close(&j, ']');
	mt_json_close(&j, ']');
	mt_json_text(&j, "t", "x");
	mt_json_pair(&j, span_text("k\"\n"), span_text("v"));
	mt_json_pair_true(&j, span_text("BODY"));
	mt_json_close(&j, '}');
	cr_expect(span_equal(mt_buf_span(&out),
			  span_text("{\"empty\":{},\"n\":18446744073709551615,"
				    "\"list\":[true,false,null,[]],\"t\":\"x\","
				    "\"k\\\"\\n\":\"v\",\"BODY\":true}")),
		"%.*s", (int)out.len, (const char *)out.ptr);
	mt_buf_fini(&out);
}

Test(mt_json, replaced_stays_until_the_caller_clears_it)
{
	struct mt_buf out;
	struct mt_json j;

	mt_buf_init(&out, 1000);
	mt_json_init(&j, &out);
	mt_json_text(&j, NULL, "\xff");
	mt_json_text(&j, NULL, "good");
	cr_expect(j.replaced);
	j.replaced = false;
	mt_json_pair(&j, span_text("\xff"), span_text("good"));
	cr_expect(j.replaced, "keys from outside count as well");
	mt_buf_fini(&out);
}

Test(mt_json, a_full_buffer_is_seen_at_the_end)
{
	struct mt_buf out;
	struct mt_json j;

	mt_buf_init(&out, 5);
	mt_json_init(&j, &out);
	mt_json_open(&j, NULL, '{');
	mt_json_text(&j, "key", "value");
	mt_json_close(&j, '}');
	cr_expect(out.full);
	mt_buf_fini(&out);
}
