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
