// SPDX-License-Identifier: BSD-3-Clause
#include "stream_internal.h"

void stream_open(struct stream *s, uint32_t first_seq)
{
	s->next = s->end = s->acked = s->taken = first_seq;
	s->open = s->fresh = true;
}

void stream_join(struct stream *s, uint32_t seq)
{
	stream_open(s, seq);
	s->late = true;
}

void stream_set_stack(struct stream *s, enum stream_stack stack)
{
	s->stack = (uint8_t)stack;
}

// Of octets that the peer has acknowledged it is too late to say anything.
static bool may_be_urgent(const struct stream *s, uint32_t seq)
{
	return s->open && stream_before(seq, stream_limit(s)) &&
		!stream_before(seq, stream_max(s->next, s->acked));
}

void stream_doubt_urgent(struct stream *s, uint32_t seq)
{
	if (!may_be_urgent(s, seq))
		return;
	if (!s->urgent_doubted || stream_before(s->urgent_doubt, seq))
		s->urgent_doubt = seq;
	s->urgent_doubted = true;
}

bool stream_set_urgent(struct stream *s, uint32_t seq)
{
	if (!may_be_urgent(s, seq) || (s->urgent_seen && seq == s->urgent))
		return false;
	if (stream_before(seq, s->taken) ||
		(s->urgent_seen && stream_before(seq, s->urgent))) {
		stream_doubt_urgent(s, seq);
		return false;
	}
	s->urgent = seq;
	s->urgent_seen = true;
	return true;
}

// Whether octets from there on were seen that are not doubtful.
static bool holds_sound(const struct stream *s, uint32_t from)
{
	for (const struct stream_seg *at = s->first; at != NULL; at = at->next)
		if (stream_before(from, stream_seg_end(at)) && !stream_is_unsure(s, at))
			return true;
	return false;
}

void stream_fin(struct stream *s, struct stream_env *env, uint32_t seq)
{
	if (!s->open || s->fin_seen)
		return;
	if (s->held_doubtful && stream_before(seq, s->end) &&
		!stream_before(seq, s->next) && !holds_sound(s, seq))
		stream_drop_doubtful(s, env, seq);
	if (stream_before(seq, s->end) ||
		stream_before(stream_max(stream_limit(s), s->end), seq))
		return;
	// Somebody has read on beyond it.
	if (stream_before(seq + 1, s->acked))
		return;
	s->fin_seen = true;
	s->fin = seq;
	s->fin_lost = false;
}

void stream_ack(struct stream *s, uint32_t ack)
{
	if (!s->open || stream_before(stream_max(s->end, s->acked) + STREAM_WINDOW, ack))
		return;
	s->ack_seen = true;
	if (!stream_before(s->acked, ack))
		return;
	s->acked = ack;
	if (stream_before(s->taken, ack))
		stream_advance(s, s->first);
	if (s->fin_seen && stream_before(s->fin + 1, ack))
		s->fin_seen = false;
}

void stream_ack_at(struct stream *s, uint32_t ack, uint32_t seq)
{
	stream_ack(s, ack);
	if (!s->held_differs || s->acked != ack)
		return;
	for (struct stream_seg *at = s->first;
		at != NULL && !stream_before(ack, stream_seg_end(at)); at = at->next) {
		if (!at->may_differ)
			continue;
		at->may_differ = false;
		at->differs |= !stream_before(seq, at->late);
	}
}

void stream_close(struct stream *s)
{
	s->closing = true;
}

void stream_relieve(struct stream *s)
{
	if (s->first != NULL)
		stream_relieve_to(s, false);
}

void stream_fini(struct stream *s, struct stream_env *env)
{
	struct stream_seg *seg = s->first;

	while (seg != NULL) {
		struct stream_seg *next = seg->next;
		env->release(env->ctx, seg);
		seg = next;
	}
	env->held_segments -= s->held_segments;
	stream_count(&env->count.discarded, s->held_octets);
	stream_count(&env->count.held, -(uint64_t)s->held_octets);
	stream_count(&env->count.lost, stream_open_span(s));
	*s = (struct stream){.stack = s->stack};
}
