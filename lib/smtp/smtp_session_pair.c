// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

// Keeps a reply for what it answers, which was not read yet.
void smtp_session_keep_early(struct smtp_session *s, struct span line)
{
	const struct smtp_record record = {.kind = s->offers, .a = line};

	if (!smtp_pending_push(&s->early, &s->env->blocks, &record))
		smtp_session_odd(s, MT_ODD_reply_surplus);
}

// Passes over commands in front of the one that alone can have earned this reply.
static void skip_to(struct smtp_session *s, uint8_t kind, uint8_t other)
{
	struct smtp_record rec;

	if (!smtp_pending_front(&s->pending, &rec) || rec.kind == kind ||
		rec.kind == other)
		return;
	if (!smtp_pending_has(&s->pending, kind) && !smtp_pending_has(&s->pending, other))
		return;
	smtp_session_odd(s, MT_ODD_out_of_step);
	smtp_session_odd(s, MT_ODD_reply_missing);
	while (smtp_pending_front(&s->pending, &rec) && rec.kind != kind &&
		rec.kind != other)
		smtp_session_resolve_front(s, &rec);
}

// A reply that only one command can earn finds the step again.
static void anchor(struct smtp_session *s, uint16_t code)
{
	if (code == 354 && s->wait == SMTP_WAIT_DATA && s->pending.count + s->lost > 0) {
		smtp_session_odd(s, MT_ODD_out_of_step);
		smtp_session_resolve(s);
		s->lost = 0;
	} else if (code == 334) {
		skip_to(s, SMTP_VERB_AUTH, SMTP_KIND_ANSWER);
	} else if (code == 235) {
		skip_to(s, SMTP_KIND_ANSWER, SMTP_VERB_AUTH);
	} else if (code == 220) {
		skip_to(s, SMTP_VERB_STARTTLS, SMTP_VERB_X_ANONYMOUSTLS);
	} else if (code == 221) {
		skip_to(s, SMTP_VERB_QUIT, SMTP_VERB_QUIT);
	}
}

// The server takes a BDAT that was not sure to be taken. Returns whether the reply is done with: its
// word on the last one is paired when the octets were read.
static bool take_unexpected_chunk(struct smtp_session *s)
{
	const struct smtp_record last = {.kind = SMTP_KIND_LAST};
	bool queued =
		s->chunk_last && smtp_pending_push(&s->pending, &s->env->blocks, &last);

	s->chunks_open = true;
	smtp_session_begin_chunk(s);
	s->verdict_lost = s->chunk_last && !queued && s->take == SMTP_TAKE_CHUNK;
	if (s->chunk_last && !queued && s->take == SMTP_TAKE_LINES)
		smtp_session_go(s, SMTP_EV_NO_WORD, NULL);
	return !queued;
}

// The reply to a DATA, or to a BDAT that was not sure to be taken. Returns whether it is done with.
static bool take_awaited(
	struct smtp_session *s, const struct smtp_reply *r, struct span line)
{
	bool refused = r->code >= 400;

	if (s->wait == SMTP_WAIT_DATA && refused) {
		s->wait = SMTP_WAIT_NONE;
		s->data_refused = true;
		smtp_session_bar_chunks(s);
		smtp_session_go(s, SMTP_EV_DATA_NO, NULL);
	} else if (s->wait == SMTP_WAIT_DATA && smtp_reply_class(r) == 3) {
		smtp_session_begin_data(s);
	} else if (s->wait == SMTP_WAIT_DATA && s->server_gap && s->offered) {
		// The 354 was lost: this is the word on the content that lies there already.
		smtp_session_keep_early(s, line);
		smtp_session_begin_data(s);
	} else if (s->wait == SMTP_WAIT_DATA) {
		smtp_session_odd(s, MT_ODD_reply_surplus);
	} else if (refused && s->chunk_odd) {
		smtp_session_bar_chunks(s);
		smtp_session_go(s, SMTP_EV_OTHER_NO, NULL);
		s->wait = SMTP_WAIT_NONE;
		smtp_session_doubt_chunk(s);
	} else if (refused) {
		smtp_session_odd(s, MT_ODD_bdat_refused);
		s->data_refused = true;
		smtp_session_go(s, SMTP_EV_CHUNK_NO, &(struct smtp_told){NULL, r});
		s->wait = SMTP_WAIT_NONE;
		smtp_session_doubt_chunk(s);
	} else {
		return take_unexpected_chunk(s);
	}
	return true;
}

