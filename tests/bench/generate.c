// SPDX-License-Identifier: BSD-3-Clause

// The generator: keeps many sessions going, lets one at a time send a segment, and puts loss,
// disorder, duplicates and foreign packets in between.

#include "gen_crowd.h"
#include "gen_delay.h"
#include "gen_flood.h"
#include "gen_pcap.h"
#include "gen_session.h"

#include <inttypes.h>
#include <stdlib.h>

#define OTHER_FRAMES 256
#define OTHER_ROOM   1600
#define START_NS     1795579200000000000ull // 2026-11-25T04:00:00Z

struct other {
	size_t len;
	uint8_t octets[OTHER_ROOM];
};

struct generator {
	struct gen_stage stage;
	struct gen_pcap pcap;
	struct gen_delay *delay;
	struct other other[OTHER_FRAMES];
	double other_due; // foreign packets owed
	double flood_due; // openings owed
	uint64_t now_ns;
	struct gen_session *active; // the running ones first, then the parked ones
	uint32_t running, count;
	uint64_t sessions;
};

static void make_other(struct generator *g)
{
	static const uint16_t ports[] = {80, 443, 443, 443, 22, 993, 53, 8080};
	static uint8_t payload[1460];
	struct gen_random *r = &g->stage.random;

	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)gen_random_next(r);
	for (int i = 0; i < OTHER_FRAMES; i++) {
		struct gen_end a = {.port = ports[gen_random_below(r, 8)]}, b = a;
		for (int k = 0; k < 16; k++) {
			a.addr[k] = (uint8_t)gen_random_next(r);
			b.addr[k] = (uint8_t)gen_random_next(r);
		}
		b.port = (uint16_t)(32768 + gen_random_below(r, 28000));
		bool reply = gen_random_below(r, 2) == 0;
		size_t len = gen_random_below(r, 3) == 0 ? 0 : gen_random_below(r, 1400);
		struct gen_packet p = {.from = reply ? &a : &b,
			.to = reply ? &b : &a,
			.link = g->stage.options.link,
			.ipv6 = g->stage.options.ipv6,
			.vlan = (uint16_t)g->stage.options.vlan,
			.udp = a.port == 53,
			.flags = GEN_ACK,
			.seq = (uint32_t)gen_random_next(r),
			.payload = span_make(payload, len)};
		g->other[i].len = gen_packet_build(&p, g->other[i].octets);
	}
}

static void commit(struct generator *g, size_t len)
{
	g->now_ns += (uint64_t)((double)(len + 24) * 8000 / g->stage.options.rate);
	gen_pcap_commit(&g->pcap, len, g->now_ns);
}

static void write_frame(struct generator *g, struct span frame)
{
	memcpy(gen_pcap_room(&g->pcap), frame.ptr, frame.len);
	commit(g, frame.len);
}

static void write_delayed(struct generator *g)
{
	struct span frame;

	gen_delay_step(g->delay);
	while ((frame = gen_delay_take(g->delay)).len > 0)
		write_frame(g, frame);
}

static void write_other(struct generator *g)
{
	g->other_due += g->stage.options.other / (1 - g->stage.options.other);
	for (; g->other_due >= 1; g->other_due--) {
		const struct other *o =
			&g->other[gen_random_below(&g->stage.random, OTHER_FRAMES)];
		write_frame(g, span_make(o->octets, o->len));
	}
}

static void write_flood(struct generator *g)
{
	g->flood_due += g->stage.options.syn_flood;
	for (; g->flood_due >= 1; g->flood_due--)
		commit(g,
			gen_flood_next(&g->stage.options, &g->stage.random,
				gen_pcap_room(&g->pcap)));
}

static size_t build(struct generator *g, struct gen_session *s,
	const struct gen_segment *seg, uint8_t *ret)
{
	const struct gen_options *o = &g->stage.options;
	struct gen_packet p = {.from = seg->from_client ? &s->client : &s->server,
		.to = seg->from_client ? &s->server : &s->client,
		.link = o->link,
		.ipv6 = o->ipv6,
		.vlan = (uint16_t)o->vlan,
		.flags = seg->flags,
		.id = s->id++,
		.seq = seg->seq,
		.ack = seg->ack,
		.payload = seg->payload};

	if (seg->flags & GEN_SYN)
		p.mss = (uint16_t)o->mss;
	return gen_packet_build(&p, ret);
}

// By how many packets this one is late. Reordering must overtake within the session, so it
// grows with the number of sessions.
static uint32_t lateness(struct generator *g, const struct gen_segment *seg)
{
	const struct gen_options *o = &g->stage.options;
	uint32_t late = seg->from_client ? 0 : o->skew;

	if (gen_random_chance(&g->stage.random, o->reorder)) {
		uint64_t more = (1 + gen_random_below(&g->stage.random, 4)) *
			(uint64_t)g->running;
		late += more < 65000 - late ? (uint32_t)more : 65000 - late;
	}
	return late;
}

static void emit(
	struct generator *g, struct gen_session *s, const struct gen_segment *seg)
{
	const struct gen_options *o = &g->stage.options;
	uint8_t *room = gen_pcap_room(&g->pcap);

