// SPDX-License-Identifier: BSD-3-Clause

// Handing up: what stands at the front, whether it may go, and what is left when it is taken.

#include "stream_internal.h"

struct stream_clock {
	uint64_t us, number;
	uint64_t newest_us; // not before us
};

// The wait began when the segment was captured that shows the hole or wants to be acknowledged,
// not when it came to the front.
static void mark_wait(struct stream *s, enum stream_wait what,
	const struct stream_seg *since, struct stream_clock now)
{
	if (s->waiting == what)
		return;
	s->waiting = (uint8_t)what;
	s->waiting_us = since != NULL ? since->at_us : now.newest_us;
	s->waiting_number = (uint32_t)(since != NULL && since->number != 0 ? since->number
									   : now.number);
	s->passed_seen = false;
}

// Time of two legs may step back a little.
static uint64_t waited_us(const struct stream *s, uint64_t now_us)
{
	return now_us > s->waiting_us ? now_us - s->waiting_us : 0;
}

static bool grace_is_over(
	const struct stream *s, const struct stream_limits *l, struct stream_clock now)
{
	return waited_us(s, now.us) >= l->skew_us &&
		(uint32_t)now.number - s->waiting_number >= l->skew_packets;
}

// The held segment whose copy of the next octet counts, and how many octets of it do.
static const struct stream_seg *front_copy(const struct stream *s, uint32_t *ret_len)
{
	const struct stream_seg *top = s->first;
	const struct stream_seg *at = top->next;

	for (; at != NULL && !stream_before(s->next, at->seq); at = at->next)
		if (stream_before(s->next, stream_seg_end(at)))
			top = at;
	uint32_t end = stream_seg_end(top);
	if (at != NULL)
		end = stream_min(end, at->seq);
	*ret_len = end - s->next;
	return top;
}

static bool may_go_unacked(struct stream *s, const struct stream_limits *l,
	const struct stream_seg *seg, struct stream_clock now)
{
	if (s->closing || s->relief)
		return true;
	if (seg->doubtful && s->ack_seen) {
		// A copy that is not has its own time.
		s->waiting = STREAM_WAITS_NOT;
		return false;
	}
	mark_wait(s, STREAM_WAITS_ACK, seg, now);
	if (!s->ack_seen && grace_is_over(s, l, now))
		return true;
	return waited_us(s, now.us) >= l->unacked_us;
}

static void let_go(struct stream *s, struct stream_env *env, struct stream_seg *seg)
{
	if (s->hint == seg)
		s->hint = NULL;
	s->held_segments--;
	env->held_segments--;
	env->release(env->ctx, seg);
}

void stream_unlink(struct stream *s, struct stream_env *env, struct stream_seg *before,
	struct stream_seg *seg)
{
	*(before != NULL ? &before->next : &s->first) = seg->next;
	if (s->last == seg)
		s->last = before;
	let_go(s, env, seg);
}

static bool is_half_free(const struct stream *s, const struct stream_limits *l)
{
	return s->held_octets <= l->hold_octets / 2 &&
		s->held_segments <= l->hold_segments / 2;
}

void stream_drop_doubtful(struct stream *s, struct stream_env *env, uint32_t from)
{
	struct stream_seg *before = NULL, *seg, *next;
	uint32_t end = stream_max(s->next, stream_min(s->acked, s->end)), octets = 0,
		 reach = s->next;

	for (seg = s->first; seg != NULL; seg = next) {
		next = seg->next;
		if (stream_is_unsure(s, seg) &&
			stream_before(from, stream_seg_end(seg))) {
			if (!stream_before(seg->seq, from)) {
				stream_unlink(s, env, before, seg);
				continue;
			}
			seg->len = from - seg->seq;
		}
		before = seg;
		reach = stream_max(reach, seg->seq);
		if (stream_before(reach, stream_seg_end(seg))) {
			octets += stream_seg_end(seg) - reach;
			reach = stream_seg_end(seg);
		}
	}
	end = stream_max(end, reach);
	stream_count(&env->count.discarded, s->held_octets - octets);
	stream_count(&env->count.held, -(uint64_t)(s->held_octets - octets));
	stream_count(&env->count.span, -(uint64_t)(s->end - end));
	s->held_octets = octets;
	s->end = end;
	s->held_doubtful = before != NULL && stream_before(s->next, from);
}

