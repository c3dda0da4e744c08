// SPDX-License-Identifier: BSD-3-Clause

// Random overlaps against plain models of the receivers' own queues, written as their stacks keep
// them: octets in an array, and no packet held by reference.

#include "stream_pair.h"

#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#define SPAN     24
#define SEGMENTS 9
#define ROUNDS   20000

struct piece {
	int seq, end;
	char octets[SPAN]; // by place in the stream
};

struct model {
	struct piece queue[SEGMENTS + 2]; // early ones, by seq
	int count;
	int next; // RCV.NXT
	char out[SPAN + 1];
	bool unclear; // the answer hangs on the shape of a tree
};

static uint64_t random_state;

static int chance(int n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (int)((random_state >> 11) % (unsigned)n);
}

static void deliver(struct model *m, const struct piece *p)
{
	for (; m->next < p->end; m->next++)
		m->out[m->next] = p->octets[m->next];
}

static void drop(struct model *m, int at)
{
	m->count--;
	memmove(&m->queue[at], &m->queue[at + 1],
		(size_t)(m->count - at) * sizeof(m->queue[0]));
}

static void put(struct model *m, int at, const struct piece *p)
{
	memmove(&m->queue[at + 1], &m->queue[at],
		(size_t)(m->count - at) * sizeof(m->queue[0]));
	m->queue[at] = *p;
	m->count++;
}

static void drain(struct model *m)
{
	while (m->count > 0 && m->queue[0].seq <= m->next) {
		struct piece p = m->queue[0];
		drop(m, 0);
		deliver(m, &p);
	}
}

// The last that begins no later, or -1.
static int before(const struct model *m, int seq)
{
	int at = m->count - 1;

	while (at >= 0 && m->queue[at].seq > seq)
		at--;
	return at;
}

// A sorted queue of whole segments: one that another has whole is dropped, one that has another
// whole takes its place, one that goes on where another ends becomes one with it.
static void linux_early(struct model *m, const struct piece *p)
{
	int at = before(m, p->seq);
	struct piece *low = at >= 0 ? &m->queue[at] : NULL;

	for (int i = 0; i < m->count; i++)
		m->unclear |= i != at && m->queue[i].end == p->seq;
	if (low != NULL && low->end == p->seq) {
		memcpy(low->octets + p->seq, p->octets + p->seq,
			(size_t)(p->end - p->seq));
		low->end = p->end;
		return;
	}
	if (low != NULL && p->end <= low->end)
		return;
	if (low != NULL && p->seq == low->seq)
		drop(m, at--);
	put(m, ++at, p);
	while (at + 1 < m->count && m->queue[at + 1].end <= p->end)
		drop(m, at + 1);
}

// A queue without overlap: what the one before has is cut off the new one, and what the new one
// has is cut off those behind it.
static void bsd_early(struct model *m, const struct piece *p)
{
	struct piece piece = *p;
	int at = before(m, p->seq);

	if (at >= 0 && m->queue[at].end > piece.seq)
		piece.seq = m->queue[at].end;
	if (piece.seq >= piece.end)
		return;
	while (at + 1 < m->count && m->queue[at + 1].seq < piece.end) {
		struct piece *behind = &m->queue[at + 1];
		if (behind->end > piece.end) {
			behind->seq = piece.end;
			break;
		}
		drop(m, at + 1);
	}
	put(m, at + 1, &piece);
}

static void plain(struct model *m, const struct piece *p, bool last)
{
	for (int i = p->seq; i < p->end; i++)
		if (m->out[i] == '\0' || (last && i >= m->next))
			m->out[i] = p->octets[i];
	while (m->next < SPAN && m->out[m->next] != '\0')
		m->next++;
}

static void take(struct model *m, enum stream_stack stack, const struct piece *p)
{
	if (stack == STREAM_STACK_FIRST || stack == STREAM_STACK_WINDOWS ||
		stack == STREAM_STACK_LAST) {
		plain(m, p, stack == STREAM_STACK_LAST);
		return;
	}
	if (p->end <= m->next)
		return;
	if (stack == STREAM_STACK_LINUX && p->seq <= m->next) {
		deliver(m, p);
	} else if (stack == STREAM_STACK_LINUX) {
		linux_early(m, p);
	} else {
		struct piece piece = *p;
		piece.seq = p->seq > m->next ? p->seq : m->next;
		bsd_early(m, &piece);
	}
	drain(m);
}

static void release(void *ctx, struct stream_seg *seg)
{
	(*(int *)ctx)--;
	free(seg);
}

static void push(
	struct stream *s, struct stream_env *env, uint32_t isn, const struct piece *p)
{
	size_t len = (size_t)(p->end - p->seq);
	struct stream_seg *seg = malloc(sizeof(*seg) + len);

	cr_assert_not_null(seg);
	memcpy(seg + 1, p->octets + p->seq, len);
	*seg = (struct stream_seg){
		.ptr = (const uint8_t *)(seg + 1),
		.len = (uint32_t)len,
		.seq = isn + (uint32_t)p->seq,
		.at_us = 1,
	};
	(*(int *)env->ctx)++;
	stream_push(s, env, seg);
}

static void read_all(struct stream *s, struct stream_env *env, char *ret)
{
	struct stream_out out;
	size_t at = 0;

	while (stream_next(s, env, 1, 1, &out) == STREAM_DATA) {
		uint32_t n = 1 + (uint32_t)chance((int)out.data.len);
		cr_assert(at + n <= SPAN);
		memcpy(ret + at, out.data.ptr, n);
		at += n;
		stream_take(s, env, n);
	}
	ret[at] = '\0';
}

// Each segment has a letter of its own. The last one fills what is open.
static void play(enum stream_stack stack, uint64_t seed)
{
	struct model m = {.next = 0};
	int owned = 0;
	struct stream s = {0};
	struct stream_env env = {
		.limits = {.hold_octets = 1000, .hold_segments = 1000},
		.release = release,
		.ctx = &owned,
	};
	char got[SPAN + 1], script[400] = "";
	size_t said = 0;

	random_state = seed * 0x9e3779b97f4a7c15u + 1;
	uint32_t isn = 0u - (uint32_t)chance(2 * SPAN);
	int count = 2 + chance(SEGMENTS - 2);
	stream_set_stack(&s, stack);
	stream_open(&s, isn);
	for (int i = 0; i <= count; i++) {
		struct piece p = {.seq = chance(SPAN - 1)};
		p.end = p.seq + 1 + chance(SPAN - p.seq);
		if (i == count)
			p = (struct piece){.seq = 0, .end = SPAN};
		memset(p.octets, i == count ? '.' : 'a' + i, SPAN);
		said += (size_t)snprintf(script + said, sizeof(script) - said,
			" %c[%d,%d)", p.octets[0], p.seq, p.end);
		take(&m, stack, &p);
		push(&s, &env, isn, &p);
	}
	stream_ack(&s, isn + SPAN);
	read_all(&s, &env, got);
	stream_fini(&s, &env);
	cr_assert_eq(owned, 0);
	if (!m.unclear)
		cr_assert_str_eq(got, m.out, "%s, seed %llu:%s\n got: %s\nwant: %s",
			stream_stack_name(stack), (unsigned long long)seed, script, got,
			m.out);
}

Test(stream_stack, every_overlap_ends_as_in_the_receivers_own_queue)
{
	for (enum stream_stack stack = 0; stack < STREAM_STACK_COUNT; stack++)
		for (uint64_t seed = 1; seed <= ROUNDS; seed++)
			play(stack, seed);
}
