// SPDX-License-Identifier: BSD-3-Clause
#include "sender.h"

#define TTL      64
#define FAR      300000 // beyond any window that the server may have opened meanwhile
#define WINDOW   60000
#define MD5_KIND 19

static uint32_t stamp_now(void)
{
	return (uint32_t)(wire_now_ns() / 1000000);
}

static void put_stamps(struct sender_conn *c, struct wire_segment *s, uint32_t value)
{
	uint8_t *at = s->options + s->options_len;
	uint8_t option[12] = {1, 1, 8, 10, (uint8_t)(value >> 24), (uint8_t)(value >> 16),
		(uint8_t)(value >> 8), (uint8_t)value, (uint8_t)(c->stamp_echo >> 24),
		(uint8_t)(c->stamp_echo >> 16), (uint8_t)(c->stamp_echo >> 8),
		(uint8_t)c->stamp_echo};

	if (!c->stamps)
		return;
	memcpy(at, option, sizeof(option));
	s->options_len += sizeof(option);
}

static struct wire_segment segment_of(struct sender_conn *c, uint32_t at)
{
	return (struct wire_segment){
		.ipv6 = c->ipv6,
		.client = c->client,
		.client_port = c->client_port,
		.server_port = c->server_port,
		.seq = c->isn + 1 + at,
		.ack = c->next,
		.flags = SENDER_ACK,
		.ttl = TTL,
		.window = WINDOW,
	};
}

void sender_send_syn(struct sender_conn *c, struct wire *w)
{
	static const uint8_t mss[4] = {2, 4, 1400 >> 8, 1400 & 0xff},
			     sack[4] = {1, 1, 4, 2}, scale[4] = {1, 3, 3, 0};
	struct wire_segment s = segment_of(c, (uint32_t)-1);
	uint8_t text[200];

	s.flags = SENDER_SYN;
	s.ack = 0;
	memcpy(s.options, mss, 4);
	s.options_len = 4;
	// Drawn from the number, for it must be the same when it is sent again.
	if (c->number & 1) {
		memcpy(s.options + s.options_len, sack, 4);
		s.options_len += 4;
	}
	memcpy(s.options + s.options_len, scale, 4);
	s.options_len += 4;
	put_stamps(c, &s, stamp_now());
	if (c->kinds & SCHEDULE_BIT(syndata)) {
		uint32_t len = 1 + gen_random_below(&c->course, sizeof(text));
		memcpy(text, c->dialogue.stream, len);
		if (gen_random_chance(&c->course, 0.8))
			schedule_spoil(text, len, (uint32_t)gen_random_next(&c->course));
		s.payload = span_make(text, len);
	}
	wire_send(w, &s);
	if (c->kinds & SCHEDULE_BIT(syntwice)) {
		s.seq += 1 + (uint32_t)gen_random_next(&c->course);
		wire_send(w, &s);
	}
}

void sender_send_flags(struct sender_conn *c, struct wire *w, uint32_t at, uint8_t flags)
{
	struct wire_segment s = segment_of(c, at);

	s.flags |= flags;
	put_stamps(c, &s, stamp_now());
	wire_send(w, &s);
}

static void put_md5(struct wire_segment *s)
{
	uint8_t *at = s->options + s->options_len;

	memset(at, 0x5a, 18);
	at[0] = MD5_KIND;
	at[1] = 18;
	at[18] = at[19] = 1;
	s->options_len += 20;
}

// Kinds whose place is not that of the octets they were drawn for.
static void misplace(
	struct sender_conn *c, struct wire_segment *s, const struct schedule_shot *shot)
{
	uint32_t first = c->isn + 1, far = shot->random >> (4 + shot->random % 16);

	switch ((enum schedule_kind)shot->kind) {
	case SCHEDULE_beyond:
		s->seq = first + c->edge + FAR + far;
		break;
	case SCHEDULE_before:
		s->seq = first + c->acked - shot->len - far % (1u << 28);
		break;
	case SCHEDULE_edge:
		s->seq = first + c->edge - shot->random % (shot->len + 1);
		break;
	case SCHEDULE_rstout:
		s->seq = shot->random & 1 ? first + c->edge + FAR + far
					  : first + c->acked - 1 - far % (1u << 28);
		break;
	case SCHEDULE_rstin:
		s->seq = first + c->reached + 1 + shot->random % 500;
		break;
	default:
		break;
	}
}

// What RFC 9293 and 7323 let a receiver take, though few senders do it.
static void estrange(struct sender_conn *c, struct wire_segment *s, uint32_t random)
{
	static const uint8_t options[][8] = {
		{254, 8, 0x4d, 0x54, 1, 2, 3, 4}, // an experiment's (RFC 6994)
		{2, 4, 5, 0xb4, 3, 3, 7, 1}, // those of a SYN
		{1, 1, 1, 1, 1, 1, 1, 0},
		{30, 8, 0, 0, 0, 0, 0, 0},
	};

	switch (random % 8) {
	case 0: // the timestamp is missing
		s->options_len = 0;
		break;
	case 1:
		s->flags |= 0xc0; // ECE and CWR
		break;
	case 2:
		s->window = 0;
		break;
	case 3:
		s->ttl = 2 + (uint8_t)(random >> 8) % 253;
		break;
	case 4:
		s->urgent = 7; // without URG
		break;
	case 5:
		s->ack -= c->next - c->first_next < 20 ? 0 : 14;
		break;
	case 6:
		s->flags &= ~SENDER_PSH;
		break;
	default:
		memcpy(s->options + s->options_len, options[random >> 8 & 3], 8);
		s->options_len += 8;
		break;
	}
}