// A reply while content flows, and none is owed: it tells of an end that was not seen.
static void take_amid_content(
	struct smtp_session *s, const struct smtp_reply *r, struct span line)
{
	const struct smtp_told told = {NULL, r};
	unsigned class = smtp_reply_class(r);

	if (class == 3 && s->hole) {
		s->offered = false;
		smtp_session_begin_data(s);
	} else if (class != 3 && r->code != 421 && smtp_body_is_candidate(&s->body)) {
		smtp_session_keep_early(s, line);
		smtp_session_take_end(s);
	} else if (class != 3 && r->code != 421 && s->hole) {
		s->take = SMTP_TAKE_LINES;
		s->doubt = s->torn[SMTP_CLIENT] = true;
		smtp_session_go(s, class == 2 ? SMTP_EV_TAKEN : SMTP_EV_REFUSED, &told);
	} else if (class >= 4 || s->offered) {
		// Content that was sent ahead of the 354 may not have been read to its end yet.
		smtp_session_keep_early(s, line);
	} else {
		smtp_session_odd(s, MT_ODD_reply_surplus);
	}
}

// A reply to something that was decided without it. True: it was one.
static bool take_owed(struct smtp_session *s, const struct smtp_reply *r)
{
	if (s->owed == 0)
		return false;
	s->owed--;
	if (r->code == 354)
		s->owed = 0;
	if (s->owed > 0 || !s->owed_data)
		return true;
	s->owed_data = false;
	if (r->code < 400 || s->take != SMTP_TAKE_DATA)
		return true;
	// DATA was refused after all: what was taken for content were commands.
	smtp_session_go(s, SMTP_EV_DATA_NO, &(struct smtp_told){NULL, r});
	s->take = SMTP_TAKE_LINES;
	s->torn[SMTP_CLIENT] = s->doubt = true;
	return true;
}

// A 354 without its DATA. Where commands may be missing, that one is.
static void take_unasked_go(struct smtp_session *s)
{
	bool torn = s->torn[SMTP_CLIENT];

	if (s->take != SMTP_TAKE_LINES || !(s->doubt || s->late)) {
		s->early_go = true;
		return;
	}
	smtp_line_done(&s->line[SMTP_CLIENT], &s->env->blocks);
	s->torn[SMTP_CLIENT] = s->offered = false;
	smtp_session_begin_data(s);
	// The hole may reach into the content.
	if (torn)
		smtp_session_hole(s, UINT64_MAX);
}

// Whether the server forgot that it agreed to forget the mail. Exim does where the RSET comes amid
// chunks when it has just read a line that is no header field: it goes on with that mail, whose body
// is now lines up to a lone dot. None of them is answered, and then comes the reply to the mail.
static bool undoes_reset(struct smtp_session *s, const struct smtp_reply *r)
{
	// The client said nothing yet that this can be for.
	if (!s->chunks_reset || (s->pending.count == 0 && s->wait == SMTP_WAIT_NONE))
		return false;
	s->chunks_reset = false;
	return r->queue_id.len > 0 && !s->server_gap &&
		!smtp_pending_has(&s->pending, SMTP_KIND_LAST) &&
		!smtp_pending_has(&s->pending, SMTP_KIND_DOT);
}

