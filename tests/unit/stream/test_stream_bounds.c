// SPDX-License-Identifier: BSD-3-Clause

// What an attacker can make a stream hold, and how long he can keep it busy.

#include "stream_pair.h"

#include <stdlib.h>
#include <time.h>

#include <criterion/criterion.h>

#define SEGMENTS 200000

static const uint8_t octets[2000];
static size_t owned;

static void release(void *ctx, struct stream_seg *seg)
{
	(void)ctx;
	owned--;
	free(seg);
}

static struct stream_env make_env(uint32_t hold_octets, uint32_t hold_segments)
{
	return (struct stream_env){
		.limits = {.hold_octets = hold_octets,
			.hold_segments = hold_segments,
			.skew_us = 1000,
			.skew_packets = 10,
			.unacked_us = 1000000},
		.release = release,
	};
}

static unsigned push(struct stream *s, struct stream_env *env, uint32_t seq, uint32_t len)
{
	struct stream_seg *seg = malloc(sizeof(*seg));

	cr_assert(seg != NULL);
	owned++;
	*seg = (struct stream_seg){.ptr = octets, .len = len, .seq = seq};
	return stream_push(s, env, seg);
}

static void drain(struct stream *s, struct stream_env *env)
{
	struct stream_out out;

	for (;;) {
		switch (stream_next(s, env, 1, 1, &out)) {
		case STREAM_DATA:
			stream_take(s, env, (uint32_t)out.data.len);
			break;
		case STREAM_GAP:
			stream_take(s, env, out.gap);
			break;
		default:
			return;
		}
	}
}

static void check_sums(const struct stream *s, const struct stream_env *env)
{
	const struct stream_counters *c = &env->count;

	cr_assert_eq(c->received,
		c->delivered + c->duplicate + c->outside + c->discarded + c->held);
	cr_assert_eq(c->span, c->delivered + c->lost + stream_open_span(s));
	cr_assert_eq(env->held_segments, owned);
}

static double seconds_of(uint32_t (*place)(uint32_t), uint32_t hold_segments)
{
	struct stream_env env = make_env(1 << 20, hold_segments);
	struct stream s = {0};
	clock_t start = clock();

	stream_open(&s, 0);
	for (uint32_t i = 0; i < SEGMENTS; i++) {
		push(&s, &env, place(i), 1);
		drain(&s, &env);
	}
	stream_close(&s);
	drain(&s, &env);
	check_sums(&s, &env);
	stream_fini(&s, &env);
	check_sums(&s, &env);
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static uint32_t backwards(uint32_t i)
{
	return 2 + SEGMENTS - i;
}

static uint32_t scattered(uint32_t i)
{
	return 2 + (uint32_t)((uint64_t)i * 7919 % SEGMENTS) * 2;
}

static uint32_t every_other(uint32_t i)
{
	return 2 + i * 2;
}

// Quadratic work would be 2 * 10^10 steps.
Test(stream_bounds, one_octet_segments_in_any_order_stay_cheap, .timeout = 60)
{
	cr_expect_lt(seconds_of(backwards, SEGMENTS), 2);
	cr_expect_lt(seconds_of(every_other, SEGMENTS), 2);
	cr_expect_lt(seconds_of(scattered, SEGMENTS), 10);
	cr_expect_lt(seconds_of(scattered, 1024), 10);
}

Test(stream_bounds, nobody_taking_anything_fills_twice_the_hold_at_most)
{
	struct stream_env env = make_env(10000, 100);
	struct stream s = {0};
	unsigned flags = 0;

	stream_open(&s, 0);
	for (uint32_t i = 0; i < 1000; i++)
		flags |= push(&s, &env, 1 + i * 10, 10);
	cr_expect(flags & STREAM_PUSH_HOLD_FULL);
	cr_expect_leq(env.held_segments, 202);
	for (uint32_t i = 0; i < 1000; i++)
		push(&s, &env, 20000 + i * 1000, 1000);
	cr_expect_leq(s.held_octets, 21000);
	check_sums(&s, &env);
	cr_expect_gt(env.count.discarded, 0);
	drain(&s, &env);
	cr_expect_eq(env.count.held, 0);
	stream_fini(&s, &env);
	check_sums(&s, &env);
}

Test(stream_bounds, relief_ends_when_all_was_taken)
{
	struct stream_env env = make_env(100, 100);
	struct stream s = {0};

	stream_open(&s, 0);
	cr_expect(push(&s, &env, 50, 101) & STREAM_PUSH_HOLD_FULL);
	cr_expect(s.relief);
	drain(&s, &env);
	cr_expect_not(s.relief);
	cr_expect_eq(env.count.lost, 50);
	cr_expect_eq(push(&s, &env, 151, 10), 0);
	drain(&s, &env);
	cr_expect_eq(env.count.held, 10, "waits for an acknowledgement again");
	stream_fini(&s, &env);
	check_sums(&s, &env);
	cr_expect_eq(env.count.discarded, 10);
}

Test(stream_bounds, a_segment_of_nothing_is_released_at_once)
{
	struct stream_env env = make_env(100, 100);
	struct stream s = {0};

	cr_expect_eq(push(&s, &env, 5, 0), 0);
	stream_open(&s, 0);
	cr_expect_eq(push(&s, &env, 5, 0), 0);
	cr_expect_eq(owned, 0);
}

Test(stream_bounds, a_gap_beyond_the_largest_comes_in_pieces)
{
	struct stream_env env = make_env(100, 100);
	struct stream_out out;
	struct stream s = {0};
	uint64_t sum = 0;

	stream_open(&s, 0);
	for (uint32_t ack = 0; ack < 0x50000000; ack += STREAM_WINDOW)
		stream_ack(&s, ack);
	stream_close(&s);
	while (stream_next(&s, &env, 1, 1, &out) == STREAM_GAP) {
		cr_assert_lt(out.gap, 1u << 30);
		sum += out.gap;
		stream_take(&s, &env, out.gap);
	}
	cr_expect_eq(sum, 0x4f000000);
	check_sums(&s, &env);
}

Test(stream_bounds, hundreds_of_thousands_of_them_fit)
{
	cr_expect_leq(sizeof(struct stream), 96);
	cr_expect_leq(sizeof(struct stream_pair), 256);
}

// While the reading of one leg is behind, time stands still; then it jumps over the whole delay. The
// octets that an acknowledgement speaks of may have been captured within the jump.
Test(stream_bounds, a_jump_of_the_reading_is_no_grace)
{
	struct stream_env env = make_env(1 << 20, 1024);
	struct stream s = {0};
	struct stream_out out;

	stream_open(&s, 100);
	env.newest_us = 400000; // of the acknowledgement
	stream_ack(&s, 200);
	cr_assert_eq(stream_next(&s, &env, 5, 0, &out), STREAM_NOTHING);
	cr_assert_eq(stream_next(&s, &env, 400500, 20, &out), STREAM_NOTHING);
	cr_assert_eq(stream_next(&s, &env, 401000, 20, &out), STREAM_GAP);
	cr_assert_eq(out.gap, 100);
}
