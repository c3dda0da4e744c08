// SPDX-License-Identifier: BSD-3-Clause

// Taking segments in: what of one is new, and its place among those that are held.

#include "stream_internal.h"

// A walk to the place of a segment ends here: who makes us go farther fills the hold on purpose.
#define WALK_MAX 1024

// The part of a segment that may be new, as the stream stands.
struct place {
	struct stream_seg *before; // goes behind this one; NULL: to the front
	uint32_t reach; // where the octets held by those before end
	bool found;
};

static bool octets_differ(const struct stream_seg *held, const struct stream_seg *seg)
{
	uint32_t from = stream_max(held->seq, seg->seq);
	uint32_t to = stream_min(stream_seg_end(held), stream_seg_end(seg));

	return stream_before(from, to) &&
		memcmp(held->ptr + (from - held->seq), seg->ptr + (from - seg->seq),
			to - from) != 0;
}

// A probe for a dead peer repeats the last octet and may put anything in its place
// (RFC 9293 3.8.4).
static bool is_keep_alive(const struct stream *s, const struct stream_seg *seg)
{
	return seg->len == 1 && seg->seq + 1 == s->end &&
		!stream_before(s->acked, s->end);
}

static void trim_left(struct stream_seg *seg, uint32_t n)
{
	seg->ptr += n;
	seg->seq += n;
	seg->len -= n;
}

// Octets handed up already, or before the first one.
static unsigned trim_old(struct stream *s, struct stream_env *env, struct stream_seg *seg)
{
	uint32_t old = s->next - seg->seq;
	bool ancient = old > STREAM_WINDOW || s->fresh;

	if (old >= seg->len)
		old = seg->len;
	stream_count(ancient ? &env->count.outside : &env->count.duplicate, old);
	trim_left(seg, old);
	if (seg->len > 0)
		return 0;
	return ancient ? STREAM_PUSH_OUTSIDE : STREAM_PUSH_DUPLICATE;
}

// Whether a segment beyond the window is one of a run that shows where the connection went on.
static bool is_believed(struct stream *s, const struct stream_seg *seg)
{
	if (seg->seq - s->next >= STREAM_GAP_END)
		return false;
	if (seg->seq != s->stray)
		s->strays = 0;
	if (s->strays < STREAM_STRAYS)
		s->strays++;
	s->stray = stream_seg_end(seg);
	return s->strays >= STREAM_STRAYS;
}

// Cuts a segment to what may be seen now. Afterwards it is empty, or begins at or behind next.
static unsigned trim_to_window(
	struct stream *s, struct stream_env *env, struct stream_seg *seg)
{
	if (stream_before(seg->seq, s->next)) {
		unsigned push = trim_old(s, env, seg);
		if (seg->len == 0)
			return push;
	}
	if (!stream_before(stream_limit(s), seg->seq)) {
		s->strays = 0;
	} else if (!is_believed(s, seg)) {
		stream_count(&env->count.outside, seg->len);
		seg->len = 0;
		return STREAM_PUSH_OUTSIDE;
	}
	if (!s->fin_seen || !stream_before(s->fin, stream_seg_end(seg)))
		return 0;
	uint32_t keep = stream_before(seg->seq, s->fin) ? s->fin - seg->seq : 0;
	stream_count(&env->count.outside, seg->len - keep);
	seg->len = keep;
	return keep == 0 ? STREAM_PUSH_OUTSIDE : 0;
}

static struct place find_place(
	struct stream *s, const struct stream_seg *seg, bool *differs)
{
	struct place p = {.reach = s->next, .found = true};
	struct stream_seg *at = s->first;
	int steps = 0;

	if (s->hint != NULL && !stream_before(seg->seq, s->hint->seq))
		at = s->hint;
	for (; at != NULL && !stream_before(seg->seq, at->seq); at = at->next) {
		if (++steps > WALK_MAX) {
			p.found = false;
			return p;
		}
		*differs |= octets_differ(at, seg);
		p.before = at;
		p.reach = stream_max(p.reach, stream_seg_end(at));
	}
	return p;
}

