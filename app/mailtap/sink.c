// SPDX-License-Identifier: BSD-3-Clause
#include "sink.h"

#include "conn_session.h"
#include "tape.h"

static const enum stats_counter why_counters[SMTP_WHY_COUNT] = {
	[SMTP_WHY_RSET] = STATS_tx_rset,
	[SMTP_WHY_GREETING] = STATS_tx_greeting,
	[SMTP_WHY_MAIL_AGAIN] = STATS_tx_mail_again,
	[SMTP_WHY_NO_RCPT] = STATS_tx_no_rcpt,
	[SMTP_WHY_DATA_REFUSED] = STATS_tx_data_refused,
	[SMTP_WHY_TLS] = STATS_tx_tls,
	[SMTP_WHY_QUIT] = STATS_tx_quit,
	[SMTP_WHY_CLOSED] = STATS_tx_closed,
	[SMTP_WHY_STRICT] = STATS_tx_strict,
};

static const enum stats_counter outcome_counters[] = {
	[SMTP_UNKNOWN] = STATS_mail_unknown,
	[SMTP_ACCEPTED] = STATS_mail_accepted,
	[SMTP_REFUSED] = STATS_mail_refused,
};

static void open_tape(struct conn *c)
{
	c->tape_open = true;
	c->tape_lost = false;
	c->chunk_fresh = true;
	conn_work(c)->mail_odds = 0;
	c->work->open_us = c->item_us;
	c->transactions++;
	c->worker->open_transactions++;
	stats_add(&c->worker->stats, STATS_tx_begun, 1);
	if (c->pair.joined_late)
		c->work->mail_odds |= mt_odd_bit(MT_ODD_joined_late);
}

static void sink_open(
	void *ctx, const struct smtp_path *from, const struct smtp_reply *reply)
{
	struct conn *c = ctx;

	open_tape(c);
	if (from == NULL)
		return;
	tape_pair(c, MAIL_EV_FROM, 0, from->path, from->params);
	tape_reply(c, MAIL_EV_FROM_REPLY, 0, reply);
}

static void sink_rcpt(
	void *ctx, const struct smtp_path *to, const struct smtp_reply *reply)
{
	struct conn *c = ctx;

	tape_pair(c, MAIL_EV_RCPT, 0, to->path, to->params);
	tape_reply(c, MAIL_EV_RCPT_REPLY, 0, reply);
}

static void sink_abandon(void *ctx, enum smtp_why why)
{
	struct conn *c = ctx;
	uint64_t at_us = c->item_us;

	c->tape_open = false;
	// No record will say it of this transaction; what is misread may have been a mail.
	conn_odd(c, c->work->mail_odds & CONN_DOUBTS);
	conn_drop_text(c, CONN_XFORWARD);
	c->worker->open_transactions--;
	c->refused_all = c->refused_all || why == SMTP_WHY_NO_RCPT;
	stats_add(&c->worker->stats, why_counters[why], 1);
	tape_end(c, MAIL_EV_ABANDON, (uint16_t)why, span_make(&at_us, sizeof(at_us)));
}

static void sink_begin(void *ctx, enum smtp_carried carried)
{
	struct conn *c = ctx;
	uint64_t at_us = c->item_us;

	c->work->content_us = at_us;
	c->worker->open_transactions--;
	c->worker->open_mails++;
	stats_add(&c->worker->stats, STATS_mail_begun, 1);
	tape_event(c, MAIL_EV_BEGIN, carried == SMTP_BDAT ? MAIL_BDAT : MAIL_DATA,
		span_make(&at_us, sizeof(at_us)));
}

static size_t sink_body(void *ctx, struct span text)
{
	struct conn *c = ctx;
	size_t taken = tape_body(c, text);

	c->work->content_us = c->item_us;
	stats_add(&c->worker->stats, STATS_mail_octets, taken);
	return taken;
}

static void sink_gap(void *ctx, uint64_t octets)
{
	struct conn *c = ctx;

	c->work->mail_odds |= mt_odd_bit(MT_ODD_gap);
	tape_event(c, MAIL_EV_GAP, 0, span_make(&octets, sizeof(octets)));
}

