// SPDX-License-Identifier: BSD-3-Clause
#include "stream.h"

#include <criterion/criterion.h>

// What one stream hands up of a few segments, and whether it says that an octet may be urgent.

static void let_go(void *ctx, struct stream_seg *seg)
{
	(void)ctx;
	seg->ptr = NULL;
}

static struct stream_env make_env(void)
{
	return (struct stream_env){
		.limits = {.hold_octets = 1000,
			.hold_segments = 10,
			.skew_us = 1,
			.unacked_us = 1000000},
		.release = let_go,
		.held_max = 10,
	};
}

static void push(
	struct stream *s, struct stream_env *env, struct stream_seg *seg, uint32_t seq)
{
	*seg = (struct stream_seg){.ptr = (const uint8_t *)"abc", .len = 3, .seq = seq};
	stream_push(s, env, seg);
}

static bool take_is_marked(struct stream *s, struct stream_env *env, uint32_t ack)
{
	struct stream_out out;

	stream_ack(s, ack);
	cr_assert_eq(stream_next(s, env, 1, 1, &out), STREAM_DATA);
	cr_assert_eq(out.data.len, 3u);
	stream_take(s, env, 3);
	return out.urgent;
}

// The copy that was seen without URG may have been lost behind the tap; then the receiver took the
// octet of the one with URG out of the stream.
Test(stream_urgent, a_copy_with_urg_before_the_acknowledgement_is_doubtful)
{
	struct stream_env env = make_env();
	struct stream_seg first, second;
	struct stream s = {0};

	stream_open(&s, 100);
	push(&s, &env, &first, 100);
	cr_assert(!stream_set_urgent(&s, 101));
	push(&s, &env, &second, 103);
	cr_assert(take_is_marked(&s, &env, 103));
	cr_assert(!take_is_marked(&s, &env, 106));
	stream_fini(&s, &env);
}

Test(stream_urgent, a_copy_with_urg_after_the_acknowledgement_is_nothing)
{
	struct stream_env env = make_env();
	struct stream_seg first;
	struct stream s = {0};

	stream_open(&s, 100);
	push(&s, &env, &first, 100);
	stream_ack(&s, 103);
	cr_assert(!stream_set_urgent(&s, 101));
	cr_assert(!take_is_marked(&s, &env, 103));
	stream_fini(&s, &env);
}

// Linux knows one urgent octet: an older one goes back into the stream where it was not passed yet.
Test(stream_urgent, an_older_one_than_the_newest_is_doubtful)
{
	struct stream_env env = make_env();
	struct stream_seg first;
	struct stream s = {0};

	stream_open(&s, 100);
	cr_assert(stream_set_urgent(&s, 104));
	cr_assert(!stream_set_urgent(&s, 101));
	push(&s, &env, &first, 100);
	cr_assert(take_is_marked(&s, &env, 103));
	stream_fini(&s, &env);
}

Test(stream_urgent, one_in_a_doubtful_packet_stays_and_is_told)
{
	struct stream_env env = make_env();
	struct stream_seg first;
	struct stream s = {0};

	stream_open(&s, 100);
	push(&s, &env, &first, 100);
	stream_doubt_urgent(&s, 101);
	cr_assert(take_is_marked(&s, &env, 103));
	stream_fini(&s, &env);
}
