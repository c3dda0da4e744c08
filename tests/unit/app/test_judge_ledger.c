// SPDX-License-Identifier: BSD-3-Clause

// When the ledger is believed to be open while everything moves.

#include "judge.h"

#include <criterion/criterion.h>

#define S 1000000UL

static struct judge_sample now, before;
static struct judge_port_name names[JUDGE_PORTS_MAX];
static struct servers_view servers;
static struct judge judge;
static struct judge_view view = {
	.now = &now,
	.before = &before,
	.minute = &before,
	.names = names,
	.servers = &servers,
	.connections = 4000,
};

static void begin(void)
{
	before.at_us = 100 * S;
	now.at_us = 110 * S;
	now.wall_us = 10 * S;
	now.spool = (struct judge_spool){
		.seen_us = 110 * S, .free = 50UL << 30, .total = 100UL << 30};
}

TestSuite(judge_ledger, .init = begin);

static bool is_open_after(int looks)
{
	for (int i = 0; i < looks; i++)
		judge_update(&judge, &view);
	return judge.troubles[JUDGE_ledger_open].active;
}

static void stand_at(enum stats_counter c, uint64_t n)
{
	before.sum.counter[c] = now.sum.counter[c] = n;
}

Test(judge_ledger, an_uneven_snapshot_is_not_believed)
{
	// What moves in a millisecond, for ever.
	now.sum.counter[STATS_rx_packets] = 10000000;
	now.sum.counter[STATS_rx_foreign] = 10000000 - 900;
	cr_expect_not(is_open_after(100));
	// More, but only now and then.
	for (int i = 0; i < 20; i++) {
		now.sum.counter[STATS_rx_foreign] = i % 5 == 0 ? 10000000 : 9000000;
		cr_expect_not(is_open_after(1));
	}
	now.sum.counter[STATS_rx_foreign] = 9000000;
	cr_expect(is_open_after(6));
}

Test(judge_ledger, between_rx_and_workers_as_much_is_under_way_as_fits)
{
	view.under_way = 500;
	stand_at(STATS_rx_packets, 500);
	stand_at(STATS_rx_to_workers, 500);
	cr_expect_not(is_open_after(6));
	// One more is nowhere.
	stand_at(STATS_rx_packets, 501);
	stand_at(STATS_rx_to_workers, 501);
	cr_expect(is_open_after(6));
}

Test(judge_ledger, workers_take_no_more_than_was_put)
{
	view.under_way = 500;
	stand_at(STATS_rx_packets, 7);
	stand_at(STATS_rx_to_workers, 7);
	stand_at(STATS_tcp_packets, 7);
	cr_expect_not(is_open_after(6));
	stand_at(STATS_tcp_packets, 8);
	cr_expect(is_open_after(6));
}
