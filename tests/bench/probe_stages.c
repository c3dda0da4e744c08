// SPDX-License-Identifier: BSD-3-Clause
#include "probe.h"
#include "smtp_session.h"
#include "stream_pair.h"

#include <stdio.h>
#include <stdlib.h>

#define CHUNK      (64u << 10)
#define TABLE_SIZE (1u << 20)
#define BLOCKS     65536u
#define HELD_MAX   1000000u

struct talk {
	uint64_t key; // 0: free
	struct stream_pair pair;
	struct smtp_session session;
};

struct desk {
	struct stream_env stream;
	struct smtp_env smtp;
	struct talk *talks; // open addressing
	struct stream_seg *segs; // one a frame
	uint8_t chunk[CHUNK];
	size_t used;
	uint64_t mails;
};

static void nothing_open(
	void *ctx, const struct smtp_path *from, const struct smtp_reply *r)
{
	(void)ctx;
	(void)from;
	(void)r;
}

static void nothing_abandon(void *ctx, enum smtp_why why)
{
	(void)ctx;
	(void)why;
}

static void nothing_begin(void *ctx, enum smtp_carried carried)
{
	(void)ctx;
	(void)carried;
}

static size_t copy_body(void *ctx, struct span text)
{
	struct desk *desk = ctx;

	if (desk->used + text.len > CHUNK)
		desk->used = 0;
	memcpy(desk->chunk + desk->used, text.ptr, text.len);
	desk->used += text.len;
	return text.len;
}

static void nothing_gap(void *ctx, uint64_t octets)
{
	(void)ctx;
	(void)octets;
}

static void count_mail(void *ctx, enum smtp_outcome outcome, bool complete,
	const struct smtp_reply *reply)
{
	struct desk *desk = ctx;

	(void)reply;
	desk->mails += outcome == SMTP_ACCEPTED && complete;
}

static void nothing_final(void *ctx, uint32_t nth, const struct smtp_reply *reply)
{
	(void)ctx;
	(void)nth;
	(void)reply;
}

static void nothing_greeting(void *ctx, struct span name)
{
	(void)ctx;
	(void)name;
}

static void nothing_auth(void *ctx, struct span mechanism, struct span user, bool ok)
{
	(void)ctx;
	(void)mechanism;
	(void)user;
	(void)ok;
}

static void nothing_tls(void *ctx, enum smtp_tls what)
{
	(void)ctx;
	(void)what;
}

static void nothing_tls_octets(void *ctx, bool of_server, struct span text)
{
	(void)ctx;
	(void)of_server;
	(void)text;
}

static void nothing_odd(void *ctx, enum mt_odd odd)
{
	(void)ctx;
	(void)odd;
}

static const struct smtp_sink sink = {
	.open = nothing_open,
	.rcpt = nothing_open,
	.abandon = nothing_abandon,
	.begin = nothing_begin,
	.body = copy_body,
	.gap = nothing_gap,
	.end = count_mail,
	.rcpt_final = nothing_final,
	.greeting = nothing_greeting,
	.auth = nothing_auth,
	.tls = nothing_tls,
	.tls_octets = nothing_tls_octets,
	.odd = nothing_odd,
};

static void nothing_release(void *ctx, struct stream_seg *seg)
{
	(void)ctx;
	(void)seg;
}

static struct talk *find_talk(struct desk *desk, const struct packet *p)
{
	bool to_server = p->dst_port == 25;
	const uint8_t *addr = to_server ? p->src.octet : p->dst.octet;
	uint64_t key;

	memcpy(&key, addr + 8, 8);
	key = (key ^ (to_server ? p->src_port : p->dst_port) * 0x9e3779b97f4a7c15u) | 1;
	for (uint32_t i = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 44);; i++) {
		struct talk *t = &desk->talks[i % TABLE_SIZE];
		if (t->key == key)
			return t;
		if (t->key != 0)
			continue;
		t->key = key;
		smtp_session_init(&t->session, &desk->smtp, desk);
		return t;
	}
}

static void pump(struct desk *desk, struct talk *t, uint64_t now_us, uint64_t number)
{
	unsigned blocked = 0;
	struct stream_out out;
	enum stream_dir dir;

	for (;;) {
		enum stream_item item = stream_pair_next(
			&t->pair, &desk->stream, now_us, number, blocked, &dir, &out);
		enum smtp_dir to = dir == STREAM_CLIENT ? SMTP_CLIENT : SMTP_SERVER;
		if (item == STREAM_NOTHING)
			return;
		if (item == STREAM_GAP) {
			smtp_session_gap(&t->session, to, out.gap);
			stream_pair_take(&t->pair, &desk->stream, dir, out.gap);
		} else if (item == STREAM_DATA) {
			size_t taken = smtp_session_feed(&t->session, to, out.data);
			stream_pair_take(&t->pair, &desk->stream, dir, (uint32_t)taken);
			blocked = taken < out.data.len ? blocked | 1u << dir
						       : blocked & 1u << dir;
		}
	}
}

static void play(struct desk *desk, const struct probe_frame *f, size_t number)
{
	const struct packet *p = &f->packet;
	struct talk *t = find_talk(desk, p);
	struct stream_seg *seg = &desk->segs[number];
	struct stream_packet packet = {.seg = seg,
		.dir = p->dst_port == 25 ? STREAM_CLIENT : STREAM_SERVER,
		.seq = p->seq,
		.ack = p->ack,
		.window = p->window,
		.flags = p->flags};
	unsigned push;

	*seg = (struct stream_seg){.ptr = f->octets.ptr + p->payload_at,
		.len = p->captured_len,
		.seq = p->seq + (p->flags & PACKET_SYN ? 1 : 0),
		.ack = p->ack,
		.has_ack = p->flags & PACKET_ACK,
		.at_us = f->at_us};
	stream_pair_push(&t->pair, &desk->stream, &packet, &push);
	pump(desk, t, f->at_us, number);
}

// Streams and dialogue without ports, rings or tables of the appliance: what an octet costs the
// worker before it goes to the writer.
int probe_dialogue(const char *capture, struct probe_result *ret)
{
	static struct desk desk;
	const struct smtp_limits limits = {.line = 4096,
		.reply = 4096,
		.pending = 1000,
		.rcpts = 10000,
		.mail = 256u << 20};
	struct probe_capture c;

	desk.stream = (struct stream_env){.limits = {1u << 20, 4096, 50000, 256, 5000000},
		.release = nothing_release,
		.held_max = HELD_MAX};
	if (probe_capture_read(&c, capture) != 0)
		return -1;
	desk.talks = calloc(TABLE_SIZE, sizeof(*desk.talks));
	desk.segs = calloc(c.count + 1, sizeof(*desk.segs));
	if (desk.talks == NULL || desk.segs == NULL ||
		smtp_env_init(&desk.smtp, &limits, &sink, BLOCKS) != 0)
		return -1;
	probe_start(ret);
	for (size_t i = 0; i < c.count; i++) {
		const struct packet *p = &c.frames[i].packet;
		if (c.frames[i].class != PACKET_TCP ||
			(p->dst_port != 25 && p->src_port != 25))
			continue;
		play(&desk, &c.frames[i], i);
		ret->octets += p->captured_len;
		ret->units++;
	}
	probe_stop(ret);
	fprintf(stderr, "%llu mails were whole\n", (unsigned long long)desk.mails);
	free(desk.talks);
	free(desk.segs);
	probe_capture_free(&c);
	return 0;
}
