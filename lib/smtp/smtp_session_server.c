// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

static bool is_banner(struct smtp_session *s, const struct smtp_reply *r)
{
	if (s->heard)
		return false;
	s->heard = true;
	if (r->code != 220 && smtp_reply_class(r) < 4 && s->pending.count > 0)
		return false;
	if (s->spoke)
		smtp_session_odd(s, MT_ODD_early_talker);
	smtp_session_go(s, SMTP_EV_BANNER, NULL);
	return true;
}

static void on_reply(struct smtp_session *s, struct span line)
{
	struct smtp_reply_line got;

	if (!smtp_reply_parse(line, &got) || is_banner(s, &got.reply))
		return;
	smtp_session_on_reply(s, &got.reply, line);
}

// What EHLO offers, from each line of its reply. It is kept with the reply, which may have to wait.
static void look_for_offers(struct smtp_session *s, const struct smtp_reply *r)
{
	static const struct {
		const char *keyword;
		enum smtp_offer offer;
	} offers[] = {
		{"PIPELINING", SMTP_OFFERS_PIPELINING},
		{"CHUNKING", SMTP_OFFERS_CHUNKING},
		{"STARTTLS", SMTP_OFFERS_STARTTLS},
	};
	struct span rest;

	if (smtp_reply_class(r) != 2)
		return;
	struct span keyword = smtp_command_word(r->text, &rest);
	for (size_t i = 0; i < sizeof(offers) / sizeof(*offers); i++)
		if (span_equal_nocase(keyword, span_text(offers[i].keyword)))
			s->offers |= offers[i].offer;
}

static void on_malformed(struct smtp_session *s, bool torn)
{
	if (torn || s->veiled)
		return;
	if (!s->sane && !s->late && !s->server_gap) {
		smtp_session_be_deaf(s);
		return;
	}
	s->mangled = true;
	smtp_session_odd(s, MT_ODD_reply_malformed);
}

static void finish_unfinished(struct smtp_session *s)
{
	char code[4] = {(char)('0' + s->unfinished / 100),
		(char)('0' + s->unfinished / 10 % 10), (char)('0' + s->unfinished % 10),
		' '};

	s->unfinished = 0;
	smtp_session_odd(s, MT_ODD_reply_unfinished);
	on_reply(s, span_make(code, sizeof(code)));
	s->offers = 0;
}

static void on_line(struct smtp_session *s, const struct smtp_line_got *line)
{
	struct smtp_reply_line got;
	struct smtp_record rec;
	bool torn = s->torn[SMTP_SERVER];

	s->torn[SMTP_SERVER] = false;
	if (line->lost && smtp_pending_front(&s->pending, &rec)) {
		smtp_session_resolve_front(s, &rec);
		return;
	}
	if (!smtp_reply_parse(line->text, &got)) {
		on_malformed(s, torn || line->lost);
		return;
	}
	s->sane = true;
	if (line->lf)
		smtp_session_odd(s, MT_ODD_command_lf);
	if (line->cut)
		smtp_session_odd(s, MT_ODD_reply_too_long);
	if (s->unfinished != 0 && s->unfinished != got.reply.code)
		finish_unfinished(s);
	look_for_offers(s, &got.reply);
	s->unfinished = got.more ? got.reply.code : 0;
	if (got.more)
		return;
	on_reply(s, line->text);
	s->offers = 0;
}

// Whether the server goes on with TLS at the beginning of a line.
static bool is_tls(const struct smtp_session *s, uint8_t octet)
{
	bool expected = s->veiled || s->state == SMTP_ST_TLS || (s->tls_port && !s->sane);

	return expected && octet >= 0x14 && octet <= 0x17;
}

size_t smtp_session_server(struct smtp_session *s, struct span text)
{
	struct smtp_line *l = &s->line[SMTP_SERVER];
	struct smtp_line_got got;
	size_t taken = 0;

	while (taken < text.len) {
		struct span rest = span_skip(text, taken);
		// What the client said before this reply must be through first.
		if (!smtp_session_drain(s) && s->stuck)
			return taken;
		if (s->state == SMTP_ST_DARK)
			s->env->sink->tls_octets(s->ctx, true, rest);
		if (s->state == SMTP_ST_DARK || s->state == SMTP_ST_END)
			return text.len;
		if (!l->begun && is_tls(s, rest.ptr[0])) {
			smtp_session_go(s, SMTP_EV_HELLO, NULL);
			continue;
		}
		taken += smtp_line_feed(
			l, &s->env->blocks, s->env->limits.reply, rest, &got);
		if (!got.whole)
			break;
		on_line(s, &got);
		smtp_line_done(l, &s->env->blocks);
		smtp_session_replay(s);
	}
	smtp_session_drain(s);
	return taken;
}
