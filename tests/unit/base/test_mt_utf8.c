// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"

#include "mt_utf8.h"

#include <criterion/criterion.h>

static const struct {
	const char *octets;
	size_t len, want;
} characters[] = {
	{"", 0, 0},
	{"\0", 1, 1},
	{"ab", 2, 1},
	{"\x7f", 1, 1},
	{"\x80", 1, 0},
	{"\xc1\xbf", 2, 0},
	{"\xc2\x80z", 3, 2},
	{"\xdf\xbf", 2, 2},
	{"\xc3", 1, 0},
	{"\xc3z", 2, 0},
	{"\xe0\x9f\xbf", 3, 0},
	{"\xe0\xa0\x80", 3, 3},
	{"\xed\x9f\xbf", 3, 3},
	{"\xed\xa0\x80", 3, 0},
	{"\xef\xbf\xbd", 3, 3},
	{"\xef\xbf", 2, 0},
	{"\xf0\x8f\xbf\xbf", 4, 0},
	{"\xf0\x90\x80\x80", 4, 4},
	{"\xf4\x8f\xbf\xbf", 4, 4},
	{"\xf4\x90\x80\x80", 4, 0},
	{"\xf4\x8f\xbf\x3f", 4, 0},
	{"\xf5\x80\x80\x80", 4, 0},
	{"\xff", 1, 0},
};

Test(mt_utf8, one_character)
{
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		struct guard g =
			guard_make(span_make(characters[i].octets, characters[i].len));
		cr_expect_eq(mt_utf8_length(g.text), characters[i].want, "case %zu", i);
		guard_free(&g);
	}
}

static const struct {
	const char *text;
	size_t max, want;
} heads[] = {
	{"", 0, 0},
	{"abc", 3, 3},
	{"abc", 9, 3},
	{"abc", 2, 2},
	{"abc", 0, 0},
	{"a\xc3\xa9", 2, 1},
	{"a\xc3\xa9", 3, 3},
	{"a\xc3\xa9z", 3, 3},
	{"\xf0\x9f\x93\xa7", 3, 0},
	{"\xf0\x9f\x93\xa7", 1, 0},
	{"a\xf0\x9f\x93\xa7z", 5, 5},
	{"\x80\x80\x80\x80\x80\x80", 5, 5},
	{"\xff\xff\xff", 2, 2},
};

Test(mt_utf8, a_front_never_ends_within_a_character)
{
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct guard g = guard_make(span_text(heads[i].text));
		cr_expect_eq(mt_utf8_head(g.text, heads[i].max).len, heads[i].want,
			"case %zu", i);
		guard_free(&g);
	}
}
