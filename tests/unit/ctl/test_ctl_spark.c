// SPDX-License-Identifier: BSD-3-Clause
#include "spark.h"

#include <locale.h>
#include <stdlib.h>

#include <criterion/criterion.h>

static void expect(const struct grid *g, const char *want)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	grid_print(g, f, false);
	fclose(f);
	cr_expect_str_eq(text, want, "\n%s---\n%s", text, want);
	free(text);
}

Test(ctl_spark, the_newest_stands_on_the_right_at_its_height)
{
	static struct spark s;
	struct grid g;

	cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
	cr_assert(grid_init(&g, 1, 6));
	for (uint64_t n = 0; n <= 8; n += 2)
		spark_add(&s, n);
	spark_line(&g, 0, 0, 6, &s);
	expect(&g, "  \xe2\x96\x82\xe2\x96\x84\xe2\x96\x86\xe2\x96\x88\n");
	grid_fini(&g);
}

Test(ctl_spark, without_block_characters_there_is_ascii)
{
	static struct spark s;
	struct grid g;

	cr_assert_not_null(setlocale(LC_CTYPE, "C"));
	cr_assert(grid_init(&g, 2, 6));
	spark_add(&s, 1);
	spark_add(&s, 1000);
	spark_add(&s, 0);
	spark_line(&g, 0, 0, 6, &s);
	spark_bar(&g, 1, 0, 6, 1, 2);
	expect(&g, "   _#\n###\n");
	grid_fini(&g);
}

Test(ctl_spark, only_the_newest_are_kept)
{
	static struct spark s;

	for (uint64_t n = 1; n <= 3 * SPARK_MAX; n++)
		spark_add(&s, n);
	cr_expect_eq(s.count, SPARK_MAX);
	for (size_t age = 0; age < SPARK_MAX; age++)
		cr_expect_eq(spark_get(&s, age), 3 * SPARK_MAX - age);
	cr_expect_eq(spark_get(&s, SPARK_MAX), 0);
}

Test(ctl_spark, bars_show_what_is_little_and_bound_what_is_too_much)
{
	static const struct {
		uint64_t part, whole;
		const char *want;
	} cases[] = {
		{0, 10, ""},
		{0, 0, ""},
		{5, 0, ""},
		{1, UINT64_MAX, "\xe2\x96\x8f\n"},
		{UINT64_MAX, UINT64_MAX, "\xe2\x96\x88\xe2\x96\x88\n"},
		{11, 10, "\xe2\x96\x88\xe2\x96\x88\n"},
		{3, 4, "\xe2\x96\x88\xe2\x96\x8c\n"},
	};

	cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct grid g;
		cr_assert(grid_init(&g, 1, 2));
		spark_bar(&g, 0, 0, 2, cases[i].part, cases[i].whole);
		expect(&g, cases[i].want);
		grid_fini(&g);
	}
}
