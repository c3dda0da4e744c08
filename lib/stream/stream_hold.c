// SPDX-License-Identifier: BSD-3-Clause

// Taking segments in: what of one is new, and its place among those that are held.

#include "stream_internal.h"

// A walk to the place of a segment ends here: who makes us go farther fills the hold on purpose.
#define WALK_MAX 1024

// A new segment among those that are held.
struct place {
	struct stream_seg *before; // goes behind this one; NULL: to the front
	struct stream_seg
		*previous; // stands before the one looked at; NULL: that is the first
	uint32_t run_from, run_end; // the run that was looked at last
	bool run_known;
	uint32_t reach; // how far its octets are known to be held or not
	uint32_t covered; // of them held by others already
	bool met; // it overlaps one
	bool nested; // lies inside another one
	bool unsorted; // one that was cut at its front begins behind one that was not
	bool differs;
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

static enum stream_relation relation(uint32_t a, uint32_t b)
{
	if (a == b)
		return STREAM_SAME;
	return stream_before(a, b) ? STREAM_BEFORE : STREAM_AFTER;
}

// A FIN that waits behind a hole goes with the segment that carries it. One that counts against that
// segment and goes on behind it shows the FIN to be none.
static bool passes_fin(const struct stream *s, const struct stream_seg *seg)
{
	uint32_t from = s->fin;

	if (!stream_before(s->taken, s->fin) || !stream_before(seg->seq, s->fin) ||
		stream_before(s->fin, s->acked))
		return false;
	for (const struct stream_seg *at = s->first; at != NULL; at = at->next)
		if (stream_seg_end(at) == s->fin)
			from = at->from;
	return !seg->doubtful &&
		stream_stack_rule(s->stack)
			->renews[relation(seg->seq, from)][STREAM_AFTER];
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
	if (passes_fin(s, seg)) {
		s->fin_seen = false;
		return 0;
	}
	uint32_t keep = stream_before(seg->seq, s->fin) ? s->fin - seg->seq : 0;
	stream_count(&env->count.outside, seg->len - keep);
	seg->len = keep;
	return keep == 0 ? STREAM_PUSH_OUTSIDE : 0;
}

// Where the run ends that a stack has made of this segment and those joined to it. Looked for once
// a run: what walks over many small ones must not walk over all of them for each.
static uint32_t run_end(struct place *p, const struct stream_seg *seg)
{
	const struct stream_seg *last = seg;

	if (p->run_known && p->run_from == seg->from)
		return p->run_end;
	while (last->next != NULL && last->next->from == seg->from &&
		last->next->seq == stream_seg_end(last))
		last = last->next;
	p->run_known = true;
	p->run_from = seg->from;
	p->run_end = stream_seg_end(last);
	return p->run_end;
}

// Whether the octets of the new one count where it overlaps a held one.
static bool renews(const struct stream *s, struct place *p, const struct stream_seg *held,
	const struct stream_seg *seg, uint32_t end)
{
	const struct stream_stack_rule *rule = stream_stack_rule(s->stack);

	// The receiver has them: it took them in order, or said so.
	if (stream_before(held->seq, s->taken) ||
		!stream_before(s->acked, stream_seg_end(held)))
		return false;
	if (held->doubtful != seg->doubtful)
		return held->doubtful;
	uint32_t held_end = rule->joins ? run_end(p, held) : stream_seg_end(held);
	return rule->renews[relation(seg->from, held->from)][relation(end, held_end)];
}

// A segment that goes on where the one before it ends may become one with it.
static void join_run(
	const struct stream *s, const struct stream_seg *before, struct stream_seg *seg)
{
	seg->from = seg->seq;
	if (stream_stack_rule(s->stack)->joins && before != NULL &&
		stream_seg_end(before) == seg->seq &&
		!stream_before(before->seq, s->taken))
		seg->from = before->from;
}

// Each that begins before the one in front of it goes to its place, behind those that begin alike.
static void sort(struct stream *s)
{
	struct stream_seg *at = s->first;

	while (at->next != NULL) {
		struct stream_seg **link = &s->first, *early = at->next;
		if (!stream_before(early->seq, at->seq)) {
			at = early;
			continue;
		}
		at->next = early->next;
		while (!stream_before(early->seq, (*link)->seq))
			link = &(*link)->next;
		early->next = *link;
		*link = early;
	}
	s->last = at;
}

// The new octets count: what of the held segment they cover is cut off. False: it is gone.
static bool cut_held(struct stream *s, struct stream_env *env, struct place *p,
	struct stream_seg *held, const struct stream_seg *seg)
{
	uint32_t end = stream_seg_end(seg), held_end = stream_seg_end(held);

