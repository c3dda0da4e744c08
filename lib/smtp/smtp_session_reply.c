// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

void smtp_session_pop(struct smtp_session *s, const struct smtp_record *rec)
{
	s->chunks -= rec->kind == SMTP_KIND_CHUNK ? 1 : 0;
	smtp_pending_pop(&s->pending, &s->env->blocks);
	smtp_session_answered(s);
}

void smtp_session_answered(struct smtp_session *s)
{
	if (s->wait == SMTP_WAIT_LAST && s->pending.count == 0 && s->lost == 0)
		s->wait = SMTP_WAIT_NONE;
}

// Facts of XFORWARD are those of a transaction, which ends even where it has not begun.
static void forget_forwarded(struct smtp_session *s)
{
	if (s->forwarded)
		s->env->sink->client(s->ctx, SMTP_XFORWARD, span_text(""));
	s->forwarded = false;
}

static void take_greeting(
	struct smtp_session *s, const struct smtp_record *rec, const struct smtp_reply *r)
{
	struct span rest;

	if (r->code >= 400) {
		smtp_session_go(s, SMTP_EV_HELO_NO, NULL);
		return;
	}
	if (s->offers & SMTP_OFFERS_STARTTLS)
		s->env->sink->tls(s->ctx, SMTP_TLS_OFFERED);
	smtp_session_go(s, SMTP_EV_HELO_OK, NULL);
	forget_forwarded(s);
	s->greeted = true;
	s->ungreeted = false;
	s->pipelining |= (s->offers & SMTP_OFFERS_PIPELINING) != 0;
	s->no_chunking = r->code != 0 && !(s->offers & SMTP_OFFERS_CHUNKING) &&
		!s->server_gap && !s->late;
	s->lmtp = rec->kind == SMTP_VERB_LHLO;
	struct span name = smtp_command_word(rec->a, &rest);
	if (name.len > 255)
		smtp_session_odd(s, MT_ODD_long_helo);
	s->env->sink->greeting(s->ctx, span_head(name, 255));
}

// A server that takes no MAIL before a greeting (RFC 5321 4.1.4) takes none until there is one, nor
// what depends on it, also where its replies are not there to be seen.
static void note_ungreeted(struct smtp_session *s, const struct smtp_reply *r)
{
	if (r->code != 0)
		s->ungreeted = r->code == 503 && !s->greeted && !s->late && !s->doubt &&
			!s->server_gap;
}

static void take_path(
	struct smtp_session *s, const struct smtp_record *rec, const struct smtp_reply *r)
{
	const struct smtp_path path = {rec->a, rec->b};
	const struct smtp_told told = {&path, r};
	bool no = r->code >= 400 || (r->code == 0 && s->ungreeted);

	if (rec->kind == SMTP_VERB_MAIL)
		note_ungreeted(s, r);
	if (rec->kind == SMTP_VERB_MAIL)
		smtp_session_go(s, no ? SMTP_EV_MAIL_NO : SMTP_EV_MAIL_OK, &told);
	else
		smtp_session_go(s, no ? SMTP_EV_RCPT_NO : SMTP_EV_RCPT_OK, &told);
}

static void take_starttls(struct smtp_session *s, const struct smtp_reply *r)
{
	if (smtp_reply_class(r) != 2) {
		if (r->code >= 400)
			s->env->sink->tls(s->ctx, SMTP_TLS_REFUSED);
		smtp_session_go(s, SMTP_EV_OTHER_NO, NULL);
		return;
	}
	bool behind = s->pending.count > 1 || s->line[SMTP_CLIENT].begun ||
		s->wait != SMTP_WAIT_NONE;
	if (behind)
		smtp_session_odd(s, MT_ODD_starttls_injection);
	smtp_session_go(s, SMTP_EV_TLS_OK, NULL);
	s->wait = SMTP_WAIT_NONE;
}

// A word on one BDAT. Returns whether its record is done with.
static bool take_chunk_reply(struct smtp_session *s, const struct smtp_record *rec,
	const struct smtp_reply *r, struct span line)
{
	bool newest = s->take == SMTP_TAKE_CHUNK && s->pending.count == 1;

	if (r->code < 400) {
		s->chunks_open = true;
		if (rec->kind != SMTP_KIND_LAST)
			return true;
		if (newest) {
			smtp_session_keep_early(s, line);
			return false;
		}
		if (s->state == SMTP_ST_DEAD) {
			smtp_session_go(s, SMTP_EV_TAKEN, NULL);
			return true;
		}
		return smtp_session_verdict(s, r);
	}
	// One of several recipients may refuse what the server took.
	if (s->state != SMTP_ST_DEAD && !s->lmtp && s->verdicts == 0)
		smtp_session_odd(s, MT_ODD_bdat_refused);
	s->data_refused = true;
	smtp_session_forget_fates(s);
	if (rec->kind == SMTP_KIND_LAST && s->state == SMTP_ST_VERDICT)
		return smtp_session_verdict(s, r);
	smtp_session_go(s, SMTP_EV_CHUNK_NO, &(struct smtp_told){NULL, r});
	if (!newest)
		return true;
	// Octets that were begun, or sent ahead, will all come; else the client may know better than
	// to send them.
	s->chunk_skip = true;
	if (!s->chunk_seen && !s->offered)
		smtp_session_doubt_chunk(s);
	return true;
}

