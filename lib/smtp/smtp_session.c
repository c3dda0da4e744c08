// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

#include <errno.h>

// So many lines that are no command, and no reply that is one to them: this was no SMTP.
#define STRANGE_MANY 16

_Static_assert(
	sizeof(struct smtp_session) <= 256, "a session is embedded in every connection");

int smtp_env_init(struct smtp_env *env, const struct smtp_limits *limits,
	const struct smtp_sink *sink, uint32_t blocks)
{
	uint32_t longest = limits->line > limits->reply ? limits->line : limits->reply;
	size_t size = smtp_pending_block(longest);

	if (limits->line == 0 || limits->reply == 0 || longest > SMTP_PENDING_BLOCK_MAX ||
		size > SMTP_PENDING_BLOCK_MAX - 15)
		return -EINVAL;
	if (size < sizeof(struct smtp_auth))
		size = sizeof(struct smtp_auth);
	if (size < SMTP_DOUBT_SIZE)
		size = SMTP_DOUBT_SIZE;
	*env = (struct smtp_env){.limits = *limits, .sink = sink};
	return mt_pool_init(&env->blocks, size, blocks);
}

void smtp_env_fini(struct smtp_env *env)
{
	mt_pool_fini(&env->blocks);
}

void smtp_session_init(struct smtp_session *s, struct smtp_env *env, void *sink_ctx)
{
	*s = (struct smtp_session){
		.env = env, .ctx = sink_ctx, .state = SMTP_ST_CONNECT, .whole = true};
}

void smtp_session_expect_tls(struct smtp_session *s)
{
	s->tls_port = true;
}

// Of a port of TLS nothing is left to be seen once the beginning was missed.
static bool missed_hello(struct smtp_session *s)
{
	if (!s->tls_port || s->sane)
		return false;
	smtp_session_go(s, SMTP_EV_HELLO, NULL);
	return true;
}

size_t smtp_session_feed(struct smtp_session *s, enum smtp_dir dir, struct span text)
{
	return dir == SMTP_CLIENT ? smtp_session_client(s, text)
				  : smtp_session_server(s, text);
}

// Replies may be missing: what awaits one is decided without it.
static void gap_of_server(struct smtp_session *s)
{
	smtp_line_done(&s->line[SMTP_SERVER], &s->env->blocks);
	s->torn[SMTP_SERVER] = s->heard = s->server_gap = true;
	s->unfinished = 0;
	if (smtp_session_reads_ahead(s))
		smtp_session_settle(s);
	smtp_session_resolve(s);
	s->lost = s->owed = 0;
	s->owed_data = false;
	smtp_session_answered(s);
	smtp_session_take_turn(s, false);
}

static void gap_in_content(struct smtp_session *s, uint64_t len)
{
	smtp_session_refuse_end(s);
	// What the sink had no room for is lost as well.
	uint64_t left = s->stuck ? s->body.held - (uint64_t)s->body.given : 0;
	smtp_session_go(s, SMTP_EV_GAP, NULL);
	smtp_session_hole(s, len > UINT64_MAX - left ? UINT64_MAX : len + left);
	smtp_body_gap(&s->body);
}

// Returns how much of the hole is left behind the chunk: the count goes on through it.
static uint64_t gap_in_chunk(struct smtp_session *s, uint64_t len)
{
	uint64_t n = len < s->chunk_left ? len : s->chunk_left;

	if (!s->chunk_skip) {
		if (!s->chunk_seen)
			smtp_session_go(s, SMTP_EV_CHUNK, NULL);
		smtp_session_go(s, SMTP_EV_GAP, NULL);
		smtp_session_hole(s, len == UINT64_MAX ? len : n);
	}
	s->chunk_seen = true;
	s->chunk_left -= n;
	if (s->chunk_left == 0)
		smtp_session_end_chunk(s);
	return len == UINT64_MAX ? len : len - n;
}

static void gap_of_client(struct smtp_session *s, uint64_t len)
{
	uint64_t dropped = smtp_session_flush(s);

	len = len > UINT64_MAX - dropped ? UINT64_MAX : len + dropped;
	if (s->wait != SMTP_WAIT_NONE)
		smtp_session_hurry(s);
	if (s->take == SMTP_TAKE_DATA) {
		gap_in_content(s, len);
		return;
	}
	if (s->take == SMTP_TAKE_CHUNK)
		len = gap_in_chunk(s, len);
	if (len == 0)
		return;
	smtp_line_done(&s->line[SMTP_CLIENT], &s->env->blocks);
	s->torn[SMTP_CLIENT] = s->spoke = true;
	s->answer_due = s->chunk_doubt = false;
	if (s->auth != NULL)
		smtp_auth_blind(s->auth);
	smtp_session_go(s, SMTP_EV_GAP, NULL);
	s->doubt = true;
	// A greeting may be in it.
	s->ungreeted = false;
}

