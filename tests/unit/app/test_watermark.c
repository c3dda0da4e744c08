// SPDX-License-Identifier: BSD-3-Clause
#include "watermark.h"

#include <criterion/criterion.h>

#define BURST 32

static struct watermark_reader legs; // two, 100 packets deep

static void setup(void)
{
	legs = (struct watermark_reader){.sources = 2, .depth = {100, 100}};
}

TestSuite(watermark_reader, .init = setup);
TestSuite(watermark_merge);

// One round over both legs.
static uint64_t read_both(uint64_t now_us, uint32_t a, uint32_t b)
{
	watermark_round(&legs, now_us);
	watermark_read(&legs, 0, a, BURST);
	watermark_read(&legs, 1, b, BURST);
	return legs.us;
}

Test(watermark_reader, empty_sources_bring_it_to_the_beginning_of_the_round)
{
	cr_assert_eq(read_both(1000, 0, 0), 1000);
	cr_assert_eq(read_both(2000, 0, 0), 2000);
}

Test(watermark_reader, a_burst_that_is_not_full_emptied_its_source)
{
	cr_assert_eq(read_both(1000, BURST - 1, 1), 1000);
}

Test(watermark_reader, time_stands_still_while_a_source_gives_full_bursts)
{
	read_both(1000, 0, 0);
	cr_assert_eq(read_both(2000, BURST, 0), 1000);
	cr_assert_eq(read_both(3000, BURST, 0), 1000);
	cr_assert_eq(watermark_lag_us(&legs, 3000), 2000);
}

// It goes to where it began to wait, not to the time at which the source was empty: the other leg was
// last seen empty long before.
Test(watermark_reader, what_has_caught_up_goes_to_where_the_wait_began)
{
	read_both(1000, 0, 0);
	read_both(2000, BURST, 0);
	read_both(3000, BURST, BURST);
	cr_assert_eq(read_both(4000, 5, BURST), 2000);
	cr_assert_eq(read_both(5000, 5, 5), 5000);
}

Test(watermark_reader, a_source_that_is_not_read_holds_time)
{
	read_both(1000, 0, 0);
	watermark_round(&legs, 2000);
	watermark_read(&legs, 0, 0, BURST);
	cr_assert_eq(legs.us, 1000);
	watermark_round(&legs, 3000);
	cr_assert_eq(legs.us, 1000);
	watermark_read(&legs, 1, 0, BURST);
	cr_assert_eq(legs.us, 2000);
}

// While the worker's ring is full nothing is read: the round that follows begins anew.
Test(watermark_reader, a_wait_that_read_nothing_yet_begins_later)
{
	read_both(1000, 0, 0);
	watermark_round(&legs, 2000);
	cr_assert_eq(read_both(3000, 0, 0), 3000);
}

Test(watermark_reader, a_flood_holds_time_for_no_more_than_its_ring)
{
	uint64_t last = read_both(1000, 0, 0), now = 1000;

	// 100 packets are read in four full bursts.
	for (int i = 0; i < 400; i++) {
		now += 1000;
		uint64_t us = read_both(now, BURST, 0);
		cr_assert_geq(us, last);
		cr_assert_leq(watermark_lag_us(&legs, now), 8000);
		last = us;
	}
	cr_assert_gt(last, 390000);
}

Test(watermark_reader, it_never_steps_back)
{
	read_both(5000, 0, 0);
	cr_assert_eq(read_both(2000, 0, 0), 5000);
	cr_assert_eq(watermark_lag_us(&legs, 2000), 0);
	cr_assert_eq(read_both(6000, 0, 0), 6000);
}

Test(watermark_reader, without_sources_it_is_the_clock)
{
	legs.sources = 0;
	watermark_round(&legs, 1000);
	cr_assert_eq(legs.us, 1000);
	watermark_round(&legs, 2000);
	cr_assert_eq(legs.us, 2000);
}

// A leg's packets are queued by the time they arrived; reads take from the queue. Whatever is read in
// whatever portions: nothing that arrived before the watermark is still there.
Test(watermark_reader, nothing_from_before_it_is_unread)
{
	uint64_t came[2][4096];
	uint32_t in[2] = {0}, out[2] = {0}, most = 0;
	uint64_t seed = 88172645463325252ULL, now = 1;

	for (int round = 0; round < 3000; round++) {
		watermark_round(&legs, now);
		for (int i = 0; i < 2; i++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			// Arrivals go on while the other leg is read; a full ring takes no more.
			for (uint64_t n = seed % (round / 500 % 2 ? 60 : 24);
				n > 0 && in[i] - out[i] < 100; n--)
				came[i][in[i]++ % 4096] = now++;
			uint32_t held = in[i] - out[i];
			uint32_t got = held < BURST ? held : BURST;
			if (seed >> 32 & 1) {
				out[i] += got;
				watermark_read(&legs, (uint32_t)i, got, BURST);
			}
			now++;
			most = held > most ? held : most;
		}
		for (int i = 0; i < 2; i++)
			cr_assert(out[i] == in[i] || came[i][out[i] % 4096] >= legs.us,
				"round %d", round);
	}
	cr_assert_gt(legs.us, now * 9 / 10);
	cr_assert_eq(most, 100);
}

Test(watermark_merge, is_the_oldest_of_its_inputs)
{
	struct watermark_merge m = {.inputs = 3};

	watermark_input(&m, 0, 100);
	watermark_input(&m, 1, 50);
	cr_assert_eq(m.us, 0); // nothing is known of the third
	watermark_input(&m, 2, 70);
	cr_assert_eq(m.us, 50);
	watermark_input(&m, 1, 90);
	cr_assert_eq(m.us, 70);
	watermark_input(&m, 2, 300);
	watermark_input(&m, 1, 300);
	cr_assert_eq(m.us, 100);
}

Test(watermark_merge, an_input_does_not_step_back)
{
	struct watermark_merge m = {.inputs = 1};

	watermark_input(&m, 0, 100);
	watermark_input(&m, 0, 40);
	cr_assert_eq(m.us, 100);
	watermark_input(&m, 0, 101);
	cr_assert_eq(m.us, 101);
}
