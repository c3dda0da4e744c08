// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the files of this folder share about a stream.

#include "stream.h"

// A gap is shorter than this, and nothing is believed that would make a longer one.
#define STREAM_GAP_END (1u << 30)

enum stream_wait {
	STREAM_WAITS_NOT,
	STREAM_WAITS_HOLE,
	STREAM_WAITS_PASSED, // a hole that was acknowledged
	STREAM_WAITS_ACK,
};

static inline uint32_t stream_seg_end(const struct stream_seg *seg)
{
	return seg->seq + seg->len;
}

// Counters have one writer; others read them at any time.
static inline void stream_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static inline uint32_t stream_max(uint32_t a, uint32_t b)
{
	return stream_before(a, b) ? b : a;
}

static inline uint32_t stream_min(uint32_t a, uint32_t b)
{
	return stream_before(a, b) ? a : b;
}

// How far the peer's acknowledgement reaches into the octets: a FIN has a number but is none.
static inline uint32_t stream_acked_octets(const struct stream *s)
{
	return s->fin_seen ? stream_min(s->acked, s->fin) : s->acked;
}

// Whether the receiver may have refused it, and has not said otherwise.
static inline bool stream_is_unsure(const struct stream *s, const struct stream_seg *seg)
{
	return seg->doubtful && stream_before(s->acked, stream_seg_end(seg));
}

// Where believable sequence numbers end.
static inline uint32_t stream_limit(const struct stream *s)
{
	return stream_max(s->next, s->acked) + STREAM_WINDOW;
}

// Whether a packet with this number may be of the connection: new, or an old copy.
static inline bool stream_is_near(const struct stream *s, uint32_t seq)
{
	if (!stream_before(seq, s->next - STREAM_WINDOW) &&
		!stream_before(stream_limit(s), seq))
		return true;
	return s->strays >= STREAM_STRAYS && s->stray - seq <= STREAM_WINDOW;
}

// Hands up what is held: all of it, or half of what may be held.
static inline void stream_relieve_to(struct stream *s, bool half)
{
	s->relief = true;
	s->relief_half = half;
}

// Counts payload that reached nobody's reader, and lets its segment go.
static inline void stream_drop(
	struct stream_env *env, struct stream_seg *seg, uint64_t *counter)
{
	stream_count(counter, seg->len);
	env->release(env->ctx, seg);
}

void stream_unlink(struct stream *s, struct stream_env *env, struct stream_seg *before,
	struct stream_seg *seg);
// Discards what is doubtful, not acknowledged, and not before `from`: nobody will ask for it.
void stream_drop_doubtful(struct stream *s, struct stream_env *env, uint32_t from);
// What follows in order on `at` was taken by the receiver.
void stream_advance(struct stream *s, const struct stream_seg *at);