// What comes before the reply in the client's direction is known: it waited for it.
static void take_xexch50(
	struct smtp_session *s, const struct smtp_record *rec, const struct smtp_reply *r)
{
	uint64_t size;

	if (smtp_reply_class(r) != 3 || s->wait != SMTP_WAIT_LAST ||
		!smtp_command_number(rec->a, &size) || size == 0)
		return;
	s->chunk_left = size;
	s->chunk_skip = true;
	s->chunk_seen = s->chunk_url = false;
	s->take = SMTP_TAKE_CHUNK;
	s->wait = SMTP_WAIT_NONE;
	smtp_session_push_bare(s, SMTP_VERB_NOOP);
}

static void take_client_facts(
	struct smtp_session *s, const struct smtp_record *rec, const struct smtp_reply *r)
{
	bool xclient = rec->kind == SMTP_VERB_XCLIENT;

	if (r->code >= 300) {
		smtp_session_go(s, SMTP_EV_OTHER_NO, NULL);
		return;
	}
	smtp_session_go(s, xclient ? SMTP_EV_RESTART : SMTP_EV_OTHER_OK, NULL);
	s->env->sink->client(s->ctx, xclient ? SMTP_XCLIENT : SMTP_XFORWARD, rec->a);
	s->forwarded |= !xclient;
}

static void take_other(struct smtp_session *s, const struct smtp_reply *r)
{
	smtp_session_go(s, r->code < 400 ? SMTP_EV_OTHER_OK : SMTP_EV_OTHER_NO, NULL);
}

// Pairs a reply with the command in front. Returns whether the command is done with.
bool smtp_session_take_reply(struct smtp_session *s, const struct smtp_record *rec,
	const struct smtp_reply *r, struct span line)
{
	bool ok = r->code < 300;

	if (s->veiled && rec->kind == SMTP_VERB_UNKNOWN && r->code != 0)
		smtp_session_odd(s, MT_ODD_unknown_verb);
	else if (ok && r->code != 0)
		s->veiled = false;
	if (r->code >= 400)
		smtp_session_bar_chunks(s);
	switch (rec->kind) {
	case SMTP_VERB_HELO:
	case SMTP_VERB_EHLO:
	case SMTP_VERB_LHLO:
		take_greeting(s, rec, r);
		return true;
	case SMTP_VERB_MAIL:
	case SMTP_VERB_RCPT:
		take_path(s, rec, r);
		return true;
	case SMTP_VERB_RSET:
		s->chunks_reset = ok && r->code != 0 &&
			(s->state == SMTP_ST_CHUNKS || s->state == SMTP_ST_DEAD);
		smtp_session_go(s, ok ? SMTP_EV_RSET_OK : SMTP_EV_OTHER_NO, NULL);
		if (ok)
			forget_forwarded(s);
		return true;
	case SMTP_VERB_QUIT:
		smtp_session_go(s, ok ? SMTP_EV_QUIT_OK : SMTP_EV_OTHER_NO, NULL);
		return true;
	case SMTP_VERB_STARTTLS:
	case SMTP_VERB_X_ANONYMOUSTLS:
		take_starttls(s, r);
		return true;
	case SMTP_VERB_XCLIENT:
	case SMTP_VERB_XFORWARD:
		take_client_facts(s, rec, r);
		return true;
	case SMTP_VERB_XEXCH50:
		take_xexch50(s, rec, r);
		return true;
	case SMTP_VERB_AUTH:
	case SMTP_KIND_ANSWER:
		smtp_session_auth_reply(s, r);
		return true;
	case SMTP_KIND_DOT:
		return smtp_session_verdict(s, r);
	case SMTP_KIND_CHUNK:
	case SMTP_KIND_EMPTY:
	case SMTP_KIND_LAST:
		return take_chunk_reply(s, rec, r, line);
	default:
		take_other(s, r);
		return true;
	}
}

// Decides the front command as if its reply will never come.
void smtp_session_resolve_front(struct smtp_session *s, const struct smtp_record *rec)
{
	switch (rec->kind) {
	case SMTP_VERB_STARTTLS:
	case SMTP_VERB_X_ANONYMOUSTLS:
	case SMTP_VERB_XCLIENT:
	case SMTP_VERB_XFORWARD:
	case SMTP_VERB_QUIT:
	case SMTP_VERB_XEXCH50:
		break;
	case SMTP_VERB_AUTH:
	case SMTP_KIND_ANSWER:
		smtp_session_auth_reply(s, NULL);
		break;
	case SMTP_KIND_CHUNK:
	case SMTP_KIND_EMPTY:
		break;
	case SMTP_KIND_LAST:
		if (s->take == SMTP_TAKE_CHUNK && s->pending.count == 1)
			s->verdict_lost = true;
		else
			smtp_session_go(s, SMTP_EV_NO_WORD, NULL);
		break;
	case SMTP_KIND_DOT:
		smtp_session_go(s, SMTP_EV_NO_WORD, NULL);
		break;
	default:
		smtp_session_take_reply(s, rec, &smtp_no_reply, span_text(""));
		break;
	}
	smtp_session_pop(s, rec);
}

void smtp_session_resolve(struct smtp_session *s)
{
	struct smtp_record rec;

	if (s->pending.count > 0 && s->heard)
		smtp_session_odd(s, MT_ODD_reply_missing);
	while (smtp_pending_front(&s->pending, &rec))
		smtp_session_resolve_front(s, &rec);
}