	if (seg->lost || gen_random_chance(&g->stage.random, o->loss)) {
		gen_session_lost(s, seg);
		return;
	}
	size_t len = build(g, s, seg, room);
	uint32_t late = lateness(g, seg);
	if (gen_random_chance(&g->stage.random, o->duplicate))
		gen_delay_put(g->delay, span_make(room, len),
			late + 1 + gen_random_below(&g->stage.random, 4));
	if (late > 0)
		gen_delay_put(g->delay, span_make(room, len), late);
	else
		commit(g, len);
	write_delayed(g);
	if (o->other > 0)
		write_other(g);
	write_flood(g);
}

static void swap(struct gen_session *a, struct gen_session *b)
{
	struct gen_session keep = *a;

	*a = *b;
	*b = keep;
}

// A session has nothing to send now: it waits, or it is over.
static void put_aside(struct generator *g, uint32_t i)
{
	g->running--;
	swap(&g->active[i], &g->active[g->running]);
	if (g->active[g->running].parked)
		return;
	g->count--;
	swap(&g->active[g->running], &g->active[g->count]);
}

static void release_all(struct generator *g)
{
	g->running = g->count;
	for (uint32_t i = 0; i < g->count; i++)
		g->active[i].parked = false;
}

static bool more_wanted(const struct generator *g)
{
	const struct gen_options *o = &g->stage.options;
	uint64_t sessions = o->mails == UINT64_MAX
		? UINT64_MAX
		: (o->mails + o->mails_per_connection - 1) / o->mails_per_connection;

	return g->sessions < sessions && g->pcap.octets < o->octets;
}

static void fill_up(struct generator *g)
{
	while (g->count < g->stage.options.concurrency && more_wanted(g)) {
		// The newcomer takes the first parked session's place.
		swap(&g->active[g->running], &g->active[g->count]);
		gen_session_init(&g->active[g->running], &g->stage, g->sessions++);
		g->running++;
		g->count++;
	}
}

static void play(struct generator *g)
{
	struct gen_segment segment;

	for (;;) {
		fill_up(g);
		if (g->running == 0)
			release_all(g);
		if (g->running == 0)
			break;
		uint32_t i = gen_random_below(&g->stage.random, g->running);
		if (gen_session_next(&g->active[i], &g->stage, &segment))
			emit(g, &g->active[i], &segment);
		else
			put_aside(g, i);
	}
	while (!gen_delay_is_empty(g->delay))
		write_delayed(g);
}

static int play_crowd(struct generator *g)
{
	struct gen_crowd *crowd = gen_crowd_create(&g->stage.options);
	struct gen_segment segment;
	struct gen_session *s;

	if (crowd == NULL)
		return -1;
	g->running = g->stage.options.concurrency;
	while (gen_crowd_next(crowd, &g->stage, &s, &segment, &g->sessions))
		emit(g, s, &segment);
	while (!gen_delay_is_empty(g->delay))
		write_delayed(g);
	gen_crowd_destroy(crowd);
	return 0;
}

static int set_up(struct generator *g)
{
	const struct gen_options *o = &g->stage.options;
	uint32_t link_type = o->link == GEN_LINK_RAW ? 101 : 1;
	int rc = gen_pcap_open(&g->pcap, o->out, link_type, o->nanoseconds);

	if (rc != 0) {
		fprintf(stderr, "mailtap-generate: %s: %s\n", o->out, strerror(-rc));
		return -1;
	}
	if (o->truth != NULL && (g->stage.truth = fopen(o->truth, "w")) == NULL) {
		perror(o->truth);
		return -1;
	}
	gen_random_init(&g->stage.random, o->seed);
	g->stage.text = gen_text_create(&g->stage.random);
	g->delay = gen_delay_create();
	g->active = calloc(o->concurrency + 1ul, sizeof(*g->active));
	if (g->stage.text == NULL || g->delay == NULL || g->active == NULL)
		return -1;
	g->now_ns = START_NS;
	make_other(g);
	return 0;
}

static int tear_down(struct generator *g)
{
	int rc = gen_pcap_close(&g->pcap);

	if (g->stage.truth != NULL && fclose(g->stage.truth) != 0)
		rc = -1;
	gen_text_destroy(g->stage.text);
	gen_delay_destroy(g->delay);
	free(g->active);
	free(g->stage.scratch);
	return rc;
}

int main(int argc, char *argv[])
{
	static struct generator g;
	int rc = gen_options_parse(&g.stage.options, argc, argv);

	if (rc != 0)
		return rc > 0 ? 0 : 64;
	if (set_up(&g) != 0)
		return 73;
	if (g.stage.options.connections == 0)
		play(&g);
	else if (play_crowd(&g) != 0)
		return 71;
	fprintf(stderr,
		"%" PRIu64 " mails, %" PRIu64 " sessions, %" PRIu64 " packets, %" PRIu64
		" octets\n",
		g.stage.mails_begun, g.sessions, g.pcap.packets, g.pcap.octets);
	if (tear_down(&g) != 0) {
		fputs("mailtap-generate: could not write everything\n", stderr);
		return 74;
	}
	return 0;
}