static void note_server(struct conn *c, enum smtp_outcome outcome, bool complete)
{
	struct servers_fate fate = {
		.outcome = outcome == SMTP_ACCEPTED ? SERVERS_ACCEPTED
			: outcome == SMTP_REFUSED   ? SERVERS_REFUSED
						    : SERVERS_UNKNOWN,
		.complete = complete,
		.first = c->mails == 0,
	};

	if (c->server != SERVERS_NONE)
		servers_mail(c->worker->servers, c->server, &fate, c->worker->newest_us);
}

static void sink_end(void *ctx, enum smtp_outcome outcome, bool complete,
	const struct smtp_reply *reply)
{
	struct conn *c = ctx;
	struct mail_end end = {
		.at_us = c->item_us,
		.content_us = c->work->content_us,
		.open_us = c->work->open_us,
		.outcome = outcome == SMTP_ACCEPTED ? MAIL_ACCEPTED
			: outcome == SMTP_REFUSED   ? MAIL_REFUSED
						    : MAIL_UNKNOWN,
		.complete = complete,
	};

	stats_add(&c->worker->stats, outcome_counters[outcome], 1);
	if (complete)
		stats_add(&c->worker->stats, STATS_mail_complete, 1);
	note_server(c, outcome, complete);
	tape_reply(c, MAIL_EV_REPLY, 0, reply);
	if (!c->pair.seen[STREAM_CLIENT] || !c->pair.seen[STREAM_SERVER])
		c->work->mail_odds |= mt_odd_bit(MT_ODD_one_sided);
	// What was odd about the connection before counts for each of its mails.
	c->work->mail_odds |= c->odds;
	c->doubts_untold = false;
	if (c->work->mail_odds != 0)
		tape_event(c, MAIL_EV_ODD, 0,
			span_make(&c->work->mail_odds, sizeof(c->work->mail_odds)));
	tape_end(c, MAIL_EV_END, 0, span_make(&end, sizeof(end)));
	c->tape_open = false;
	conn_drop_text(c, CONN_XFORWARD);
	c->mails++;
	c->worker->open_mails--;
}

static void sink_rcpt_final(void *ctx, uint32_t nth, const struct smtp_reply *reply)
{
	tape_reply(ctx, MAIL_EV_RCPT_FINAL,
		(uint16_t)(nth < UINT16_MAX ? nth : UINT16_MAX), reply);
}

static void sink_greeting(void *ctx, struct span name)
{
	struct conn *c = ctx;

	if (name.len > CONN_TEXT_MAX)
		conn_odd(c, mt_odd_bit(MT_ODD_long_helo));
	conn_keep_text(c, CONN_HELO, name, span_make("", 0));
}

static void sink_auth(void *ctx, struct span mechanism, struct span user, bool ok)
{
	struct conn *c = ctx;

	c->auth_ok = ok;
	conn_keep_text(c, CONN_AUTH, mechanism, user);
}

static void sink_client(void *ctx, enum smtp_client_facts kind, struct span attributes)
{
	struct conn *c = ctx;

	if (kind == SMTP_XFORWARD && attributes.len == 0)
		conn_drop_text(c, CONN_XFORWARD);
	else
		conn_add_text(c, kind == SMTP_XCLIENT ? CONN_XCLIENT : CONN_XFORWARD,
			attributes);
}

static void sink_tls(void *ctx, enum smtp_tls what)
{
	conn_tls(ctx, what);
}

static void sink_tls_octets(void *ctx, bool of_server, struct span text)
{
	conn_tls_octets(ctx, of_server, text);
}

static void sink_odd(void *ctx, enum mt_odd odd)
{
	struct conn *c = ctx;

	stats_odd(&c->worker->stats, odd);
	if (c->tape_open)
		c->work->mail_odds |= mt_odd_bit(odd);
	else
		conn_odd(c, mt_odd_bit(odd));
}

const struct smtp_sink sink_to_tape = {
	.open = sink_open,
	.rcpt = sink_rcpt,
	.abandon = sink_abandon,
	.begin = sink_begin,
	.body = sink_body,
	.gap = sink_gap,
	.end = sink_end,
	.rcpt_final = sink_rcpt_final,
	.greeting = sink_greeting,
	.auth = sink_auth,
	.client = sink_client,
	.tls = sink_tls,
	.tls_octets = sink_tls_octets,
	.odd = sink_odd,
};
