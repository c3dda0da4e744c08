// SPDX-License-Identifier: BSD-3-Clause
#include "model.h"

#include "stream_pair.h"

#include <stdio.h>
#include <stdlib.h>

// The dialogue: turns of one side after the other, each begun after all before it was read.
#define TURNS       12
#define TURN_MAX    60
#define PACKETS_MAX 1024

struct wire_packet {
	enum stream_dir dir;
	uint32_t at, len, ack; // offsets in the octets of a direction, not numbers
	uint8_t flags;
	bool forged; // its octets are others than the true ones
	uint8_t refused; // why the receiver does not take it, if not 0
	uint64_t key; // place in the order of capture
};

struct model {
	const struct model_plan *plan;
	uint64_t random;
	struct stream_pair pair;
	struct stream_env env;
	struct wire_packet wire[PACKETS_MAX];
	size_t packets;
	uint32_t isn[2], length[2];
	uint32_t turn_at[TURNS],
		turn_end[TURNS]; // in the octets of the side whose turn it is
	uint32_t up[2]; // handed up so far, gaps included
	uint32_t gaps[2];
	bool covered[2][TURNS * TURN_MAX]; // some true copy of the octet was captured
	size_t owned;
	unsigned blocked;
	uint64_t now_us, number;
	char fault[200];
};

#define FIN 1
#define SYN 2
#define RST 4
#define ACK 16

// Why a receiver refuses a segment.
enum refusal {
	TAKEN,
	TOO_OLD,
	BEYOND_WINDOW,
	NEVER_SENT,
	WITHOUT_ACK,
	DIGEST,
	REFUSALS,
};

#define WINDOW 2000

static uint32_t chance(struct model *m, uint32_t n)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return (uint32_t)(m->random >> 11) % n;
}

static uint8_t true_octet(enum stream_dir dir, uint32_t at)
{
	return (uint8_t)(at * 31 + at / 7 + dir * 101);
}

static void fail(struct model *m, const char *what, long a, long b)
{
	if (m->fault[0] == '\0')
		snprintf(m->fault, sizeof(m->fault), "seed %llu: %s (%ld, %ld)",
			(unsigned long long)m->plan->seed, what, a, b);
}

static void emit(struct model *m, struct wire_packet p)
{
	if (m->packets == PACKETS_MAX)
		return;
	p.key = m->packets * 1000;
	m->wire[m->packets++] = p;
}

// Octets of somebody else in the place of those that come next.
static void send_refused(struct model *m, enum stream_dir dir, uint32_t at, uint32_t ack)
{
	struct wire_packet p = {.dir = dir,
		.at = at,
		.len = 1 + chance(m, 12),
		.ack = ack,
		.flags = ACK,
		.forged = true,
		.refused = (uint8_t)(1 + chance(m, REFUSALS - 1))};

	if (p.refused == BEYOND_WINDOW)
		p.at += WINDOW + TURNS * TURN_MAX;
	if (p.refused == NEVER_SENT)
		p.ack += 90000;
	if (p.refused == WITHOUT_ACK)
		p.flags = 0;
	emit(m, p);
}

// Sends the octets of a turn, and now and then some of them again, cut otherwise.
static void send_turn(struct model *m, int turn, uint32_t ack)
{
	enum stream_dir dir = turn % 2 == 0 ? STREAM_SERVER : STREAM_CLIENT;
	uint32_t from = m->turn_at[turn], end = m->turn_end[turn];

	for (uint32_t at = from; at < end;) {
		uint32_t len = 1 + chance(m, 12);
		if (len > end - at)
			len = end - at;
		if (m->plan->refused && chance(m, 3) == 0)
			send_refused(m, dir, at, ack);
		emit(m,
			(struct wire_packet){.dir = dir,
				.at = at,
				.len = len,
				.ack = ack,
				.flags = ACK});
		at += len;
		if (m->plan->repeat && chance(m, 4) == 0) {
			uint32_t again = from + chance(m, at - from);
			emit(m,
				(struct wire_packet){.dir = dir,
					.at = again,
					.len = 1 + chance(m, at - again),
					.ack = ack,
					.flags = ACK,
					.forged = m->plan->forge});
		}
		if (chance(m, 3) == 0)
			emit(m,
				(struct wire_packet){.dir = STREAM_SERVER - dir,
					.at = ack,
					.ack = at,
					.flags = ACK});
	}
}

