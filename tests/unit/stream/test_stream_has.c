// SPDX-License-Identifier: BSD-3-Clause

// Which octets a stream has, over every range of a small sequence space, also where it wraps.

#include "stream.h"

#include <criterion/criterion.h>

#define SPACE 32

static const uint8_t octets[SPACE];

static void release(void *ctx, struct stream_seg *seg)
{
	(void)ctx;
	(void)seg;
}

static void check(uint32_t first)
{
	static const struct {
		uint32_t at, len;
	} pieces[] = {{0, 4}, {8, 4}, {12, 2}, {20, 5}};
	struct stream_env env = {.limits = {.hold_octets = 1000, .hold_segments = 100},
		.release = release};
	struct stream_seg segs[4];
	bool has[SPACE] = {false};
	struct stream s = {0};
	struct stream_out out;

	cr_expect_not(stream_has(&s, first, 1));
	stream_open(&s, first);
	for (int i = 0; i < 4; i++) {
		segs[i] = (struct stream_seg){
			.ptr = octets, .len = pieces[i].len, .seq = first + pieces[i].at};
		stream_push(&s, &env, &segs[i]);
		for (uint32_t at = 0; at < pieces[i].len; at++)
			has[pieces[i].at + at] = true;
	}
	// Two of them are handed up: they are had all the same.
	stream_ack(&s, first + 2);
	cr_assert_eq(stream_next(&s, &env, 0, 0, &out), STREAM_DATA);
	stream_take(&s, &env, 2);
	for (uint32_t from = 0; from < SPACE; from++)
		for (uint32_t to = from; to <= SPACE; to++) {
			bool all = true;
			for (uint32_t at = from; at < to; at++)
				all = all && has[at];
			cr_expect_eq(stream_has(&s, first + from, to - from), all,
				"%u to %u", from, to);
		}
	stream_fini(&s, &env);
}

Test(stream_has, it_has_what_came)
{
	check(1000);
	check(UINT32_MAX - 10);
}