	if (stream_before(held->seq, seg->seq)) {
		if (stream_before(end, held_end))
			p->nested = true;
		else
			held->len = seg->seq - held->seq;
		return true;
	}
	if (stream_before(end, held_end)) {
		trim_left(held, end - held->seq);
		if (stream_stack_rule(s->stack)->trims)
			held->from = held->seq;
		return true;
	}
	stream_unlink(s, env, p->previous, held);
	return false;
}

// The held octets count.
static void cut_new(const struct stream_seg *held, struct stream_seg *seg)
{
	uint32_t held_end = stream_seg_end(held);

	if (!stream_before(seg->seq, held->seq))
		trim_left(seg, stream_min(held_end, stream_seg_end(seg)) - seg->seq);
	else if (!stream_before(held_end, stream_seg_end(seg)))
		seg->len = held->seq - seg->seq;
	// Else it has a part on each side of what is held, and lies around it.
}

static void cover(struct place *p, const struct stream_seg *held, uint32_t end)
{
	uint32_t from = stream_max(p->reach, held->seq);
	uint32_t to = stream_min(stream_seg_end(held), end);

	if (stream_before(from, to)) {
		p->covered += to - from;
		p->reach = to;
	}
}

static void may_differ(struct stream_seg *seg, uint32_t late)
{
	seg->late = seg->may_differ ? stream_min(seg->late, late) : late;
	seg->may_differ = true;
}

// Two copies are not the same. One that acknowledges octets not seen yet may have been sent when the receiver had
// told that it has these: then it was not taken, and the other one is not in doubt.
static void note_differing(struct stream *s, struct stream_seg *a, struct stream_seg *b)
{
	bool is_b = !a->ahead || (b->ahead && stream_before(a->ack, b->ack));
	struct stream_seg *late = is_b ? b : a, *other = is_b ? a : b;

	late->differs = true;
	if (!late->ahead) {
		other->differs = true;
		return;
	}
	may_differ(other, late->ack);
	s->held_differs = true;
}

// One held segment that the new one overlaps; `whole` is the new one as it came. False: it is gone.
static bool meet(struct stream *s, struct stream_env *env, struct place *p,
	struct stream_seg *at, struct stream_seg *seg, const struct stream_seg *whole)
{
	uint32_t end = stream_seg_end(whole);

	p->met = true;
	if (octets_differ(at, whole)) {
		p->differs = true;
		note_differing(s, at, seg);
	}
	cover(p, at, end);
	if (!stream_before(whole->seq, at->seq))
		seg->from = whole->seq;
	if (seg->len == 0 || !stream_before(at->seq, stream_seg_end(seg)) ||
		!stream_before(seg->seq, stream_seg_end(at)))
		return true;
	if (renews(s, p, at, seg, end)) {
		// A third copy may have differed from the one that goes.
		seg->differs |= at->differs;
		if (at->may_differ)
			may_differ(seg, at->late);
		return cut_held(s, env, p, at, seg);
	}
	cut_new(at, seg);
	return true;
}

// Settles with each held segment whose octets count. False: too far to walk.
static bool settle(
	struct stream *s, struct stream_env *env, struct stream_seg *seg, struct place *p)
{
	struct stream_seg *at = s->first, *next;
	struct stream_seg whole = *seg;
	int steps = 0;

