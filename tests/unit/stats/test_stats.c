// SPDX-License-Identifier: BSD-3-Clause
#include "stats.h"

#include <string.h>

#include <criterion/criterion.h>

static struct stats_block one, two;
static struct stats_sum sum;

Test(stats, blocks_add_up)
{
	stats_add(&one, STATS_rx_packets, 3);
	stats_add(&one, STATS_rx_packets, 4);
	stats_set(&two, STATS_rx_packets, 100);
	stats_set(&two, STATS_rx_packets, 10);
	stats_odd(&one, MT_ODD_gap);
	stats_odd(&two, MT_ODD_gap);
	stats_sum_add(&sum, &one);
	stats_sum_add(&sum, &two);
	cr_expect_eq(sum.counter[STATS_rx_packets], 17);
	cr_expect_eq(sum.odd[MT_ODD_gap], 2);
	cr_expect_eq(sum.odd[MT_ODD_bare_lf], 0);
}

Test(stats, every_counter_has_name_unit_and_help)
{
	for (int c = 0; c < STATS_COUNT; c++) {
		const char *name = stats_name((enum stats_counter)c);
		cr_expect_gt(strlen(name), 2);
		cr_expect_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"),
			strlen(name));
		cr_expect_gt(strlen(stats_unit((enum stats_counter)c)), 2);
		cr_expect_gt(strlen(stats_help((enum stats_counter)c)), 2);
		for (int d = 0; d < c; d++)
			cr_expect_str_neq(name, stats_name((enum stats_counter)d));
	}
	cr_expect_str_eq(stats_name(STATS_tcp_lost), "tcp_lost");
}

Test(stats, every_oddity_has_a_name)
{
	for (int o = 0; o < MT_ODD_COUNT; o++) {
		cr_expect_gt(strlen(mt_odd_name((enum mt_odd)o)), 2);
		cr_expect_gt(strlen(mt_odd_help((enum mt_odd)o)), 2);
	}
	cr_expect_str_eq(mt_odd_name(MT_ODD_bare_lf), "bare_lf");
}
