// SPDX-License-Identifier: BSD-3-Clause
#include "sender.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define MS           1000000ull
#define RTO_US       6000
#define RTO_MAX_US   250000
#define REPLY_NS     (4000 * MS)
#define LIFE_NS      (30000 * MS)
#define CLOSE_NS     (3000 * MS)
#define FIRST_PORT   1024
#define PORTS        64000
#define SERVER       25
#define NARROW       587
#define SILENCE_US   2300000
#define TRIES        30
#define SESSION_STEP (1u << 20)

static struct sender_conn *table[2][WIRE_CLIENTS][65536];

struct run {
	struct wire *w;
	const struct sender_options *options;
	FILE *plan;
	struct sender_conn *conns;
	uint64_t begun, whole, given_up;
	unsigned open;
};

static struct sender_conn **place_of(const struct sender_conn *c)
{
	return &table[c->ipv6][c->client][c->client_port];
}

static uint32_t end_of(const struct sender_conn *c)
{
	return c->dialogue.phases[c->dialogue.count - 1].to;
}

static void write_plan(struct run *run, const struct sender_conn *c)
{
	fprintf(run->plan,
		c->ipv6 ? "2001:db8:100::%x %u %u %llu " : "198.51.100.%u %u %u %llu ",
		c->client + 1, c->client_port, c->server_port,
		(unsigned long long)c->number);
	for (int kind = 0; kind < SCHEDULE_KINDS; kind++)
		if (c->kinds >> kind & 1)
			fprintf(run->plan, "%s,",
				schedule_name((enum schedule_kind)kind));
	fprintf(run->plan, "\n");
}

// A session of its own on the ports of the connection.
static void begin_session(struct sender_conn *c, uint64_t now)
{
	c->state = SENDER_ASKED;
	c->stamp_base = (uint32_t)(now / MS);
	c->stamp_echo = 0;
	c->server_fin = false;
	c->tries = 0;
	c->acked = c->reached = c->replies = 0;
	c->phase = -1;
	c->rto_us = RTO_US;
	c->due_ns = now;
	c->dead_ns = now + LIFE_NS;
	sender_draw_dialogue(c);
}

static void begin(struct run *run, struct sender_conn *c, uint64_t now)
{
	const struct sender_options *o = run->options;
	uint64_t number = o->first + run->begun++;
	uint32_t place = (uint32_t)(number % ((uint64_t)PORTS * WIRE_CLIENTS));

	c->number = number;
	gen_random_init(&c->plan, o->seed * 1000003 + number);
	gen_random_init(&c->course, ~(o->seed * 1000003 + number));
	c->kinds = o->exact ? o->kinds : schedule_draw_kinds(&c->plan, o->kinds);
	c->ipv6 = gen_random_chance(&c->plan, 0.4);
	c->stamps = c->kinds &
			(SCHEDULE_BIT(paws) | SCHEDULE_BIT(stamps) |
				SCHEDULE_BIT(stampedge)) ||
		gen_random_chance(&c->plan, 0.6);
	c->client = (uint8_t)(place / PORTS);
	c->client_port = (uint16_t)(FIRST_PORT + place % PORTS);
	c->server_port =
		c->kinds & (SCHEDULE_BIT(narrow) | SCHEDULE_BIT(edge)) ? NARROW : SERVER;
	c->sessions = c->kinds & SCHEDULE_BIT(reuse) ? 2 : 1;
	c->isn = (uint32_t)gen_random_next(&c->plan);
	if (c->kinds & SCHEDULE_BIT(wrap))
		c->isn = -gen_random_below(&c->plan, 1500);
	c->old_isn = c->isn;
	*place_of(c) = c;
	write_plan(run, c);
	begin_session(c, now);
	run->open++;
}

static void end(struct run *run, struct sender_conn *c, bool well, uint64_t now)
{
	run->whole += well;
	run->given_up += !well;
	if (well && --c->sessions > 0) {
		c->old_isn = c->isn;
		c->isn += end_of(c) + SESSION_STEP +
			(uint32_t)(gen_random_next(&c->course) >> 36);
		begin_session(c, now);
		return;
	}
	*place_of(c) = NULL;
	c->state = SENDER_FREE;
	run->open--;
}

static void give_up(struct run *run, struct sender_conn *c, uint64_t now)
{
	if (c->state != SENDER_ASKED)
		sender_send_flags(c, run->w, c->acked, SENDER_RST);
	end(run, c, false, now);
}

// --- what the server sent

