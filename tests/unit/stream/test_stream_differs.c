// SPDX-License-Identifier: BSD-3-Clause
#include "stream.h"

#include <criterion/criterion.h>

// Whether what goes up says that another copy was not the same.

static void let_go(void *ctx, struct stream_seg *seg)
{
	(void)ctx;
	seg->ptr = NULL;
}

static struct stream_env env = {
	.limits = {.hold_octets = 1000, .hold_segments = 10, .unacked_us = 1000000},
	.release = let_go,
	.held_max = 10,
};

static void push(struct stream *s, struct stream_seg *seg, uint32_t seq, const char *text)
{
	*seg = (struct stream_seg){
		.ptr = (const uint8_t *)text, .len = (uint32_t)strlen(text), .seq = seq};
	stream_push(s, &env, seg);
}

static bool take_differs(struct stream *s, const char *text)
{
	struct stream_out out;

	cr_assert_eq(stream_next(s, &env, 1, 1, &out), STREAM_DATA);
	cr_assert_eq(out.data.len, strlen(text));
	cr_assert_arr_eq(out.data.ptr, text, out.data.len);
	stream_take(s, &env, (uint32_t)out.data.len);
	return out.differs;
}

// The second copy lost against the first, and the third, which is like the first, takes its place:
// the receiver may have kept the second.
Test(stream_differs, stays_when_a_third_copy_takes_the_place)
{
	struct stream_seg seg[4];
	struct stream s = {0};

	stream_open(&s, 100);
	push(&s, &seg[0], 104, "true");
	push(&s, &seg[1], 104, "EV");
	push(&s, &seg[2], 102, "betrue and on");
	stream_ack(&s, 115);
	push(&s, &seg[3], 100, "to");
	cr_assert(!take_differs(&s, "to"));
	cr_assert(take_differs(&s, "betrue and on"));
	stream_fini(&s, &env);
}

Test(stream_differs, is_not_told_of_equal_copies)
{
	struct stream_seg seg[3];
	struct stream s = {0};

	stream_open(&s, 100);
	push(&s, &seg[0], 102, "true");
	push(&s, &seg[1], 102, "tr");
	push(&s, &seg[2], 100, "betrue and on");
	stream_ack(&s, 113);
	cr_assert(!take_differs(&s, "betrue and on"));
	stream_fini(&s, &env);
}

// One copy acknowledges octets of the other direction that were not seen yet when it came. What the receiver said
// when it acknowledged the octets themselves tells whether that copy was sent before.
static bool differs_with(
	uint32_t ack, bool ahead, uint32_t other_ack, bool other_ahead, uint32_t told_at)
{
	struct stream_seg seg[2] = {0};
	struct stream s = {0};
	struct stream_out out;

	stream_open(&s, 100);
	seg[0] = (struct stream_seg){.ptr = (const uint8_t *)"true",
		.len = 4,
		.seq = 100,
		.has_ack = true,
		.ack = ack,
		.ahead = ahead};
	seg[1] = (struct stream_seg){.ptr = (const uint8_t *)"X",
		.len = 1,
		.seq = 103,
		.has_ack = true,
		.ack = other_ack,
		.ahead = other_ahead};
	stream_push(&s, &env, &seg[0]);
	stream_push(&s, &env, &seg[1]);
	stream_ack_at(&s, 104, told_at);
	cr_assert_eq(stream_next(&s, &env, 1, 1, &out), STREAM_DATA);
	cr_assert_eq(out.data.len, 4);
	stream_fini(&s, &env);
	return out.differs;
}

Test(stream_differs, is_not_told_of_a_copy_that_came_behind_the_acknowledgement)
{
	cr_expect(differs_with(10, false, 10, false, 10), "none is ahead");
	cr_expect(!differs_with(10, false, 50, true, 10), "it had read what came behind");
	cr_expect(!differs_with(10, false, 50, true, 49), "by one octet");
	cr_expect(differs_with(10, false, 50, true, 50), "it had read nothing more");
	cr_expect(!differs_with(20, true, 50, true, 30), "both are ahead, one is late");
	cr_expect(differs_with(20, true, 50, true, 50), "both are ahead, none is late");
	// The copy that counts is the one that came too late: another one was taken.
	cr_expect(differs_with(50, true, 10, false, 10), "what stands is late");
	cr_expect(differs_with(50, true, 20, true, 30), "and ahead of another");
}

// Two copies that differ, one of them late.
Test(stream_differs, is_told_unless_each_other_copy_was_late)
{
	struct stream_seg seg[3] = {0};
	struct stream s = {0};

	for (int order = 0; order < 2; order++) {
		stream_open(&s, 100);
		push(&s, &seg[0], 100, "true");
		for (uint32_t i = 1; i < 3; i++) {
			seg[i] = (struct stream_seg){.ptr = (const uint8_t *)"EV",
				.len = 2,
				.seq = 101,
				.has_ack = true,
				.ack = (i == 1) == (order == 0) ? 30 : 50,
				.ahead = true};
			stream_push(&s, &env, &seg[i]);
		}
		stream_ack_at(&s, 104, 40);
		cr_expect(take_differs(&s, "true"), "order %d", order);
		stream_fini(&s, &env);
	}
}

Test(stream_differs, is_told_when_nobody_says_which_copy_was_late)
{
	struct stream_seg seg[3];
	struct stream s = {0};

	stream_open(&s, 100);
	push(&s, &seg[0], 100, "true");
	seg[1] = (struct stream_seg){.ptr = (const uint8_t *)"tr",
		.len = 2,
		.seq = 100,
		.has_ack = true,
		.ack = 50,
		.ahead = true};
	stream_push(&s, &env, &seg[1]);
	push(&s, &seg[1], 104, "same");
	seg[2] = (struct stream_seg){.ptr = (const uint8_t *)"EV",
		.len = 2,
		.seq = 106,
		.has_ack = true,
		.ack = 50,
		.ahead = true};
	stream_push(&s, &env, &seg[2]);
	stream_ack(&s, 108);
	cr_expect(!take_differs(&s, "true"), "equal copies");
	cr_expect(take_differs(&s, "same"));
	stream_fini(&s, &env);
}