// The mail was told as refused or left. It is told again by its end, which is what can be known: its
// beginning and the lines that were read as commands are a hole. Returns whether the reply is done with.
static bool take_undone(struct smtp_session *s, const struct smtp_reply *r)
{
	bool commands = s->wait == SMTP_WAIT_NONE;

	smtp_session_drop_pending(s);
	smtp_session_auth_done(s);
	s->chunk_left = 0;
	s->offered = false;
	smtp_session_begin_data(s);
	smtp_session_odd(s, MT_ODD_reset_undone);
	smtp_session_hole(s, UINT64_MAX);
	if (!commands)
		return false;
	// The dot was one of them, and which of those behind it are answered is not known.
	s->take = SMTP_TAKE_LINES;
	s->doubt = true;
	smtp_session_go(s, SMTP_EV_TAKEN, &(struct smtp_told){NULL, r});
	return true;
}

// Returns whether the reply is done with. If it is not, it comes again, before all that are early.
static bool pair(struct smtp_session *s, const struct smtp_reply *r, struct span line)
{
	struct smtp_record rec;
	bool done = true;

	s->mangled = false;
	if (undoes_reset(s, r))
		return take_undone(s, r);
	anchor(s, r->code);
	if (smtp_pending_front(&s->pending, &rec)) {
		if (smtp_session_take_reply(s, &rec, r, line))
			smtp_session_pop(s, &rec);
		// What was pipelined behind STARTTLS has no reply to come.
		if (s->state == SMTP_ST_TLS)
			smtp_session_drop_pending(s);
	} else if (s->lost > 0) {
		s->lost--;
		smtp_session_answered(s);
	} else if (s->state == SMTP_ST_TLS) {
		// Judged by what the client does next.
		smtp_session_keep_early(s, line);
	} else if (s->wait == SMTP_WAIT_DATA || s->wait == SMTP_WAIT_CHUNK) {
		done = take_awaited(s, r, line);
	} else if (s->take == SMTP_TAKE_DATA) {
		take_amid_content(s, r, line);
	} else if (s->early.count > 0 || s->offered) {
		smtp_session_keep_early(s, line);
	} else if (r->code == 354) {
		take_unasked_go(s);
	} else if (!s->doubt && !s->veiled && r->code != 421) {
		smtp_session_odd(s, MT_ODD_reply_surplus);
	}
	if (r->code == 354 || r->code == 221)
		s->doubt = s->server_gap = false;
	smtp_session_take_turn(s, false);
	return done;
}

void smtp_session_on_reply(
	struct smtp_session *s, const struct smtp_reply *r, struct span line)
{
	if (take_owed(s, r))
		return;
	s->joining = false;
	if (s->wait == SMTP_WAIT_JOINED) {
		smtp_session_settle(s);
		smtp_session_drain(s);
	}
	if (s->wait == SMTP_WAIT_END || s->wait == SMTP_WAIT_REFUSED)
		smtp_session_doubt_reply(s, r, line);
	// Where replies await what they answer, this one comes behind them.
	else if (s->early.count > 0 || !pair(s, r, line))
		smtp_session_keep_early(s, line);
}

// Whether a reply that came early can be paired now.
static bool is_due(const struct smtp_session *s)
{
	struct smtp_record rec;

	if (s->early.count == 0 || smtp_session_reads_ahead(s))
		return false;
	if (!smtp_pending_front(&s->pending, &rec))
		return s->wait != SMTP_WAIT_NONE;
	return rec.kind != SMTP_KIND_LAST || s->take != SMTP_TAKE_CHUNK ||
		s->pending.count > 1;
}

void smtp_session_replay(struct smtp_session *s)
{
	struct smtp_record rec;

	while (is_due(s) && smtp_pending_front(&s->early, &rec)) {
		struct smtp_reply_line got;
		uint8_t offers = s->offers;
		s->offers = rec.kind;
		// The client went on without it, so the octets of a chunk that it refuses follow.
		s->offered |= s->wait == SMTP_WAIT_CHUNK || s->take == SMTP_TAKE_CHUNK;
		if (!smtp_reply_parse(rec.a, &got) || pair(s, &got.reply, rec.a))
			smtp_pending_pop(&s->early, &s->env->blocks);
		s->offers = offers;
	}
}
