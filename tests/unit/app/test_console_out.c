// SPDX-License-Identifier: BSD-3-Clause
#include "console_out.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

static struct console_out out;

static void make(void)
{
	cr_assert(console_child_begin(&out));
}

static void unmake(void)
{
	console_child_drop(&out);
}

TestSuite(console_out, .init = make, .fini = unmake);

Test(console_out, numbers_are_read_whole_or_not_at_all)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool well;
		uint64_t value;
	} cases[] = {
		{"0", 10, true, 0},
		{"10", 10, true, 10},
		{"11", 10, false, 0},
		{"0000007", 10, true, 7},
		{"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
		{"18446744073709551616", UINT64_MAX, false, 0},
		{"", 10, false, 0},
		{"-1", 10, false, 0},
		{"+1", 10, false, 0},
		{" 1", 10, false, 0},
		{"1x", 10, false, 0},
		{"0x1", 100, false, 0},
		{"7", 5, false, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t value = 77;
		cr_expect_eq(console_number_read(cases[i].text, cases[i].max, &value),
			cases[i].well, "%s", cases[i].text);
		cr_expect_eq(
			value, cases[i].well ? cases[i].value : 77, "%s", cases[i].text);
	}
}

Test(console_out, a_page_is_start_and_perhaps_count)
{
	static const struct {
		const char *text;
		bool well;
		uint64_t start, count;
	} cases[] = {
		{NULL, true, 0, UINT64_MAX},
		{"", true, 0, UINT64_MAX},
		{"5", true, 5, UINT64_MAX},
		{"5,10", true, 5, 10},
		{"5,", false, 0, 0},
		{",5", false, 0, 0},
		{"5,1,2", false, 0, 0},
		{"4294967296", false, 0, 0},
		{"00000000000000000000000000000000000000000000000000001", false, 0, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct console_page page = {0, 0};
		cr_expect_eq(console_page_read(cases[i].text, &page), cases[i].well,
			"case %zu", i);
		cr_expect_eq(page.start, cases[i].start, "case %zu", i);
		cr_expect_eq(page.count, cases[i].count, "case %zu", i);
	}
}

Test(console_out, what_does_not_fit_is_left_out_and_counted)
{
	char key[16], text[CONSOLE_TEXT];

	memset(text, '"', sizeof(text)); // each is two octets of JSON
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 300; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		console_text(&out, key, text);
		cr_assert_leq(out.octets, CONSOLE_OCTETS);
	}
	cr_expect_eq(out.entries + out.left_out, 300);
	cr_expect_gt(out.entries, 50);
	cr_expect_lt(out.entries, 63);
}

Test(console_out, a_dictionary_has_no_more_entries_than_the_library_takes)
{
	char key[16];

	for (int i = 0; i < 300; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		console_u64(&out, key, 1);
	}
	cr_expect_eq(out.entries, RTE_TEL_MAX_DICT_ENTRIES - 1);
	cr_expect_eq(out.left_out, 300 - (RTE_TEL_MAX_DICT_ENTRIES - 1));
	console_out_end(&out);
}

Test(console_out, a_key_that_the_library_refuses_is_left_out)
{
	console_u64(&out, "a.b", 1);
	console_text(&out, "a b", "x");
	console_text(&out, "a\"b", "x");
	cr_expect_eq(out.entries, 0);
	cr_expect_eq(out.left_out, 3);
}

Test(console_out, a_child_that_does_not_fit_leaves_its_parent_as_it_was)
{
	struct console_out child;
	char key[16], text[CONSOLE_TEXT];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	out.octets = CONSOLE_OCTETS - 1000;
	cr_assert(console_child_begin(&child));
	for (int i = 0; i < 20; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		console_text(&child, key, text);
	}
	cr_expect_not(console_child_give(&out, "child", &child));
	cr_expect_eq(out.octets, CONSOLE_OCTETS - 1000);
	cr_expect_eq(out.left_out, 1);
	cr_assert(console_child_begin(&child));
	console_u64(&child, "n", 1);
	cr_expect(console_child_give(&out, "small", &child));
}

static bool fill(void *ctx, uint64_t nth, struct console_out *item)
{
	(void)ctx;
	console_u64(item, "n", nth);
	console_text(item, "text",
		"a line of some length, as the help of a counter may have it, or a hint");
	return true;
}

Test(console_out, pages_fit_and_cover_the_list)
{
	uint64_t total = 1000, next = 0;
	int pages = 0;

	while (next < total && pages++ < 100) {
		struct console_page page = {.start = next, .count = UINT64_MAX};
		unmake();
		make();
		uint64_t given = console_page_write(&out, &page, total, fill, NULL);
		cr_assert_leq(out.octets, CONSOLE_OCTETS);
		cr_assert_eq(out.left_out, 0);
		cr_assert_gt(given, 40);
		next += given;
	}
	cr_expect_eq(next, total);
	cr_expect_lt(pages, 30);
}