// Cuts the held segments to what is not handed up yet.
static void trim_front(struct stream *s, struct stream_env *env)
{
	struct stream_seg *kept = NULL, *seg, *next;

	for (seg = s->first; seg != NULL && stream_before(seg->seq, s->next);
		seg = next) {
		uint32_t gone = s->next - seg->seq;
		next = seg->next;
		if (gone >= seg->len) {
			stream_unlink(s, env, kept, seg);
			continue;
		}
		seg->ptr += gone;
		seg->seq += gone;
		seg->len -= gone;
		kept = seg;
	}
	if (s->first == NULL || (s->relief_half && is_half_free(s, &env->limits)))
		s->relief = s->relief_half = false;
	if (stream_before(s->taken, s->next)) {
		s->taken = s->next;
		stream_advance(s, s->first);
	}
}

// The next octets are done with.
static void step_over(
	struct stream *s, struct stream_env *env, uint32_t n, uint64_t *counter)
{
	s->waiting = STREAM_WAITS_NOT;
	s->fresh = false;
	stream_count(counter, n);
	stream_count(&env->count.held, -(uint64_t)n);
	s->held_octets -= n;
	s->next += n;
	trim_front(s, env);
}

// Where the next urgent octet stands that this segment or the stream knows of; or the end.
static uint32_t urgent_in(
	const struct stream *s, const struct stream_seg *seg, uint32_t len)
{
	uint32_t at = len;

	if (s->urgent_seen && s->urgent - s->next < at)
		at = s->urgent - s->next;
	if (seg->has_urgent && seg->urgent - s->next < at)
		at = seg->urgent - s->next;
	return at;
}

static enum stream_item offer_data(struct stream *s, struct stream_env *env,
	struct stream_clock now, struct stream_out *ret)
{
	bool acked = stream_before(s->next, s->acked);
	uint32_t len;
	const struct stream_seg *seg = front_copy(s, &len);

	if (!acked && !may_go_unacked(s, &env->limits, seg, now))
		return STREAM_NOTHING;
	if (acked && s->acked - s->next < len)
		len = s->acked - s->next;
	uint32_t urgent = urgent_in(s, seg, len);
	if (urgent == 0) {
		step_over(s, env, 1, &env->count.urgent);
		s->urgent_left = true;
		return STREAM_NOTHING;
	}
	*ret = (struct stream_out){
		.data = span_make(seg->ptr + (s->next - seg->seq), urgent),
		.differs = seg->differs || seg->may_differ,
		.urgent = s->urgent_left || s->urgent_doubted,
		.unacked = !acked,
		.has_ack = seg->has_ack,
		.ack = seg->ack,
		.at_us = seg->at_us,
	};
	return STREAM_DATA;
}

static enum stream_item offer_gap(struct stream *s, uint32_t to, struct stream_out *ret)
{
	uint32_t len = to - s->next;

	// The rest of a longer one is offered next.
	if (len >= STREAM_GAP_END)
		len = STREAM_GAP_END - 1;
	*ret = (struct stream_out){.gap = len, .at_us = s->waiting_us};
	return STREAM_GAP;
}

// The last copy of a hole may be on its way yet when the peer acknowledges it: the wait begins with that.
// How far it reached then is noted, and what else lies before has waited as long: else the graces
// of many holes would add up.
static void mark_passed(struct stream *s, struct stream_clock now)
{
	if (s->waiting == STREAM_WAITS_PASSED)
		return;
	s->waiting = STREAM_WAITS_PASSED;
	if (s->passed_seen && stream_before(s->next, s->passed))
		return;
	s->passed = s->acked;
	s->passed_seen = true;
	s->waiting_us = now.newest_us;
	s->waiting_number = (uint32_t)now.number;
}