static void read_options(struct sender_conn *c, const struct wire_segment *s)
{
	for (unsigned i = 0, len; i + 1 < s->options_len && s->options[i] != 0;
		i += len) {
		const uint8_t *at = s->options + i;
		len = at[0] == 1 ? 1 : at[1];
		if (len == 0 || i + len > s->options_len)
			return;
		if (at[0] == 3 && len == 3)
			c->scale = at[2];
		if (at[0] == 8 && len == 10)
			c->stamp_echo = (uint32_t)at[2] << 24 | (uint32_t)at[3] << 16 |
				(uint32_t)at[4] << 8 | at[5];
	}
}

static void take_synack(struct run *run, struct sender_conn *c,
	const struct wire_segment *s, uint64_t now)
{
	if (!(s->flags & SENDER_SYN) || s->ack != c->isn + 1) {
		// Of an earlier connection: it is told so, and the SYN comes again.
		sender_refuse(run->w, s);
		return;
	}
	c->scale = 0;
	read_options(c, s);
	c->edge = s->window;
	c->next = c->first_next = s->seq + 1;
	c->state = SENDER_OPEN;
	c->tries = 0;
	c->due_ns = now;
	c->schedule.count = c->shot = 0;
	sender_send_flags(c, run->w, 0, 0);
}

static void take_ack(struct sender_conn *c, const struct wire_segment *s, uint64_t now)
{
	uint32_t acked = s->ack - (c->isn + 1);

	if (acked > SENDER_STREAM_MAX || acked < c->acked)
		return;
	if (acked > c->acked) {
		c->acked = acked;
		c->tries = 0;
		c->rto_us = RTO_US;
		if (c->schedule.count == c->shot)
			c->due_ns = now;
	}
	c->edge = acked + ((uint32_t)s->window << c->scale);
}

static void take_octets(
	struct run *run, struct sender_conn *c, const struct wire_segment *s)
{
	if (s->payload.len == 0 && !(s->flags & SENDER_FIN))
		return;
	if (s->seq == c->next) {
		for (size_t i = 0; i < s->payload.len; i++)
			c->replies += s->payload.ptr[i] == '\n';
		c->next += (uint32_t)s->payload.len;
		if (s->flags & SENDER_FIN) {
			c->next++;
			c->server_fin = true;
		}
	}
	sender_send_flags(c, run->w, c->reached, 0);
}

static void take(struct run *run, const struct wire_segment *s, uint64_t now)
{
	struct sender_conn *c = table[s->ipv6][s->client][s->client_port];

	if (c == NULL) {
		sender_refuse(run->w, s);
		return;
	}
	if (c->state == SENDER_ASKED) {
		if (s->flags & SENDER_ACK && !(s->flags & SENDER_RST))
			take_synack(run, c, s, now);
		return;
	}
	if (s->flags & SENDER_RST) {
		end(run, c, c->state == SENDER_CLOSING, now);
		return;
	}
	if (s->flags & SENDER_SYN) {
		sender_send_flags(c, run->w, c->reached, 0);
		return;
	}
	if (c->kinds & SCHEDULE_BIT(deaf) && s->payload.len > 0 &&
		gen_random_chance(&c->course, 0.2))
		return;
	read_options(c, s);
	take_ack(c, s, now);
	take_octets(run, c, s);
	if (c->replies > 0 || c->server_fin)
		c->due_ns =
			now < c->due_ns && c->shot == c->schedule.count ? now : c->due_ns;
}

// --- what we send

static void wait_us(struct sender_conn *c, uint64_t now, uint32_t us)
{
	c->due_ns = now + us * 1000ull;
}

static void back_off(struct sender_conn *c, uint64_t now)
{
	wait_us(c, now, c->rto_us);
	c->rto_us = c->rto_us * 2 < RTO_MAX_US ? c->rto_us * 2 : RTO_MAX_US;
	c->tries++;
}

static void shoot(struct run *run, struct sender_conn *c, uint64_t now)
{
	const struct schedule *s = &c->schedule;

	while (c->shot < s->count) {
		sender_send_shot(c, run->w, &s->shots[c->shot++]);
		if (c->shot == s->count)
			break;
		if (s->shots[c->shot - 1].kind == SCHEDULE_rstwait) {
			wait_us(c, now, SILENCE_US);
			return;
		}
		if (s->shots[c->shot].delay_us > 0) {
			wait_us(c, now, s->shots[c->shot].delay_us);
			return;
		}
		if (gen_random_chance(&c->course, 0.1))
			return;
	}
	wait_us(c, now, c->rto_us);
}

// Sends again what the server has not, in pieces of any size.
static void repair(struct run *run, struct sender_conn *c, uint64_t now, uint32_t to)
{
	uint32_t at = c->acked, pieces = 1 + gen_random_below(&c->course, 4);

	for (; pieces > 0 && at < to; pieces--) {
		uint32_t len = 1 + gen_random_below(&c->course, WIRE_PAYLOAD_MAX);
		struct schedule_shot shot = {.at = at, .kind = SCHEDULE_GOOD};
		shot.len = len < to - at ? len : to - at;
		sender_send_shot(c, run->w, &shot);
		at += shot.len;
	}
	back_off(c, now);
}