static void apply(
	struct sender_conn *c, struct wire_segment *s, const struct schedule_shot *shot)
{
	static const uint8_t without_ack[] = {SENDER_PSH, 0, SENDER_URG | SENDER_PSH};

	switch ((enum schedule_kind)shot->kind) {
	case SCHEDULE_loss:
	case SCHEDULE_behind:
	case SCHEDULE_rstwait:
		s->lost = true;
		break;
	case SCHEDULE_unseen:
		s->unseen = true;
		break;
	case SCHEDULE_trailer:
		s->trailer = 1 + shot->random % 40;
		break;
	case SCHEDULE_strange:
		estrange(c, s, shot->random);
		break;
	case SCHEDULE_ackedge:
		s->ack += shot->random % 80 - 40;
		break;
	case SCHEDULE_badsum:
		s->damage = WIRE_TCP_SUM;
		break;
	case SCHEDULE_badip:
		s->damage = WIRE_IP_SUM;
		break;
	case SCHEDULE_badoffset:
		s->damage = WIRE_OFFSET;
		break;
	case SCHEDULE_md5:
		put_md5(s);
		break;
	case SCHEDULE_noack:
		s->flags = without_ack[shot->random % 3];
		break;
	case SCHEDULE_ackfuture:
		s->ack += 1000 + shot->random % (1u << 28);
		break;
	case SCHEDULE_ackpast:
		s->ack -= (1u << 24) + shot->random % (1u << 28);
		break;
	case SCHEDULE_synin:
		s->flags = shot->random & 1 ? SENDER_SYN : SENDER_SYN | SENDER_ACK;
		break;
	case SCHEDULE_rstout:
	case SCHEDULE_rstin:
		s->flags = shot->random & 2 ? SENDER_RST : SENDER_RST | SENDER_ACK;
		if (shot->random & 4)
			s->payload.len = 0;
		break;
	case SCHEDULE_ttl:
		s->ttl = 1;
		break;
	case SCHEDULE_urgent:
		s->flags |= SENDER_URG;
		// One past the octet; 0 is taken for the first one.
		s->urgent = (uint16_t)(shot->random % (shot->len + 1));
		break;
	default:
		misplace(c, s, shot);
		return;
	}
	misplace(c, s, shot);
}

static bool is_spoilt(enum schedule_kind kind)
{
	return (kind >= SCHEDULE_badsum && kind <= SCHEDULE_edge) ||
		kind == SCHEDULE_keepalive;
}

void sender_send_shot(
	struct sender_conn *c, struct wire *w, const struct schedule_shot *shot)
{
	struct wire_segment s = segment_of(c, shot->at);
	enum schedule_kind kind = (enum schedule_kind)shot->kind;
	uint8_t text[WIRE_PAYLOAD_MAX];
	uint32_t stamp = stamp_now();

	if (kind == SCHEDULE_paws && !c->stamps)
		return;
	memcpy(text, c->dialogue.stream + shot->at, shot->len);
	if (is_spoilt(kind))
		schedule_spoil(text, shot->len, shot->random);
	s.payload = span_make(text, shot->len);
	if (shot->len > 0 && kind != SCHEDULE_keepalive)
		s.flags |= SENDER_PSH;
	if (kind == SCHEDULE_paws)
		stamp = c->stamp_base - 1000 - shot->random % 1000000;
	if (kind == SCHEDULE_stamps)
		stamp -= shot->random % 12;
	if (kind == SCHEDULE_stampedge)
		stamp += shot->random % 60 - 30;
	put_stamps(c, &s, stamp);
	apply(c, &s, shot);
	s.flags |= shot->flags;
	wire_send(w, &s);
	// Places that a forger or a loss touched were not reached.
	if (!is_spoilt(kind) && c->reached < shot->at + shot->len)
		c->reached = shot->at + shot->len;
}

void sender_send_old(struct sender_conn *c, struct wire *w)
{
	uint32_t at = gen_random_below(&c->course, 300);
	struct wire_segment s = segment_of(c, at);
	uint8_t text[100];

	memset(text, 'O', sizeof(text));
	s.seq = c->old_isn + 1 + at;
	s.flags |= SENDER_PSH;
	s.payload = span_make(text, sizeof(text));
	put_stamps(c, &s, c->stamp_base - 5);
	wire_send(w, &s);
}

void sender_refuse(struct wire *w, const struct wire_segment *segment)
{
	struct wire_segment s = *segment;

	if (segment->flags & SENDER_RST || !(segment->flags & SENDER_ACK))
		return;
	s.seq = segment->ack;
	s.ack = 0;
	s.flags = SENDER_RST;
	s.ttl = TTL;
	s.options_len = 0;
	s.payload.len = 0;
	wire_send(w, &s);
}