// The same for the segment behind it, which may have come after its acknowledgement.
static bool is_hole_old(
	const struct stream *s, const struct stream_limits *l, struct stream_clock now)
{
	const struct stream_seg *seg = s->first;

	return grace_is_over(s, l, now) &&
		(seg == NULL ||
			(now.us >= seg->at_us + l->skew_us &&
				now.number - seg->number >= l->skew_packets));
}

static bool is_missed_fin(const struct stream *s)
{
	return s->first == NULL && !s->fin_seen && s->acked - s->end == 1 &&
		s->next == s->end;
}

// Nothing more will come.
static enum stream_item offer_rest(struct stream *s, struct stream_out *ret)
{
	uint32_t to = stream_max(s->acked, s->next);

	if (s->first != NULL)
		to = s->first->seq;
	else if (s->fin_seen)
		to = s->fin;
	else if (is_missed_fin(s))
		to = s->next;
	return to != s->next ? offer_gap(s, to, ret) : STREAM_END;
}

static enum stream_item offer_hole(struct stream *s, const struct stream_limits *l,
	struct stream_clock now, struct stream_out *ret)
{
	uint32_t acked = stream_acked_octets(s);

	if (s->closing)
		return offer_rest(s, ret);
	if (s->first != NULL && s->relief)
		return offer_gap(s, s->first->seq, ret);
	if (s->first == NULL && s->fin_seen && s->next == s->fin) {
		s->waiting = STREAM_WAITS_NOT;
		return STREAM_END;
	}
	if (s->first != NULL)
		acked = stream_min(acked, s->first->seq);
	bool lacks = stream_before(s->next, acked);
	if ((s->first == NULL && !lacks && !s->fin_seen) || s->fin_lost) {
		s->waiting = STREAM_WAITS_NOT;
		return STREAM_NOTHING;
	}
	if (!lacks) {
		mark_wait(s, STREAM_WAITS_HOLE, s->first, now);
		return STREAM_NOTHING;
	}
	mark_passed(s, now);
	if (!is_hole_old(s, l, now))
		return STREAM_NOTHING;
	if (is_missed_fin(s)) {
		s->fin_lost = true;
		s->waiting = STREAM_WAITS_NOT;
		return STREAM_NOTHING;
	}
	return offer_gap(s, acked, ret);
}

enum stream_item stream_next(struct stream *s, struct stream_env *env, uint64_t now_us,
	uint64_t number, struct stream_out *ret)
{
	struct stream_clock now = {
		.us = now_us,
		.number = number,
		.newest_us = env->newest_us > now_us ? env->newest_us : now_us,
	};
	uint32_t at;

	if (!s->open)
		return s->closing ? STREAM_END : STREAM_NOTHING;
	do {
		at = s->next;
		if (s->first == NULL || stream_before(s->next, s->first->seq))
			return offer_hole(s, &env->limits, now, ret);
		enum stream_item item = offer_data(s, env, now, ret);
		if (item != STREAM_NOTHING)
			return item;
	} while (s->next != at); // an urgent octet was stepped over
	return STREAM_NOTHING;
}

static void take_gap(struct stream *s, struct stream_env *env, uint32_t n)
{
	s->waiting = STREAM_WAITS_NOT;
	s->fresh = false;
	stream_count(&env->count.lost, n);
	stream_count(&env->count.holes, 1);
	s->next += n;
	if (stream_before(s->end, s->next)) {
		stream_count(&env->count.span, s->next - s->end);
		s->end = s->next;
	}
	trim_front(s, env);
}

void stream_take(struct stream *s, struct stream_env *env, uint32_t n)
{
	if (n == 0)
		return;
	if (s->first == NULL || stream_before(s->next, s->first->seq)) {
		take_gap(s, env, n);
		return;
	}
	if (!stream_before(s->next, s->acked))
		stream_count(&env->count.unacked, n);
	step_over(s, env, n, &env->count.delivered);
	s->urgent_left = false;
	if (s->urgent_doubted && stream_before(s->urgent_doubt, s->next))
		s->urgent_doubted = false;
}
