// SPDX-License-Identifier: BSD-3-Clause
#include "script.h"

#include "stream_pair.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#define STEPS_MAX 256

struct player {
	struct stream_pair pair;
	struct stream_env env;
	uint64_t now_us, number;
	unsigned blocked;
	size_t owned; // segments that we gave away and did not get back
	char log[4096];
	char last[2]; // "C:" or "C?" when text of that kind may go on
};

static const char dir_names[] = "CS";

static void log_add(struct player *p, const char *text)
{
	size_t at = strlen(p->log);

	snprintf(p->log + at, sizeof(p->log) - at, "%s%s", at > 0 ? " " : "", text);
	p->last[0] = '\0';
}

static void log_text(struct player *p, enum stream_dir dir, const struct stream_out *out)
{
	char kind[2] = {dir_names[dir], out->unacked ? '?' : ':'};
	char head[3] = {kind[0], kind[1], '\0'};

	if (memcmp(kind, p->last, 2) != 0)
		log_add(p, head);
	memcpy(p->last, kind, 2);
	size_t at = strlen(p->log);
	snprintf(p->log + at, sizeof(p->log) - at, "%.*s", (int)out->data.len,
		(const char *)out->data.ptr);
}

static void release(void *ctx, struct stream_seg *seg)
{
	struct player *p = ctx;

	p->owned--;
	free(seg);
}

static void pump(struct player *p)
{
	struct stream_out out;
	enum stream_dir dir;
	char text[32];

	for (;;) {
		switch (stream_pair_next(&p->pair, &p->env, p->now_us, p->number,
			p->blocked, &dir, &out)) {
		case STREAM_DATA:
			log_text(p, dir, &out);
			stream_pair_take(&p->pair, &p->env, dir, (uint32_t)out.data.len);
			break;
		case STREAM_GAP:
			snprintf(text, sizeof(text), "%c-%u", dir_names[dir], out.gap);
			log_add(p, text);
			stream_pair_take(&p->pair, &p->env, dir, out.gap);
			break;
		case STREAM_END:
			snprintf(text, sizeof(text), "%c.", dir_names[dir]);
			log_add(p, text);
			break;
		case STREAM_NOTHING:
			return;
		}
	}
}

static uint8_t flags_of(const char *text)
{
	static const char letters[] = "FSRPAU";
	uint8_t flags = 0;

	for (; *text != '\0'; text++)
		if (strchr(letters, *text) != NULL)
			flags |= (uint8_t)(1u << (strchr(letters, *text) - letters));
	return flags;
}

static void tell_push(struct player *p, unsigned push)
{
	if (push & STREAM_PUSH_DIFFERS)
		log_add(p, "!differs");
	if (push & STREAM_PUSH_HOLD_FULL)
		log_add(p, "!full");
	if (push & STREAM_PUSH_OUTSIDE)
		log_add(p, "!outside");
}

static void send(struct player *p, enum stream_dir dir, char **words, int count)
{
	uint8_t flags = flags_of(words[1]);
	const char *text = count > 4 ? words[4] : "";
	size_t len = strlen(text);
	// The payload ends where the memory does, so that a reader too far is seen.
	struct stream_seg *seg = malloc(sizeof(*seg) + len);
	uint32_t seq = (uint32_t)strtoul(words[2], NULL, 10);
	uint32_t ack = count > 3 ? (uint32_t)strtoul(words[3], NULL, 10) : 0;
	unsigned push;

	cr_assert(seg != NULL);
	memcpy(seg + 1, text, len);
	*seg = (struct stream_seg){
		.ptr = (const uint8_t *)(seg + 1),
		.len = (uint32_t)len,
		.seq = seq + (flags >> 1 & 1),
		.ack = ack,
		.has_ack = flags >> 4 & 1,
		.at_us = p->now_us,
		.number = p->number,
	};
	p->owned++;
	struct stream_packet packet = {
		.seg = seg, .dir = dir, .seq = seq, .ack = ack, .flags = flags};
	switch (stream_pair_push(&p->pair, &p->env, &packet, &push)) {
	case STREAM_TAKEN:
		break;
	case STREAM_REUSED:
		log_add(p, "!reused");
		release(p, seg);
		break;
	case STREAM_IGNORED:
		log_add(p, "!ignored");
		break;
	}
	tell_push(p, push);
}

static void tell_state(struct player *p)
{
	static const char *const names[] = {
#define X(name, help) "!" #name,
		STREAM_STATE_LIST(X)
#undef X
	};

	log_add(p, names[p->pair.state]);
	if (stream_pair_is_over(&p->pair))
		log_add(p, "!over");
}

static void step(struct player *p, char *text)
{
	char *words[5], *save = NULL;
	int count = 0;

	for (char *w = strtok_r(text, " ", &save); w != NULL && count < 5;
		w = strtok_r(NULL, " ", &save))
		words[count++] = w;
	p->now_us += 1000;
	p->number++;
	unsigned long n = count > 1 ? strtoul(words[1], NULL, 10) : 0;
	unsigned bit = count > 1 ? 1u << (words[1][0] == 'S') : 0;
	if (strcmp(words[0], "C") == 0)
		send(p, STREAM_CLIENT, words, count);
	else if (strcmp(words[0], "S") == 0)
		send(p, STREAM_SERVER, words, count);
	else if (strcmp(words[0], "wait") == 0)
		p->now_us += n * 1000, p->number += n;
	else if (strcmp(words[0], "age") == 0)
		p->now_us += n * 1000000;
	else if (strcmp(words[0], "state") == 0)
		tell_state(p);
	else if (strcmp(words[0], "block") == 0)
		p->blocked |= bit;
	else if (strcmp(words[0], "free") == 0)
		p->blocked &= ~bit;
	else if (strcmp(words[0], "relieve") == 0)
		stream_pair_relieve(&p->pair);
	else if (strcmp(words[0], "close") == 0)
		stream_pair_close(&p->pair);
	else
		cr_assert_fail("no such step: %s", words[0]);
	pump(p);
}

static void check_sums(const struct player *p)
{
	const struct stream_counters *c = &p->env.count;
	uint64_t open =
		stream_open_span(&p->pair.side[0]) + stream_open_span(&p->pair.side[1]);

	cr_assert_eq(c->received,
		c->delivered + c->duplicate + c->outside + c->discarded + c->held);
	cr_assert_eq(c->span, c->delivered + c->lost + open);
	cr_assert_eq(c->held, p->pair.side[0].held_octets + p->pair.side[1].held_octets);
	cr_assert_eq(p->env.held_segments, p->owned);
}

const char *script_play(const char *script)
{
	static struct player p;
	char copy[8192], *save = NULL;

	p = (struct player){
		.env = {.limits = {.hold_octets = 64,
				.hold_segments = 8,
				.skew_us = 10000,
				.skew_packets = 4,
				.unacked_us = 100000},
			.release = release,
			.ctx = &p},
		.now_us = 1000000,
		.number = 1000,
	};
	snprintf(copy, sizeof(copy), "%s", script);
	for (char *s = strtok_r(copy, ";", &save); s != NULL;
		s = strtok_r(NULL, ";", &save)) {
		step(&p, s);
		check_sums(&p);
	}
	stream_pair_close(&p.pair);
	p.blocked = 0;
	pump(&p);
	cr_assert_eq(p.env.count.held, 0, "something is held behind the end");
	stream_pair_fini(&p.pair, &p.env);
	check_sums(&p);
	cr_assert_eq(p.owned, 0);
	cr_assert_eq(p.env.count.held, 0);
	return p.log;
}
