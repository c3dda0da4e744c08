// SPDX-License-Identifier: BSD-3-Clause
#include "gen_session.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

enum step {
	STEP_SYN,
	STEP_SYN_ACK,
	STEP_ACK,
	STEP_BANNER,
	STEP_EHLO,
	STEP_GREETING,
	STEP_MAIL,
	STEP_MAIL_REPLY,
	STEP_RCPT,
	STEP_RCPT_REPLY,
	STEP_DATA,
	STEP_GO,
	STEP_CONTENT,
	STEP_CONTENT_ACK,
	STEP_REPLY,
	STEP_QUIT,
	STEP_BYE,
	STEP_FIN_CLIENT,
	STEP_FIN_SERVER,
	STEP_LAST_ACK,
	STEP_COUNT,
};

struct role {
	bool from_client;
	uint8_t flags;
	enum gen_kind kind;
	uint8_t next;
};

// clang-format off
static const struct role roles[STEP_COUNT] = {
	[STEP_SYN]         = {true,  GEN_SYN,           GEN_KIND_PLAIN,    STEP_SYN_ACK},
	[STEP_SYN_ACK]     = {false, GEN_SYN | GEN_ACK, GEN_KIND_PLAIN,    STEP_ACK},
	[STEP_ACK]         = {true,  GEN_ACK,           GEN_KIND_PLAIN,    STEP_BANNER},
	[STEP_BANNER]      = {false, GEN_ACK | GEN_PSH, GEN_KIND_ENVELOPE, STEP_EHLO},
	[STEP_EHLO]        = {true,  GEN_ACK | GEN_PSH, GEN_KIND_ENVELOPE, STEP_GREETING},
	[STEP_GREETING]    = {false, GEN_ACK | GEN_PSH, GEN_KIND_ENVELOPE, STEP_MAIL},
	[STEP_MAIL]        = {true,  GEN_ACK | GEN_PSH, GEN_KIND_ENVELOPE, STEP_MAIL_REPLY},
	[STEP_MAIL_REPLY]  = {false, GEN_ACK | GEN_PSH, GEN_KIND_ENVELOPE, STEP_RCPT},
	[STEP_RCPT]        = {true,  GEN_ACK | GEN_PSH, GEN_KIND_ENVELOPE, STEP_RCPT_REPLY},
	[STEP_RCPT_REPLY]  = {false, GEN_ACK | GEN_PSH, GEN_KIND_ENVELOPE, STEP_DATA},
	[STEP_DATA]        = {true,  GEN_ACK | GEN_PSH, GEN_KIND_ENVELOPE, STEP_GO},
	[STEP_GO]          = {false, GEN_ACK | GEN_PSH, GEN_KIND_ENVELOPE, STEP_CONTENT},
	[STEP_CONTENT]     = {true,  GEN_ACK,           GEN_KIND_CONTENT,  STEP_REPLY},
	[STEP_CONTENT_ACK] = {false, GEN_ACK,           GEN_KIND_PLAIN,    STEP_CONTENT},
	[STEP_REPLY]       = {false, GEN_ACK | GEN_PSH, GEN_KIND_REPLY,    STEP_MAIL},
	[STEP_QUIT]        = {true,  GEN_ACK | GEN_PSH, GEN_KIND_PLAIN,    STEP_BYE},
	[STEP_BYE]         = {false, GEN_ACK | GEN_PSH, GEN_KIND_PLAIN,    STEP_FIN_CLIENT},
	[STEP_FIN_CLIENT]  = {true,  GEN_ACK | GEN_FIN, GEN_KIND_PLAIN,    STEP_FIN_SERVER},
	[STEP_FIN_SERVER]  = {false, GEN_ACK | GEN_FIN, GEN_KIND_PLAIN,    STEP_LAST_ACK},
	[STEP_LAST_ACK]    = {true,  GEN_ACK,           GEN_KIND_PLAIN,    STEP_COUNT},
};
// clang-format on

// Clients stand in 198.18.0.0/15, set aside for measurements (RFC 2544), servers in 192.0.2.0/24.
static void set_addresses(
	struct gen_session *s, const struct gen_options *o, uint64_t number)
{
	uint32_t host = (uint32_t)(number * 2654435761u) & 0x1ffff;
	uint32_t server = (uint32_t)(number % o->servers);