	if (s->hint != NULL && stream_before(s->hint->seq, seg->seq))
		at = s->hint;
	for (; at != NULL && stream_before(at->seq, stream_seg_end(&whole)); at = next) {
		if (++steps > WALK_MAX && !p->met)
			return false;
		next = at->next;
		if (!stream_before(whole.seq, stream_seg_end(at)))
			join_run(s, at, seg);
		else if (!meet(s, env, p, at, seg, &whole))
			continue;
		p->unsorted |=
			p->previous != NULL && stream_before(at->seq, p->previous->seq);
		p->previous = at;
		if (!stream_before(seg->seq, at->seq))
			p->before = at;
	}
	if (p->unsorted)
		sort(s);
	return true;
}

static void link_behind(
	struct stream *s, struct stream_seg *seg, struct stream_seg *before)
{
	struct stream_seg **link = before != NULL ? &before->next : &s->first;

	seg->next = *link;
	*link = seg;
	if (seg->next == NULL)
		s->last = seg;
}

void stream_advance(struct stream *s, const struct stream_seg *at)
{
	for (; at != NULL && !stream_before(s->taken, at->seq); at = at->next) {
		// What the receiver may have refused is taken only when it says so.
		if (stream_is_unsure(s, at))
			return;
		s->taken = stream_max(s->taken, stream_seg_end(at));
	}
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

static void keep(struct stream *s, struct stream_env *env, struct stream_seg *seg,
	const struct place *p, uint32_t fresh)
{
	if (stream_stack_rule(s->stack)->trims)
		seg->from = seg->seq;
	link_behind(s, seg, p->before);
	count_held(s, env, seg, fresh);
	s->hint = p->nested ? NULL : seg;
	if (!stream_before(s->taken, seg->seq))
		stream_advance(s, seg);
}

// Puts a segment that meets others among them. It is empty when it was not kept.
static unsigned insert(struct stream *s, struct stream_env *env, struct stream_seg *seg)
{
	bool probe = is_keep_alive(s, seg);
	uint32_t len = seg->len;
	struct place p = {.reach = seg->seq};

	seg->from = seg->seq;
	if (!settle(s, env, seg, &p)) {
		stream_count(&env->count.discarded, len);
		stream_count(&env->count.hold_full, 1);
		seg->len = 0;
		stream_relieve_to(s, false);
		return STREAM_PUSH_HOLD_FULL;
	}
	stream_count(&env->count.duplicate, p.covered);
	if (seg->len > 0)
		keep(s, env, seg, &p, len - p.covered);
	if (p.differs && !probe)
		stream_count(&env->count.differs, 1);
	return (p.differs && !probe ? STREAM_PUSH_DIFFERS : 0) |
		(p.covered < len ? 0 : STREAM_PUSH_DUPLICATE);
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
	if (s->urgent_seen && s->urgent - seg->seq < seg->len) {
		seg->has_urgent = true;
		seg->urgent = s->urgent;
	}
	stream_count(&env->count.doubtful, seg->doubtful);
	s->held_doubtful |= seg->doubtful;
	// Whoever does not take what relief offers must not fill the memory.
	if (is_over(s, &env->limits, 2)) {
		stream_relieve_to(s, false);
		stream_count(&env->count.hold_full, 1);
		stream_drop(env, seg, &env->count.discarded);
		return STREAM_PUSH_HOLD_FULL;
	}
	if (s->first == NULL || !stream_before(seg->seq, s->end)) {
		if (seg->seq != s->end)
			stream_count(&env->count.out_of_order, 1);
		join_run(s, s->last, seg);
		struct place end = {.before = s->last};
		keep(s, env, seg, &end, seg->len);
	} else {
		push = insert(s, env, seg);
		if (seg->len == 0) {
			env->release(env->ctx, seg);
			return push;
		}
	}
	// The newest octets may still find their predecessors: only the oldest holes are declared.
	if (!s->relief && is_over(s, &env->limits, 1)) {
		stream_relieve_to(s, true);
		stream_count(&env->count.hold_full, 1);
		push |= STREAM_PUSH_HOLD_FULL;
	}
	return push;
}