static void close_now(struct run *run, struct sender_conn *c, uint64_t now)
{
	uint32_t at = end_of(c);

	if (c->state == SENDER_CLOSING && c->acked > at && c->server_fin) {
		end(run, c, true, now);
		return;
	}
	if (c->state != SENDER_CLOSING) {
		c->state = SENDER_CLOSING;
		c->dead_ns = now + CLOSE_NS;
		c->rto_us = RTO_US;
	}
	if (c->acked <= at)
		sender_send_flags(c, run->w, at, SENDER_FIN);
	if (c->kinds & SCHEDULE_BIT(findata)) {
		struct schedule_shot shot = {.len = 1 + gen_random_below(&c->course, 60),
			.kind = SCHEDULE_GOOD,
			.flags = gen_random_chance(&c->course, 0.3) ? SENDER_FIN : 0};
		// What stands behind the FIN is of another place of the stream.
		uint32_t isn = c->isn;
		c->isn += at + gen_random_below(&c->course, 2);
		sender_send_shot(c, run->w, &shot);
		c->isn = isn;
	}
	back_off(c, now);
}

static void next_phase(struct run *run, struct sender_conn *c, uint64_t now)
{
	if (c->phase >= 0)
		c->replies -= c->dialogue.phases[c->phase].replies;
	if (++c->phase == c->dialogue.count) {
		close_now(run, c, now);
		return;
	}
	uint32_t from = c->phase > 0 ? c->dialogue.phases[c->phase - 1].to : 0;
	uint32_t to = c->dialogue.phases[c->phase].to;
	c->shot = c->schedule.count = 0;
	if (from < to)
		schedule_draw(&c->schedule, &c->plan, c->kinds, from, to);
	if (c->kinds & SCHEDULE_BIT(reuse) && c->old_isn != c->isn &&
		gen_random_chance(&c->course, 0.3))
		sender_send_old(c, run->w);
	c->wait_ns = now + REPLY_NS;
	c->due_ns = now;
	c->rto_us = RTO_US;
}

static void step_open(struct run *run, struct sender_conn *c, uint64_t now)
{
	if (c->phase < 0) {
		next_phase(run, c, now);
		return;
	}
	const struct sender_phase *phase = &c->dialogue.phases[c->phase];
	if (c->shot < c->schedule.count) {
		shoot(run, c, now);
	} else if (c->acked < phase->to) {
		repair(run, c, now, phase->to);
	} else if (c->replies >= phase->replies) {
		next_phase(run, c, now);
	} else if (c->server_fin) {
		give_up(run, c, now);
	} else if (now > c->wait_ns) {
		give_up(run, c, now);
	} else {
		wait_us(c, now, 20000);
	}
}

static void step(struct run *run, struct sender_conn *c, uint64_t now)
{
	if (c->state == SENDER_FREE || c->due_ns > now)
		return;
	if (now > c->dead_ns || c->tries > TRIES) {
		give_up(run, c, now);
	} else if (c->state == SENDER_ASKED) {
		sender_send_syn(c, run->w);
		back_off(c, now);
	} else if (c->state == SENDER_OPEN) {
		step_open(run, c, now);
	} else {
		close_now(run, c, now);
	}
}

static void run_all(struct run *run)
{
	const struct sender_options *o = run->options;
	struct pollfd link = {.fd = run->w->fd, .events = POLLIN};
	struct wire_segment segment;

	while (run->begun < o->connections || run->open > 0) {
		poll(&link, 1, 1);
		uint64_t now = wire_now_ns();
		while (wire_receive(run->w, &segment))
			take(run, &segment, now);
		for (unsigned i = 0; i < o->parallel; i++) {
			struct sender_conn *c = &run->conns[i];
			if (c->state == SENDER_FREE && run->begun < o->connections)
				begin(run, c, now);
			step(run, c, now);
		}
	}
}

int sender_run(struct wire *w, const struct sender_options *options)
{
	struct run run = {.w = w, .options = options};

	run.plan = fopen(options->plan, "w");
	run.conns = calloc(options->parallel, sizeof(*run.conns));
	if (run.plan == NULL || run.conns == NULL)
		return -errno;
	run_all(&run);
	printf("%llu sessions ended well, %llu were given up, %llu packets sent, %llu "
	       "received, %llu refused by the link\n",
		(unsigned long long)run.whole, (unsigned long long)run.given_up,
		(unsigned long long)w->sent, (unsigned long long)w->received,
		(unsigned long long)w->refused);
	free(run.conns);
	return fclose(run.plan) == 0 ? 0 : -EIO;
}
