// SPDX-License-Identifier: BSD-3-Clause
#include "stats_hist.h"

#include <criterion/criterion.h>

static const struct {
	uint64_t value;
	uint32_t bucket;
} cases[] = {
	{0, 0},
	{1, 0},
	{2, 1},
	{3, 2},
	{4, 2},
	{5, 3},
	{8, 3},
	{9, 4},
	{1ULL << 40, 40},
	{(1ULL << 40) + 1, 41},
	{UINT64_MAX, 41},
};

Test(stats_hist, a_value_falls_into_the_least_power_that_holds_it)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(stats_hist_bucket(cases[i].value), cases[i].bucket,
			"case %zu", i);
}

Test(stats_hist, a_view_adds_up_what_was_added)
{
	static struct stats_hist one, two;
	struct stats_hist_view view = {{0}};

	for (uint64_t v = 0; v < 100; v++)
		stats_hist_add(&one, v);
	stats_hist_add(&two, 1000);
	stats_hist_get(&one, &view);
	stats_hist_get(&two, &view);
	cr_expect_eq(view.count, 101);
	cr_expect_eq(view.sum, 4950 + 1000);
	cr_expect_eq(view.bucket[0], 2);
	cr_expect_eq(view.bucket[6], 32); // 33 to 64
	cr_expect_eq(view.bucket[7], 35); // 65 to 99
	cr_expect_eq(view.bucket[10], 1);
}

Test(stats_hist, a_bound_holds_its_share)
{
	static struct stats_hist h;
	struct stats_hist_view none = {{0}}, view = {{0}};

	cr_expect_eq(stats_hist_bound(&none, 500000), 0);
	for (int i = 0; i < 98; i++)
		stats_hist_add(&h, 3);
	stats_hist_add(&h, 1000);
	stats_hist_add(&h, UINT64_MAX);
	stats_hist_get(&h, &view);
	cr_expect_eq(stats_hist_bound(&view, 1), 4);
	cr_expect_eq(stats_hist_bound(&view, 980000), 4);
	cr_expect_eq(stats_hist_bound(&view, 980001), 1024);
	cr_expect_eq(stats_hist_bound(&view, 990000), 1024);
	cr_expect_eq(stats_hist_bound(&view, 1000000), UINT64_MAX);
}
