// SPDX-License-Identifier: BSD-3-Clause
#include "script.h"

#include "stream_pair.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#define WORDS_MAX 5

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
	if (push & STREAM_PUSH_URGENT)
		log_add(p, "!urgent");
	if (push & STREAM_PUSH_RETRACTS)
		log_add(p, "!retracts");
}

// What stands in the header beside the numbers.
struct header {
	uint16_t window, urgent;
	uint8_t options[40];
	size_t len;
};

static void add_option(struct header *h, uint8_t kind, uint8_t len, uint32_t value)
{
	uint8_t *at = h->options + h->len;

	memset(at, 0, len);
	at[0] = kind;
	at[1] = len;
	for (int i = 0; i < 4 && i + 2 < len; i++)
		at[2 + i] = (uint8_t)(value >> (len == 3 ? 0 : 24 - 8 * i));
	h->len += len;
}

// "win=N", "urg=N", "ts=N", "scale=N", "md5=N"
static void read_header(struct header *h, const char *word)
{
	const char *value = strchr(word, '=') + 1;
	uint32_t n = (uint32_t)strtoul(value, NULL, 10);

	if (strncmp(word, "win", 3) == 0)
		h->window = (uint16_t)n;
	else if (strncmp(word, "urg", 3) == 0)
		h->urgent = (uint16_t)n;
	else if (strncmp(word, "ts", 2) == 0)
		add_option(h, 8, 10, n);
	else if (strncmp(word, "scale", 5) == 0)
		add_option(h, 3, 3, n);
	else if (strncmp(word, "md5", 3) == 0)
		add_option(h, 19, 18, n);
	else
		cr_assert_fail("no such field: %s", word);
}

static void send(struct player *p, enum stream_dir dir, char **words, int count,
	const struct header *header)
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
		.seg = seg,
		.dir = dir,
		.seq = seq,
		.ack = ack,
		.window = header->window,
		.urgent = header->urgent,
		.options = span_make(header->options, header->len),
		.flags = flags,
	};
	switch (stream_pair_push(&p->pair, &p->env, &packet, &push)) {
	case STREAM_TAKEN:
		break;
	case STREAM_REUSED:
		log_add(p, "!reused");
		release(p, seg);
		break;
	case STREAM_APART:
		log_add(p, "!apart");
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

static void set_stack(struct player *p, const char *name)
{
	for (enum stream_stack i = 0; i < STREAM_STACK_COUNT; i++) {
		if (strcmp(stream_stack_name(i), name) != 0)
			continue;
		stream_set_stack(&p->pair.side[STREAM_CLIENT], i);
		stream_set_stack(&p->pair.side[STREAM_SERVER], i);
		return;
	}
	cr_assert_fail("no such stack: %s", name);
}

static void step(struct player *p, char *text)
{
	char *words[WORDS_MAX], *save = NULL;
	struct header header = {.window = 65535};
	int count = 0;

	for (char *w = strtok_r(text, " ", &save); w != NULL;
		w = strtok_r(NULL, " ", &save)) {
		if (strchr(w, '=') != NULL)
			read_header(&header, w);
		else if (count < WORDS_MAX)
			words[count++] = w;
	}
	p->now_us += 1000;
	p->number++;
	unsigned long n = count > 1 ? strtoul(words[1], NULL, 10) : 0;
	unsigned bit = count > 1 ? 1u << (words[1][0] == 'S') : 0;
	if (strcmp(words[0], "C") == 0)
		send(p, STREAM_CLIENT, words, count, &header);
	else if (strcmp(words[0], "S") == 0)
		send(p, STREAM_SERVER, words, count, &header);
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
	else if (strcmp(words[0], "stack") == 0)
		set_stack(p, words[1]);
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
		c->delivered + c->urgent + c->duplicate + c->outside + c->discarded +
			c->held);
	cr_assert_eq(c->span, c->delivered + c->urgent + c->lost + open);
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