// Looks at those held that begin inside seg: how many of its octets they hold. Where they hold
// its last ones it is cut there.
static uint32_t cover_rest(
	const struct stream_seg *at, struct stream_seg *seg, bool *differs)
{
	uint32_t end = stream_seg_end(seg), reach = seg->seq, run = reach, covered = 0;

	for (; at != NULL && stream_before(at->seq, end); at = at->next) {
		*differs |= octets_differ(at, seg);
		if (stream_before(reach, at->seq)) {
			covered += reach - run;
			run = reach = at->seq;
		}
		reach = stream_max(reach, stream_min(stream_seg_end(at), end));
	}
	if (reach != end)
		return covered + (reach - run);
	seg->len = run - seg->seq;
	return covered;
}

static void link_behind(
	struct stream *s, struct stream_seg *seg, struct stream_seg *before)
{
	struct stream_seg **link = before != NULL ? &before->next : &s->first;

	seg->next = *link;
	*link = seg;
	if (seg->next == NULL)
		s->last = seg;
	s->hint = seg;
}

static void count_held(struct stream *s, struct stream_env *env,
	const struct stream_seg *seg, uint32_t fresh)
{
	uint32_t end = stream_seg_end(seg);

	s->held_octets += fresh;
	s->held_segments++;
	env->held_segments++;
	stream_count(&env->count.held, fresh);
	if (stream_before(s->end, end)) {
		stream_count(&env->count.span, end - s->end);
		s->end = end;
		s->fin_lost = false;
	}
}

// Puts a segment that meets others among them. It is empty when it was not kept.
static unsigned insert(struct stream *s, struct stream_env *env, struct stream_seg *seg)
{
	bool differs = false, probe = is_keep_alive(s, seg);
	uint32_t len = seg->len;
	struct place p = find_place(s, seg, &differs);

	if (!p.found) {
		stream_count(&env->count.discarded, len);
		seg->len = 0;
		stream_relieve_to(s, false);
		return STREAM_PUSH_HOLD_FULL;
	}
	uint32_t done = stream_before(seg->seq, p.reach) ? p.reach - seg->seq : 0;
	trim_left(seg, done < len ? done : len);
	uint32_t covered = 0;
	if (seg->len > 0)
		covered = cover_rest(
			p.before != NULL ? p.before->next : s->first, seg, &differs);
	uint32_t fresh = seg->len - covered;
	stream_count(&env->count.duplicate, len - fresh);
	if (fresh > 0) {
		link_behind(s, seg, p.before);
		count_held(s, env, seg, fresh);
	}
	if (differs && !probe)
		stream_count(&env->count.differs, 1);
	return (differs && !probe ? STREAM_PUSH_DIFFERS : 0) |
		(fresh > 0 ? 0 : STREAM_PUSH_DUPLICATE);
}

static bool is_over(const struct stream *s, const struct stream_limits *l, uint32_t times)
{
	return s->held_octets / times > l->hold_octets ||
		s->held_segments / times > l->hold_segments;
}

unsigned stream_push(struct stream *s, struct stream_env *env, struct stream_seg *seg)
{
	unsigned push = 0;

	stream_count(&env->count.received, seg->len);
	if (seg->len > 0) {
		if (!s->open)
			stream_join(s, seg->seq);
		push = trim_to_window(s, env, seg);
	}
	if (seg->len == 0) {
		env->release(env->ctx, seg);
		return push;
	}
	// Whoever does not take what relief offers must not fill the memory.
	if (is_over(s, &env->limits, 2)) {
		stream_relieve_to(s, false);
		stream_drop(env, seg, &env->count.discarded);
		return STREAM_PUSH_HOLD_FULL;
	}
	if (s->first == NULL || !stream_before(seg->seq, s->end)) {
		if (seg->seq != s->end)
			stream_count(&env->count.out_of_order, 1);
		link_behind(s, seg, s->last);
		count_held(s, env, seg, seg->len);
	} else {
		push = insert(s, env, seg);
		if (push & STREAM_PUSH_DUPLICATE || seg->len == 0) {
			env->release(env->ctx, seg);
			return push;
		}
	}
	// The newest octets may still find their predecessors: only the oldest holes are declared.
	if (!s->relief && is_over(s, &env->limits, 1)) {
		stream_relieve_to(s, true);
		push |= STREAM_PUSH_HOLD_FULL;
	}
	return push;
}