	s->client.port = (uint16_t)(1024 + ((number >> 17) + host * 7919ul) % 64000);
	s->server.port = 25;
	if (o->ipv6) {
		static const uint8_t prefix[6] = {0x20, 0x01, 0x0d, 0xb8, 0x00, 0x25};
		memcpy(s->server.addr, prefix, 6);
		s->server.addr[15] = (uint8_t)(server + 1);
		memcpy(s->client.addr, prefix, 4);
		s->client.addr[5] = 0x12;
		s->client.addr[13] = (uint8_t)(host >> 16);
		s->client.addr[14] = (uint8_t)(host >> 8);
		s->client.addr[15] = (uint8_t)host;
		return;
	}
	uint32_t addr = htonl(0xc6120000u | host);
	memcpy(s->client.addr, &addr, 4);
	addr = htonl(0xc0000200u | (25 + server));
	memcpy(s->server.addr, &addr, 4);
}

void gen_session_init(struct gen_session *s, struct gen_stage *stage, uint64_t number)
{
	*s = (struct gen_session){.mails_left = stage->options.mails_per_connection};
	s->seq[0] = (uint32_t)gen_random_next(&stage->random);
	s->seq[1] = (uint32_t)gen_random_next(&stage->random);
	s->id = (uint16_t)gen_random_next(&stage->random);
	s->forever = number < stage->options.open_forever;
	if (stage->options.connections > 0) {
		s->forever = true;
		s->mails_left = 0;
	}
	if (!stage->options.collide)
		set_addresses(s, &stage->options, number);
	else if (!gen_collide_next(&stage->collide, stage->options.servers, &s->client,
			 &s->server)) {
		fputs("mailtap-generate: no more tuples collide; more --servers make more\n",
			stderr);
		exit(64);
	}
}

void gen_session_again(struct gen_session *s)
{
	s->mails_left = 1;
	s->step = STEP_MAIL;
}

__attribute__((format(printf, 2, 3))) static struct span say(
	struct gen_stage *stage, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int n = vsnprintf(stage->line, sizeof(stage->line), fmt, args);
	va_end(args);
	return span_make(stage->line, (size_t)n);
}

static struct span say_reply(const struct gen_session *s, struct gen_stage *stage)
{
	if (s->mail->refused)
		return say(stage, "554 5.7.1 Message is not wanted here\r\n");
	return say(stage, "250 2.0.0 Ok: queued as %010" PRIX64 "\r\n", s->mail->number);
}

static struct span words_of(const struct gen_session *s, struct gen_stage *stage)
{
	switch (s->step) {
	case STEP_BANNER:
		return say(stage, "220 mx.example.net ESMTP\r\n");
	case STEP_EHLO:
		return say(stage, "EHLO client.example.org\r\n");
	case STEP_GREETING:
		return say(stage,
			"250-mx.example.net\r\n250-PIPELINING\r\n250-SIZE 67108864\r\n"
			"250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n");
	case STEP_MAIL:
		return say(stage,
			"MAIL FROM:<sender%" PRIu64 "@example.org> SIZE=%zu\r\n",
			s->mail->number, s->mail->size);
	case STEP_MAIL_REPLY:
		return say(stage, "250 2.1.0 Ok\r\n");
	case STEP_RCPT:
		return say(stage, "RCPT TO:<reader%u@example.net>\r\n", s->rcpt);
	case STEP_RCPT_REPLY:
		return s->mail->rcpts_refused & 1u << s->rcpt
			? say(stage, "550 5.1.1 No such user here\r\n")
			: say(stage, "250 2.1.5 Ok\r\n");
	case STEP_DATA:
		return say(stage, "DATA\r\n");
	case STEP_GO:
		return say(stage, "354 End data with <CR><LF>.<CR><LF>\r\n");
	case STEP_REPLY:
		return say_reply(s, stage);
	case STEP_QUIT:
		return say(stage, "QUIT\r\n");
	case STEP_BYE:
		return say(stage, "221 2.0.0 Bye\r\n");
	default:
		return span_make("", 0);
	}
}

static void end_mail(struct gen_session *s, struct gen_stage *stage)
{
	char who[256], client[INET6_ADDRSTRLEN], server[INET6_ADDRSTRLEN];
	int family = stage->options.ipv6 ? AF_INET6 : AF_INET;

	if (stage->truth != NULL) {
		inet_ntop(family, s->client.addr, client, sizeof(client));
		inet_ntop(family, s->server.addr, server, sizeof(server));
		snprintf(who, sizeof(who),
			"\"client\":\"%s\",\"client_port\":%u,\"server\":\"%s\",\"port\":%u,"
			"\"tx\":%u",
			client, s->client.port, server, s->server.port, s->tx);
		gen_mail_tell(s->mail, s->damage, who, stage->truth);
	}
	gen_mail_destroy(s->mail);
	s->mail = NULL;
	s->damage = 0;
	s->tx++;
}