void smtp_session_gap(struct smtp_session *s, enum smtp_dir dir, uint64_t len)
{
	if (len == 0 || s->state == SMTP_ST_DARK || s->state == SMTP_ST_END ||
		missed_hello(s))
		return;
	if (dir == SMTP_CLIENT)
		gap_of_client(s, len);
	else
		gap_of_server(s);
	smtp_session_replay(s);
	smtp_session_drain(s);
}

bool smtp_session_waits(const struct smtp_session *s)
{
	return s->wait != SMTP_WAIT_NONE;
}

// Content that the server will not have asked for, or a chunk that it will not have taken.
static void refuse_unseen(struct smtp_session *s, bool data)
{
	s->owed += s->server_gap ? 0 : 1;
	s->wait = SMTP_WAIT_NONE;
	smtp_session_go(s, data ? SMTP_EV_DATA_NO : SMTP_EV_CHUNK_NO, NULL);
	if (!data)
		smtp_session_doubt_chunk(s);
}

void smtp_session_hurry(struct smtp_session *s)
{
	uint8_t wait = s->wait;
	uint32_t owed = s->pending.count + s->lost;

	if (wait == SMTP_WAIT_NONE)
		return;
	if (smtp_session_reads_ahead(s)) {
		smtp_session_settle(s);
		smtp_session_drain(s);
		return;
	}
	smtp_session_resolve(s);
	s->lost = 0;
	s->owed = s->server_gap ? 0 : s->owed + owed;
	smtp_session_answered(s);
	if (wait == SMTP_WAIT_LAST)
		return;
	if (s->ungreeted) {
		refuse_unseen(s, wait == SMTP_WAIT_DATA);
		return;
	}
	if (wait == SMTP_WAIT_DATA) {
		s->owed_data = !s->server_gap;
		s->owed += s->owed_data ? 1 : 0;
		smtp_session_begin_data(s);
		return;
	}
	// A BDAT: as if it were its turn and a recipient had been accepted.
	s->wait = SMTP_WAIT_TURN;
	smtp_session_take_turn(s, true);
}

void smtp_session_joined_late(struct smtp_session *s)
{
	s->late = s->joining = s->heard = s->spoke = s->doubt = s->server_gap = true;
	s->torn[SMTP_CLIENT] = s->torn[SMTP_SERVER] = true;
	smtp_session_odd(s, MT_ODD_joined_late);
	missed_hello(s);
}

// What is kept back is content now, unless it is the end in a form that is common enough, or a
// reply to it was seen.
static void close_content(struct smtp_session *s)
{
	bool answered = s->early.count > 0 && smtp_body_is_candidate(&s->body);

	if (answered || smtp_body_is_likely_end(&s->body))
		smtp_session_take_end(s);
	else
		smtp_session_refuse_end(s);
	smtp_session_replay(s);
	uint64_t left = s->body.held - (uint64_t)s->body.given;
	if (s->take == SMTP_TAKE_DATA && s->stuck && left > 0)
		smtp_session_hole(s, left);
}

void smtp_session_close(struct smtp_session *s)
{
	uint64_t dropped = smtp_session_flush(s);

	if (dropped > 0 && s->take == SMTP_TAKE_DATA)
		smtp_session_hole(s, dropped);
	if (s->take == SMTP_TAKE_DATA)
		close_content(s);
	// A client that opened with TLS, and a server that did not contradict it.
	if (s->veiled && s->state != SMTP_ST_DARK && s->state != SMTP_ST_END)
		s->env->sink->tls(s->ctx, SMTP_TLS_DARK);
	if (!s->sane && s->strange >= STRANGE_MANY)
		smtp_session_odd(s, MT_ODD_not_smtp);
	smtp_session_go(s, SMTP_EV_CLOSE, NULL);
}

bool smtp_session_is_dark(const struct smtp_session *s)
{
	return s->state == SMTP_ST_DARK;
}

bool smtp_session_is_tls(const struct smtp_session *s)
{
	return s->state == SMTP_ST_DARK || s->state == SMTP_ST_TLS || s->veiled ||
		(s->tls_port && !s->sane);
}

bool smtp_session_is_idle(const struct smtp_session *s)
{
	return !s->open && !s->begun && s->pending.count == 0 && s->lost == 0 &&
		s->wait == SMTP_WAIT_NONE && s->take == SMTP_TAKE_LINES &&
		s->ahead == NULL;
}

bool smtp_session_awaits_verdict(const struct smtp_session *s)
{
	return s->state == SMTP_ST_VERDICT;
}
