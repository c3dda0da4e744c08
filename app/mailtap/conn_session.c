// SPDX-License-Identifier: BSD-3-Clause
#include "conn_session.h"

#include "tape.h"

static void count(struct conn *c, enum stats_counter counter, enum servers_tls what)
{
	stats_add(&c->worker->stats, counter, 1);
	if (c->server != SERVERS_NONE)
		servers_tls(c->worker->servers, c->server, what, c->worker->newest_us);
}

void conn_tls(struct conn *c, enum smtp_tls what)
{
	switch (what) {
	case SMTP_TLS_OFFERED:
		c->tls_offered = true;
		break;
	case SMTP_TLS_REFUSED:
		if (!c->tls_refused)
			count(c, STATS_conn_tls_refused, SERVERS_TLS_REFUSED);
		c->tls_refused = true;
		break;
	case SMTP_TLS_OPENED:
		c->tls_implicit = true;
		break;
	case SMTP_TLS_DARK:
		if (c->dark)
			break;
		c->dark = true;
		// A server that agrees has offered it, in whatever words.
		c->tls_offered = c->tls_offered || !c->tls_implicit;
		count(c, STATS_conn_dark, SERVERS_TLS_DARK);
		if (c->tls_implicit)
			count(c, STATS_conn_tls_implicit, SERVERS_TLS_IMPLICIT);
		break;
	}
}

static void stop_reading(struct conn *c)
{
	handshake_end(&c->worker->handshakes, c->work->handshake);
	c->work->handshake = NULL;
	c->handshake_over = true;
}

static bool is_reading(struct conn *c)
{
	// What is seen of a connection that was joined late lies behind its handshake.
	c->handshake_over |= c->pair.joined_late;
	if (conn_handshake(c) != NULL || c->handshake_over)
		return conn_handshake(c) != NULL;
	conn_work(c)->handshake = handshake_begin(&c->worker->handshakes);
	if (c->work->handshake != NULL)
		return true;
	stats_add(&c->worker->stats, STATS_conn_tls_unread, 1);
	c->handshake_over = true;
	return false;
}

void conn_tls_octets(struct conn *c, bool of_server, struct span text)
{
	if (is_reading(c))
		handshake_feed(
			&c->worker->handshakes, c->work->handshake, of_server, text);
}

void conn_tls_gap(struct conn *c, bool of_server)
{
	if (smtp_session_is_tls(&c->session) && is_reading(c))
		handshake_gap(c->work->handshake, of_server);
}

static void hand_over(struct conn *c)
{
	if (!tape_handshake(c) || c->work->handshake->cut)
		stats_add(&c->worker->stats, STATS_conn_tls_unread, 1);
	stop_reading(c);
}

void conn_tls_look(struct conn *c)
{
	if (conn_handshake(c) == NULL || c->indebted ||
		!handshake_is_over(c->work->handshake))
		return;
	if (c->dark)
		hand_over(c);
	else // A client that opened with TLS where the server speaks plainly.
		stop_reading(c);
}

void conn_tell_session(struct conn *c)
{
	struct mail_session session = {
		.at_us = c->worker->newest_us,
		.odds = c->odds,
		.transactions = c->transactions,
		.mails = c->mails,
		.dark = c->dark,
		.offered = c->tls_offered,
		.no_rcpt = c->refused_all,
		.implicit = c->tls_implicit,
		.refused = c->tls_refused,
	};

	if (c->tls_offered && !c->dark)
		count(c, STATS_conn_tls_unused, SERVERS_TLS_UNUSED);
	if (!c->dark && (c->mails > 0 || !c->used) && !c->doubts_untold) {
		if (conn_handshake(c) != NULL)
			stop_reading(c);
		return;
	}
	if (conn_handshake(c) != NULL)
		hand_over(c);
	c->chunk_fresh = true;
	c->tape_lost = false;
	tape_end(c, MAIL_EV_SESSION, 0, span_make(&session, sizeof(session)));
}