// Between mails: the next one, or the end. False when the session falls silent.
static bool choose_next_mail(struct gen_session *s, struct gen_stage *stage)
{
	if (s->mail != NULL)
		end_mail(s, stage);
	if (s->mails_left == 0 || stage->mails_begun >= stage->options.mails) {
		s->step = STEP_QUIT;
		return !s->forever;
	}
	s->mails_left--;
	s->mail = gen_mail_create(stage);
	s->rcpt = 0;
	s->met = false;
	return true;
}

// The server acknowledges nothing behind a hole until the sessions have met.
static uint32_t server_ack(const struct gen_session *s, const struct gen_stage *stage)
{
	const struct gen_mail *mail = s->mail;

	if (!stage->options.together || s->met || mail == NULL || mail->hole == 0 ||
		mail->sent <= mail->hole)
		return s->seq[0];
	return s->seq[0] - (uint32_t)(mail->sent - mail->hole);
}

static void take_content(
	struct gen_session *s, const struct gen_stage *stage, struct gen_segment *ret)
{
	struct gen_mail *mail = s->mail;
	size_t left = mail->wire_len - mail->sent;

	ret->offset = mail->sent;
	ret->payload = span_make(mail->wire + mail->sent,
		left < stage->options.mss ? left : stage->options.mss);
	ret->lost = mail->hole != 0 && mail->sent == mail->hole;
	mail->sent += ret->payload.len;
}

static uint8_t step_after_content(struct gen_session *s)
{
	if (s->mail->sent == s->mail->wire_len)
		return STEP_REPLY;
	if (++s->unacked < 2)
		return STEP_CONTENT;
	s->unacked = 0;
	return STEP_CONTENT_ACK;
}

static uint8_t step_after(struct gen_session *s)
{
	switch (s->step) {
	case STEP_CONTENT:
		return step_after_content(s);
	case STEP_RCPT_REPLY:
		s->rcpt++;
		return s->rcpt < s->mail->rcpts ? STEP_RCPT : STEP_DATA;
	default:
		return roles[s->step].next;
	}
}

// The last segment of a mail is not sent before the sessions have met.
static bool must_wait(const struct gen_session *s, const struct gen_stage *stage)
{
	return stage->options.together && !s->met && s->step == STEP_CONTENT &&
		s->mail->wire_len - s->mail->sent <= stage->options.mss;
}

bool gen_session_next(
	struct gen_session *s, struct gen_stage *stage, struct gen_segment *ret)
{
	if (s->step == STEP_COUNT ||
		(s->step == STEP_MAIL && !choose_next_mail(s, stage)))
		return false;
	if (must_wait(s, stage)) {
		s->parked = s->met = true;
		return false;
	}
	const struct role *role = &roles[s->step];
	int me = role->from_client ? 0 : 1;
	*ret = (struct gen_segment){.kind = role->kind,
		.from_client = role->from_client,
		.flags = role->flags,
		.seq = s->seq[me]};
	ret->ack = role->from_client ? s->seq[1] : server_ack(s, stage);
	if (s->step == STEP_SYN)
		ret->ack = 0;
	if (s->step == STEP_CONTENT)
		take_content(s, stage, ret);
	else
		ret->payload = words_of(s, stage);
	s->seq[me] +=
		(uint32_t)ret->payload.len + (role->flags & (GEN_SYN | GEN_FIN) ? 1 : 0);
	s->step = step_after(s);
	return true;
}

void gen_session_lost(struct gen_session *s, const struct gen_segment *segment)
{
	static const uint32_t damage[] = {
		[GEN_KIND_ENVELOPE] = GEN_DAMAGE_ENVELOPE,
		[GEN_KIND_CONTENT] = GEN_DAMAGE_CONTENT,
		[GEN_KIND_REPLY] = GEN_DAMAGE_REPLY,
	};

	if (segment->kind == GEN_KIND_PLAIN)
		return;
	s->damage |= damage[segment->kind];
	if (segment->kind == GEN_KIND_CONTENT)
		gen_mail_lose(s->mail, segment->offset, segment->payload.len);
}
