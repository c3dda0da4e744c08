// SPDX-License-Identifier: BSD-3-Clause

// The input is a schedule of small packets, eight octets each, of one connection. Whatever comes:
// the sums close, no segment is lost or freed twice, and after the close everything goes up.
//   0 kind: 0 client, 1 server, 2 time, 3 block, 4 relieve, 5 stack; upper bits: seed of the octets
//   1 flags, and 64: a timestamp, 128: a window scale   2-3 seq, signed, beyond the start   4-5 ack
//   the same   6 length; half of it the urgent pointer   7 ms; the window and the timestamp, too

#include "stream_pair.h"

#include <stdlib.h>

#define STEP 8

struct run {
	struct stream_pair pair;
	struct stream_env env;
	uint64_t now_us, number;
	unsigned blocked;
	size_t owned;
	uint64_t up;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void release(void *ctx, struct stream_seg *seg)
{
	struct run *r = ctx;

	r->owned--;
	free(seg);
}

// Sorted, and each octet counted once however many copies are held.
static void check_list(const struct stream *s)
{
	const struct stream_seg *seg, *last = NULL;
	uint32_t segments = 0, octets = 0, reach = s->next;

	for (seg = s->first; seg != NULL; last = seg, seg = seg->next) {
		uint32_t end = seg->seq + seg->len;
		check(seg->len > 0 && !stream_before(seg->seq, s->next));
		check(last == NULL || !stream_before(seg->seq, last->seq));
		if (stream_before(reach, seg->seq))
			reach = seg->seq;
		if (stream_before(reach, end)) {
			octets += end - reach;
			reach = end;
		}
		segments++;
	}
	check(last == s->last && segments == s->held_segments);
	check(octets == s->held_octets);
}

static void check_sums(const struct run *r)
{
	const struct stream_counters *c = &r->env.count;
	uint64_t open = 0;

	for (int d = 0; d < STREAM_DIR_COUNT; d++)
		open += stream_open_span(&r->pair.side[d]);
	check(c->received ==
		c->delivered + c->urgent + c->duplicate + c->outside + c->discarded +
			c->held);
	check(c->span == c->delivered + c->urgent + c->lost + open);
	check(c->delivered == r->up);
	check(r->env.held_segments == r->owned);
	check_list(&r->pair.side[STREAM_CLIENT]);
	check_list(&r->pair.side[STREAM_SERVER]);
}

static void pump(struct run *r)
{
	struct stream_out out;
	enum stream_dir dir;
	uint8_t sum = 0;

	for (int i = 0; i < 100000; i++) {
		enum stream_item item = stream_pair_next(
			&r->pair, &r->env, r->now_us, r->number, r->blocked, &dir, &out);
		if (item == STREAM_NOTHING)
			return;
		if (item == STREAM_GAP) {
			check(out.gap > 0 && out.gap < 1u << 30);
			stream_pair_take(&r->pair, &r->env, dir, out.gap);
		}
		if (item == STREAM_DATA) {
			check(out.data.len > 0);
			for (size_t n = 0; n < out.data.len; n++)
				sum ^= out.data.ptr[n];
			// The reader leaves something now and then.
			uint32_t n = (uint32_t)out.data.len;
			if (n > 1 && sum % 4 == 0)
				n /= 2;
			r->up += n;
			stream_pair_take(&r->pair, &r->env, dir, n);
		}
	}
	abort();
}

static uint32_t number_of(const uint8_t *p)
{
	return 0xfffffff0u + (uint32_t)(int16_t)(p[0] << 8 | p[1]);
}

static size_t options_of(const uint8_t *p, uint8_t ret[16])
{
	size_t len = 0;

	if (p[1] & 64) {
		memcpy(ret, (uint8_t[10]){8, 10, 0, 0, 0, p[7]}, 10);
		len = 10;
	}
	if (p[1] & 128) {
		memcpy(ret + len, (uint8_t[3]){3, 3, p[6] & 15}, 3);
		len += 3;
	}
	return len;
}

static void send(struct run *r, const uint8_t *p)
{
	uint8_t options[16];
	uint32_t len = p[6];
	struct stream_seg *seg = malloc(sizeof(*seg) + len);
	unsigned push;

	check(seg != NULL);
	memset(seg + 1, p[0] >> 4, len);
	*seg = (struct stream_seg){
		.ptr = (const uint8_t *)(seg + 1),
		.len = len,
		.seq = number_of(p + 2) + (p[1] >> 1 & 1),
		.ack = number_of(p + 4),
		.has_ack = p[1] >> 4 & 1,
		.at_us = r->now_us,
		.number = r->number,
	};
	r->owned++;
	struct stream_packet packet = {
		.seg = seg,
		.dir = (enum stream_dir)(p[0] & 1),
		.seq = number_of(p + 2),
		.ack = seg->ack,
		.window = (uint16_t)(p[7] << 2),
		.urgent = p[6] / 2,
		.options = span_make(options, options_of(p, options)),
		.flags = p[1] & 63,
	};
	enum stream_verdict verdict = stream_pair_push(&r->pair, &r->env, &packet, &push);
	if (verdict == STREAM_REUSED || verdict == STREAM_APART)
		release(r, seg);
}

static void step(struct run *r, const uint8_t *p)
{
	r->now_us += p[7] * 1000u;
	r->number += p[7] & 7;
	switch (p[0] & 15) {
	case 2:
		r->now_us += number_of(p + 2);
		break;
	case 3:
		r->blocked = p[1] & 3;
		break;
	case 4:
		stream_pair_relieve(&r->pair);
		break;
	case 5:
		for (int d = 0; d < STREAM_DIR_COUNT; d++)
			if (!stream_holds(&r->pair.side[d]))
				stream_set_stack(&r->pair.side[d],
					(enum stream_stack)(p[1] % STREAM_STACK_COUNT));
		break;
	default:
		send(r, p);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run r = {
		.env = {.limits = {.hold_octets = 2000,
				.hold_segments = 20,
				.skew_us = 50000,
				.skew_packets = 10,
				.unacked_us = 1000000},
			.release = release},
		.now_us = 1,
		.number = 1,
	};

	r.env.ctx = &r;
	for (; size >= STEP; data += STEP, size -= STEP) {
		step(&r, data);
		check_sums(&r);
		pump(&r);
		check_sums(&r);
		// The double of the hold, and the segment that went over it.
		check(r.env.count.held <= 2 * (2 * 2000 + 256));
	}
	stream_pair_close(&r.pair);
	r.blocked = 0;
	pump(&r);
	check(r.owned == 0);
	stream_pair_fini(&r.pair, &r.env);
	check_sums(&r);
	check(r.env.count.held == 0 &&
		r.env.count.discarded + r.up <= r.env.count.received);
	return 0;
}