static void write_dialogue(struct model *m)
{
	uint32_t sent[2] = {0, 0};

	emit(m, (struct wire_packet){.dir = STREAM_CLIENT, .flags = SYN});
	emit(m, (struct wire_packet){.dir = STREAM_SERVER, .flags = SYN | ACK});
	emit(m, (struct wire_packet){.dir = STREAM_CLIENT, .flags = ACK});
	for (int turn = 0; turn < TURNS; turn++) {
		enum stream_dir dir = turn % 2 == 0 ? STREAM_SERVER : STREAM_CLIENT;
		m->turn_at[turn] = sent[dir];
		sent[dir] += 1 + chance(m, TURN_MAX - 1);
		m->turn_end[turn] = sent[dir];
		send_turn(m, turn, sent[STREAM_SERVER - dir]);
	}
	m->length[0] = sent[0];
	m->length[1] = sent[1];
	emit(m,
		(struct wire_packet){.dir = STREAM_SERVER,
			.at = sent[1],
			.ack = sent[0],
			.flags = ACK});
	emit(m,
		(struct wire_packet){.dir = STREAM_CLIENT,
			.at = sent[0],
			.ack = sent[1],
			.flags = ACK});
	uint8_t last = m->plan->reset ? RST : FIN | ACK;
	for (enum stream_dir d = STREAM_CLIENT; d < STREAM_DIR_COUNT; d++)
		emit(m,
			(struct wire_packet){.dir = d,
				.at = sent[d],
				.ack = sent[STREAM_SERVER - d],
				.flags = last});
	for (enum stream_dir d = STREAM_CLIENT; d < STREAM_DIR_COUNT && !m->plan->reset;
		d++)
		emit(m,
			(struct wire_packet){.dir = d,
				.at = sent[d] + 1,
				.ack = sent[STREAM_SERVER - d] + 1,
				.flags = ACK});
}

