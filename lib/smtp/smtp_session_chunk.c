// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

void smtp_session_begin_chunk(struct smtp_session *s)
{
	s->wait = SMTP_WAIT_NONE;
	s->take = SMTP_TAKE_CHUNK;
	s->chunk_seen = s->verdict_lost = false;
	if (s->chunk_left > 0)
		return;
	// An empty chunk that ends nothing leaves no trace.
	if ((s->chunk_last || s->chunk_url) && !s->chunk_skip)
		smtp_session_go(s, SMTP_EV_CHUNK, NULL);
	if (s->chunk_url && !s->chunk_skip) {
		smtp_session_odd(s, MT_ODD_burl);
		smtp_session_hole(s, UINT64_MAX);
	}
	smtp_session_end_chunk(s);
}

void smtp_session_end_chunk(struct smtp_session *s)
{
	bool last = s->chunk_last && !s->chunk_skip;

	s->take = SMTP_TAKE_LINES;
	s->chunk_left = 0;
	s->chunk_skip = false;
	if (!last)
		return;
	s->over = true;
	smtp_session_go(s, SMTP_EV_EOD, NULL);
	if (s->verdict_lost)
		smtp_session_go(s, SMTP_EV_NO_WORD, NULL);
}

size_t smtp_session_chunk(struct smtp_session *s, struct span text)
{
	struct span part = span_head(
		text, s->chunk_left < text.len ? (size_t)s->chunk_left : text.len);

	if (!s->chunk_seen && !s->chunk_skip)
		smtp_session_go(s, SMTP_EV_CHUNK, NULL);
	s->chunk_seen = true;
	size_t n = s->chunk_skip ? part.len : smtp_session_give(s, part);
	s->stuck = n < part.len;
	s->chunk_left -= n;
	if (s->chunk_left == 0)
		smtp_session_end_chunk(s);
	return n;
}

void smtp_session_doubt_chunk(struct smtp_session *s)
{
	s->take = SMTP_TAKE_LINES;
	s->chunk_doubt = s->chunk_left > 0;
}

void smtp_session_pass_chunk(struct smtp_session *s)
{
	s->take = SMTP_TAKE_CHUNK;
	s->chunk_seen = s->chunk_skip = true;
}

void smtp_session_bar_chunks(struct smtp_session *s)
{
	// That is Exim's way, which serves no LMTP; there the end of a mail has many replies.
	s->chunks_barred |= !s->lmtp && (s->chunks_open || s->state == SMTP_ST_CHUNKS);
}

// Whether the server can be expected to take a chunk now: then it is content as it comes, else its
// reply is awaited. Servers go on in different ways with the octets of one that they refuse.
static bool is_expected(const struct smtp_session *s)
{
	if (s->doubt)
		return true;
	if (s->chunk_odd || (!s->chunk_url && (s->no_chunking || s->chunks_barred)))
		return false;
	// What has no octets can be paired when its reply comes.
	return s->state == SMTP_ST_RCPT || s->state == SMTP_ST_CHUNKS ||
		(s->state == SMTP_ST_DEAD && s->chunk_left == 0);
}

static int kind_of_chunk(const struct smtp_session *s)
{
	if (s->chunk_last)
		return SMTP_KIND_LAST;
	return s->chunk_left == 0 && !s->chunk_url ? SMTP_KIND_EMPTY : SMTP_KIND_CHUNK;
}

void smtp_session_take_turn(struct smtp_session *s, bool anyway)
{
	if (s->wait != SMTP_WAIT_TURN || s->lost > 0 || s->pending.count > s->chunks)
		return;
	if (!anyway && !is_expected(s)) {
		s->wait = SMTP_WAIT_CHUNK;
		return;
	}
	bool queued = smtp_session_push_bare(s, kind_of_chunk(s));
	smtp_session_begin_chunk(s);
	if (!queued && s->chunk_last) {
		s->verdict_lost = true;
		if (s->take == SMTP_TAKE_LINES)
			smtp_session_go(s, SMTP_EV_NO_WORD, NULL);
	}
}

static void await_turn(struct smtp_session *s, uint64_t size, bool last)
{
	s->chunk_left = size;
	s->chunk_last = last;
	s->chunk_skip = s->offered = false;
	s->wait = SMTP_WAIT_TURN;
	smtp_session_take_turn(s, false);
}

void smtp_session_bdat(struct smtp_session *s, struct span arg)
{
	uint64_t size;
	bool last;

	s->chunk_url = false;
	s->chunk_odd = !smtp_command_chunk(arg, &size, &last);
	if (s->chunk_odd)
		smtp_session_odd(s, MT_ODD_bdat_malformed);
	if (s->chunk_odd && !smtp_command_chunk_loosely(arg, &size, &last)) {
		smtp_session_push_bare(s, SMTP_VERB_BDAT);
		return;
	}
	await_turn(s, size, last);
}

void smtp_session_burl(struct smtp_session *s, struct span arg)
{
	struct span rest;

	smtp_command_word(arg, &rest);
	s->chunk_url = true;
	s->chunk_odd = false;
	await_turn(s, 0, span_equal_nocase(rest, span_text("LAST")));
}