static int by_key(const void *a, const void *b)
{
	const struct wire_packet *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

// What the tap makes of it. The handshake arrives as it was.
static void disturb(struct model *m)
{
	size_t kept = 3;

	for (size_t i = 3; i < m->packets; i++) {
		struct wire_packet *p = &m->wire[i];
		if (m->plan->reorder && chance(m, 3) == 0)
			p->key += chance(m, 16) * 1000 + 500;
		if (p->dir == STREAM_SERVER && p->refused == TAKEN)
			p->key += m->plan->skew * 1000;
		if (m->plan->lose && chance(m, 12) == 0)
			continue;
		m->wire[kept++] = *p;
	}
	m->packets = kept;
	qsort(m->wire + 3, m->packets - 3, sizeof(m->wire[0]), by_key);
}

static void release(void *ctx, struct stream_seg *seg)
{
	struct model *m = ctx;

	m->owned--;
	free(seg);
}

// How far the other side had come when the octet at this offset was written.
static uint32_t read_before(const struct model *m, enum stream_dir dir, uint32_t at)
{
	int turn = dir == STREAM_SERVER ? 0 : 1;

	while (turn < TURNS && m->turn_end[turn] <= at)
		turn += 2;
	return turn > 0 ? m->turn_end[turn - 1] : 0;
}

static void check_data(struct model *m, enum stream_dir dir, const struct stream_out *out)
{
	uint32_t at = m->up[dir];

	if (at + out->data.len > m->length[dir]) {
		fail(m, "more octets than were sent", at, (long)out->data.len);
		return;
	}
	for (size_t i = 0; i < out->data.len; i++)
		if (out->data.ptr[i] != true_octet(dir, at + (uint32_t)i) &&
			!m->plan->forge)
			fail(m, "a wrong octet", dir, at + (long)i);
	// One lost octet looks like a FIN until more comes behind it.
	uint32_t other = m->up[STREAM_SERVER - dir] + (m->plan->lose ? 1 : 0);
	if (m->blocked == 0 && other < read_before(m, dir, at))
		fail(m, "an answer before its question", dir, at);
}

static void take(struct model *m, enum stream_dir dir, const struct stream_out *out)
{
	uint32_t n = (uint32_t)out->data.len;

	check_data(m, dir, out);
	if (m->plan->starve && chance(m, 3) == 0) {
		n = chance(m, n + 1);
		m->blocked |= n == 0 ? 1u << dir : 0;
	}
	m->up[dir] += n;
	stream_pair_take(&m->pair, &m->env, dir, n);
}

static void gap(struct model *m, enum stream_dir dir, uint32_t n)
{
	for (uint32_t i = m->up[dir]; i < m->up[dir] + n && i < m->length[dir]; i++)
		if (m->covered[dir][i])
			fail(m, "a hole where octets were captured", dir, i);
	m->up[dir] += n;
	m->gaps[dir] += n;
	stream_pair_take(&m->pair, &m->env, dir, n);
}

static void pump(struct model *m)
{
	struct stream_out out;
	enum stream_dir dir;

	for (int i = 0; i < 100000 && m->fault[0] == '\0'; i++) {
		switch (stream_pair_next(&m->pair, &m->env, m->now_us, m->number,
			m->blocked, &dir, &out)) {
		case STREAM_DATA:
			take(m, dir, &out);
			break;
		case STREAM_GAP:
			gap(m, dir, out.gap);
			break;
		case STREAM_END:
			break;
		case STREAM_NOTHING:
			return;
		}
	}
	fail(m, "no end of it", 0, 0);
}

// Time of each packet as its sender's clock has it; that of a packet that is too old stood still.
static size_t write_options(
	const struct model *m, const struct wire_packet *p, uint8_t ret[40])
{
	uint32_t stamp = 1000000 + (p->refused == TOO_OLD ? 0 : (uint32_t)m->number * 10);
	uint8_t octets[] = {8, 10, (uint8_t)(stamp >> 24), (uint8_t)(stamp >> 16),
		(uint8_t)(stamp >> 8), (uint8_t)stamp, 0, 0, 0, 0, 19, 18, [27] = 0};

	memcpy(ret, octets, sizeof(octets));
	return p->refused == DIGEST ? sizeof(octets) : 10;
}

static void capture(struct model *m, const struct wire_packet *p)
{
	uint8_t options[40];
	struct stream_seg *seg = malloc(sizeof(*seg) + p->len);
	uint8_t *octets = (uint8_t *)(seg + 1);
	uint32_t syn = p->flags & SYN ? 0 : 1;
	unsigned push;

	if (seg == NULL)
		abort();
	for (uint32_t i = 0; i < p->len; i++) {
		octets[i] = true_octet(p->dir, p->at + i) ^ (p->forged ? 0x80 : 0);
		if (p->refused == TAKEN)
			m->covered[p->dir][p->at + i] = true;
	}
	*seg = (struct stream_seg){
		.ptr = octets,
		.len = p->len,
		.seq = m->isn[p->dir] + 1 + p->at,
		.ack = m->isn[STREAM_SERVER - p->dir] + 1 + p->ack,
		.has_ack = p->flags & ACK,
		.at_us = m->now_us,
		.number = m->number,
	};

	m->owned++;
	struct stream_packet packet = {
		.seg = seg,
		.dir = p->dir,
		.seq = m->isn[p->dir] + p->at + syn,
		.ack = seg->ack,
		.window = m->plan->refused ? WINDOW : 65535,
		.flags = p->flags,
	};
	if (m->plan->refused)
		packet.options = span_make(options, write_options(m, p, options));
	enum stream_verdict verdict = stream_pair_push(&m->pair, &m->env, &packet, &push);
	if (verdict == STREAM_REUSED || verdict == STREAM_APART)
		fail(m, "taken for another connection", 0, 0);
}

static void check_sums(struct model *m)
{
	const struct stream_counters *c = &m->env.count;
	uint64_t open =
		stream_open_span(&m->pair.side[0]) + stream_open_span(&m->pair.side[1]);
	uint64_t told = c->delivered + c->urgent + c->duplicate + c->outside +
		c->discarded + c->held;

	if (c->received != told)
		fail(m, "octets do not add up", (long)c->received, (long)told);
	if (c->span != c->delivered + c->urgent + c->lost + open)
		fail(m, "the span does not add up", (long)c->span,
			(long)(c->delivered + c->lost));
	if (m->env.held_segments != m->owned)
		fail(m, "segments do not add up", m->env.held_segments, (long)m->owned);
}

static void finish(struct model *m)
{
	enum stream_state last = m->plan->reset ? STREAM_ST_RESET : STREAM_ST_CLOSED;

	if (!m->plan->lose && !m->plan->reorder && m->pair.state != last)
		fail(m, "another state at the end", m->pair.state, last);
	m->blocked = 0;
	stream_pair_close(&m->pair);
	do {
		m->blocked = 0;
		pump(m);
	} while (m->blocked != 0);
	for (int d = 0; d < 2; d++) {
		uint32_t end = m->length[d], seen = 0;
		for (uint32_t i = 0; i < end; i++)
			seen = m->covered[d][i] ? i + 1 : seen;
		// A lost FIN behind a lost tail cannot be told from one octet more of it.
		if (m->up[d] > end + (m->plan->lose ? 1 : 0) ||
			m->up[d] < (m->plan->lose ? seen : end))
			fail(m, "not handed up to the end", d,
				(long)m->up[d] - (long)end);
		if (m->gaps[d] > 0 && !m->plan->lose)
			fail(m, "a hole where nothing was lost", d, m->gaps[d]);
	}
	check_sums(m);
	if (m->env.count.held != 0 || m->owned != 0)
		fail(m, "something is held behind the end", (long)m->env.count.held,
			(long)m->owned);
	stream_pair_fini(&m->pair, &m->env);
	check_sums(m);
	if (m->env.count.held != 0 || m->owned != 0)
		fail(m, "something is still held", (long)m->env.count.held,
			(long)m->owned);
}

const char *model_run(const struct model_plan *plan)
{
	static struct model m;

	m = (struct model){
		.plan = plan,
		.random = plan->seed * 0x9e3779b97f4a7c15u + 1,
		.now_us = 1000000,
		.number = 1,
		.env = {.limits = {.hold_octets = 1u << 20,
				.hold_segments = 4096,
				.skew_us = 100000,
				.skew_packets = 100,
				.unacked_us = 10000000},
			.release = release,
			.ctx = &m},
	};
	// Half of the runs wrap early.
	for (int d = 0; d < 2; d++)
		m.isn[d] = chance(&m, 2) == 0 ? chance(&m, 1u << 30) * 4
					      : 0u - chance(&m, 100);
	for (int d = 0; d < 2; d++)
		stream_set_stack(&m.pair.side[d], (enum stream_stack)plan->stack);
	write_dialogue(&m);
	disturb(&m);
	for (size_t i = 0; i < m.packets && m.fault[0] == '\0'; i++) {
		m.now_us += 1 + chance(&m, 2000);
		m.number++;
		capture(&m, &m.wire[i]);
		if (chance(&m, 4) == 0)
			m.blocked = 0;
		pump(&m);
		check_sums(&m);
	}
	finish(&m);
	return m.fault[0] != '\0' ? m.fault : NULL;
}
