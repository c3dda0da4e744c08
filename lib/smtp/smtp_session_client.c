// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_session_internal.h"

// Octets of a line of AUTH, without its end.
#define SASL_LINE_MAX 12288

// Queues what the server will answer. Behind a command that did not fit all others must not be
// queued either, or the replies would be paired wrong: they are counted.
bool smtp_session_push(struct smtp_session *s, int kind, struct span a, struct span b)
{
	const struct smtp_record record = {(uint8_t)kind, a, b};

	if (s->lost == 0 && s->pending.count < s->env->limits.pending &&
		smtp_pending_push(&s->pending, &s->env->blocks, &record)) {
		s->chunks += kind == SMTP_KIND_CHUNK ? 1 : 0;
		return true;
	}
	s->lost += s->lost < UINT32_MAX ? 1 : 0;
	smtp_session_odd(s, MT_ODD_too_many_pending);
	return false;
}

bool smtp_session_push_bare(struct smtp_session *s, int kind)
{
	return smtp_session_push(s, kind, span_text(""), span_make(NULL, 0));
}

void smtp_session_begin_data(struct smtp_session *s)
{
	s->wait = SMTP_WAIT_NONE;
	s->take = SMTP_TAKE_DATA;
	s->early_go = false;
	smtp_body_start(&s->body);
	smtp_session_go(s, SMTP_EV_DATA_GO, NULL);
	if (s->offered && s->heard && !s->server_gap)
		smtp_session_odd(s, MT_ODD_content_before_354);
}

void smtp_session_data_over(struct smtp_session *s)
{
	s->take = SMTP_TAKE_LINES;
	s->over = true;
	smtp_session_go(s, SMTP_EV_EOD, NULL);
	if (!smtp_session_push_bare(s, SMTP_KIND_DOT))
		smtp_session_go(s, SMTP_EV_NO_WORD, NULL);
}

// The server took this end, so it takes what stands in it for the end of a line, and undoes dots
// behind that from here on.
static void learn_line_ends(struct smtp_session *s)
{
	struct smtp_body *b = &s->body;
	struct span held = smtp_body_held(b);
	bool lf = b->hold[1] == '\n';

	b->lf_ends |= b->start == SMTP_BEFORE_LF || lf;
	// More CRs than one before an LF go with it.
	b->cr_ends |= b->start == SMTP_BEFORE_CR || span_find(held, '\n') == held.len;
}

void smtp_session_take_end(struct smtp_session *s)
{
	bool smuggled = s->wait == SMTP_WAIT_END && smtp_session_doubts_command(s);
	struct span letters;
	struct smtp_line_got got;

	s->wait = SMTP_WAIT_NONE;
	if (s->body.start != SMTP_BEFORE_HOLE) {
		smtp_session_odd(s, MT_ODD_end_not_crlf);
		if (s->early.count > 0)
			learn_line_ends(s);
	}
	if (s->body.start != SMTP_BEFORE_HOLE && smuggled) {
		smtp_session_odd(s, MT_ODD_smuggling_tried);
		smtp_session_odd(s, MT_ODD_smuggling_worked);
	}
	letters = smtp_body_accept(&s->body);
	smtp_session_data_over(s);
	if (letters.len > 0)
		smtp_line_feed(&s->line[SMTP_CLIENT], &s->env->blocks,
			s->env->limits.line, letters, &got);
}

void smtp_session_refuse_end(struct smtp_session *s)
{
	if (s->wait == SMTP_WAIT_END)
		s->wait = SMTP_WAIT_NONE;
	smtp_body_reject(&s->body);
	smtp_session_content(s, span_text(""));
}

static void tell_content_odds(struct smtp_session *s)
{
	static const struct {
		uint8_t bit;
		enum mt_odd odd;
	} odds[] = {
		{SMTP_SCAN_BARE_LF, MT_ODD_bare_lf},
		{SMTP_SCAN_BARE_CR, MT_ODD_bare_cr},
		{SMTP_SCAN_NUL, MT_ODD_nul_octet},
		{SMTP_SCAN_LONG_LINE, MT_ODD_long_line},
		{SMTP_SCAN_DOT, MT_ODD_dot_in_doubt},
	};

	if (s->body.scan.found == 0 || !s->begun)
		return;
	for (size_t i = 0; i < sizeof(odds) / sizeof(*odds); i++)
		if (s->body.scan.found & odds[i].bit)
			smtp_session_odd(s, odds[i].odd);
}

size_t smtp_session_content(struct smtp_session *s, struct span text)
{
	size_t taken = 0;

	for (;;) {
		struct smtp_body_out out =
			smtp_body_next(&s->body, span_skip(text, taken));
		taken += out.used;
		size_t n = 0;
		switch (out.step) {
		case SMTP_BODY_MORE:
			tell_content_odds(s);
			return taken;
		case SMTP_BODY_TEXT:
			n = smtp_session_give(s, out.text);
			smtp_body_took(&s->body, &out, n);
			taken += out.kept ? 0 : n;
			tell_content_odds(s);
			s->stuck = n < out.text.len;
			if (s->stuck)
				return taken;
			break;
		case SMTP_BODY_END:
			smtp_session_data_over(s);
			return taken;
		case SMTP_BODY_TAIL:
			if (smtp_session_doubt(s))
				return taken;
			smtp_body_reject(&s->body);
			break;
		}
	}
}

static void on_data_command(struct smtp_session *s)
{
	s->offered = false;
	s->wait = SMTP_WAIT_DATA;
	if (!s->early_go)
		return;
	smtp_session_resolve(s);
	s->lost = 0;
	smtp_session_begin_data(s);
}

void smtp_session_await(struct smtp_session *s)
{
	s->offered = false;
	s->wait = SMTP_WAIT_LAST;
}

static void push_path(
	struct smtp_session *s, const struct smtp_command *c, const char *word)
{
	struct span path, params;

	if (smtp_command_path(c->arg, word, &path, &params))
		smtp_session_push(s, c->verb, path, params);
	else
		smtp_session_push(s, c->verb, c->arg, span_text(""));
}

static void on_command(struct smtp_session *s, const struct smtp_command *c)
{
	if (s->pending.count > 0 && s->heard && !s->pipelining && !s->doubt)
		smtp_session_odd(s, MT_ODD_pipelined_uninvited);
	// In step, and a line that was no reply: there will be no other.
	if (s->mangled && s->pending.count == 1 && s->lost == 0)
		smtp_session_resolve(s);
	s->mangled = false;
	// Its last reply was not seen.
	smtp_session_auth_done(s);
	switch (c->verb) {
	case SMTP_VERB_DATA:
		on_data_command(s);
		break;
	case SMTP_VERB_BDAT:
		smtp_session_bdat(s, c->arg);
		break;
	case SMTP_VERB_MAIL:
		push_path(s, c, "FROM");
		break;
	case SMTP_VERB_RCPT:
		push_path(s, c, "TO");
		break;
	case SMTP_VERB_BURL:
		smtp_session_burl(s, c->arg);
		break;
	case SMTP_VERB_AUTH:
	case SMTP_VERB_X_EXPS:
		smtp_session_auth_command(s, c->arg);
		break;
	case SMTP_VERB_XEXCH50:
		if (smtp_session_push(s, c->verb, c->arg, span_text("")))
			smtp_session_await(s);
		break;
	case SMTP_VERB_XCLIENT:
	case SMTP_VERB_XFORWARD:
	case SMTP_VERB_HELO:
	case SMTP_VERB_EHLO:
	case SMTP_VERB_LHLO:
		smtp_session_push(s, c->verb, c->arg, span_text(""));
		break;
	default:
		smtp_session_push_bare(s, c->verb);
		break;
	}
}

// A line that is no command. Answers within AUTH come here when they are sent ahead of the 334.
// However many there are, only the server can show that this is no SMTP: servers answer a score of
// them and still take the mail that comes behind, and their replies may be seen late or never.
static void on_unknown(struct smtp_session *s, bool torn)
{
	if (s->auth != NULL) {
		smtp_auth_blind(s->auth);
		smtp_session_push_bare(s, SMTP_KIND_ANSWER);
		return;
	}
	if (torn || (s->late && !s->sane))
		return;
	if (!s->veiled) {
		smtp_session_odd(s, MT_ODD_unknown_verb);
		s->strange += s->strange < UINT8_MAX ? 1 : 0;
	}
	smtp_session_push_bare(s, SMTP_VERB_UNKNOWN);
}

// What logs in may be longer than other commands (RFC 4954 4), and is read as far as a line is kept.
static void tell_cut(struct smtp_session *s, const struct smtp_line_got *got, bool auth)
{
	if (got->cut && (!auth || got->len > SASL_LINE_MAX))
		smtp_session_odd(s, MT_ODD_command_too_long);
}

static void on_line(struct smtp_session *s, const struct smtp_line_got *got)
{
	bool torn = s->torn[SMTP_CLIENT];

	s->spoke = true;
	s->torn[SMTP_CLIENT] = false;
	if (s->answer_due) {
		tell_cut(s, got, true);
		smtp_session_auth_line(s, got->text);
		return;
	}
	struct smtp_command c = smtp_command_parse(got->text);
	if (got->lost || c.verb == SMTP_VERB_UNKNOWN) {
		on_unknown(s, torn);
		return;
	}
	s->sane = true;
	if (got->lf)
		smtp_session_odd(s, MT_ODD_command_lf);
	tell_cut(s, got, c.verb == SMTP_VERB_AUTH || c.verb == SMTP_VERB_X_EXPS);
	on_command(s, &c);
}

static size_t take_line(struct smtp_session *s, struct span text)
{
	struct smtp_line *l = &s->line[SMTP_CLIENT];
	struct smtp_line_got got;

	if (s->chunk_doubt) {
		smtp_session_read_both(s);
		return 0;
	}
	if (!s->spoke)
		smtp_session_look_for_tls(s, text);
	size_t n = smtp_line_feed(l, &s->env->blocks, s->env->limits.line, text, &got);
	if (s->veiled)
		s->env->sink->tls_octets(s->ctx, false, span_head(text, n));
	if (got.whole) {
		on_line(s, &got);
		smtp_line_done(l, &s->env->blocks);
	}
	return n;
}

// Reads some octets the way it is their turn. Returns how many were taken.
static size_t step(struct smtp_session *s, struct span text)
{
	size_t taken;

	if (s->state == SMTP_ST_DARK)
		s->env->sink->tls_octets(s->ctx, false, text);
	if (s->state == SMTP_ST_DARK || s->state == SMTP_ST_END ||
		(s->state == SMTP_ST_TLS && smtp_session_look_behind_starttls(s, text)))
		return text.len;
	if (s->take == SMTP_TAKE_DATA)
		taken = smtp_session_content(s, text);
	else if (s->take == SMTP_TAKE_CHUNK)
		taken = smtp_session_chunk(s, text);
	else
		taken = take_line(s, text);
	smtp_session_replay(s);
	return taken;
}

bool smtp_session_drain(struct smtp_session *s)
{
	if (s->ahead == NULL)
		return true;
	s->stuck = false;
	while (s->ahead != NULL && !s->stuck) {
		smtp_session_look(s);
		if (smtp_session_reads_ahead(s))
			return true;
		struct span ahead = smtp_session_ahead(s);
		if (ahead.len == 0) {
			smtp_session_doubt_done(s);
			s->offered |= s->more;
			break;
		}
		if (s->wait != SMTP_WAIT_NONE) {
			s->offered = true;
			return false;
		}
		size_t n = step(s, ahead);
		if (s->ahead != NULL)
			smtp_session_ahead_take(s, n);
	}
	return !s->stuck;
}

uint64_t smtp_session_flush(struct smtp_session *s)
{
	while (s->ahead != NULL) {
		if (s->wait != SMTP_WAIT_NONE)
			smtp_session_hurry(s);
		if (!smtp_session_drain(s) && s->stuck)
			break;
	}
	return smtp_session_doubt_done(s);
}

// Whether a connection that was joined late has said nothing yet.
static bool is_silent(const struct smtp_session *s)
{
	return s->ahead == NULL && s->wait == SMTP_WAIT_NONE &&
		s->take == SMTP_TAKE_LINES && s->state == SMTP_ST_CONNECT &&
		s->torn[SMTP_CLIENT] && !s->sane && !s->line[SMTP_CLIENT].begun;
}

size_t smtp_session_client(struct smtp_session *s, struct span text)
{
	size_t taken = 0;

	s->stuck = s->more = false;
	if (!smtp_session_drain(s)) {
		s->more = text.len > 0;
		return 0;
	}
	while (taken < text.len && !s->stuck) {
		struct span rest = span_skip(text, taken);
		s->joining = s->joining && is_silent(s) && smtp_session_doubt_joined(s);
		if (smtp_session_reads_ahead(s)) {
			size_t n = smtp_session_look_ahead(s, rest);
			taken += n;
			if (!smtp_session_reads_ahead(s) && !smtp_session_drain(s))
				break;
			if (smtp_session_reads_ahead(s) && n < rest.len)
				break;
			continue;
		}
		if (s->wait != SMTP_WAIT_NONE) {
			s->offered = true;
			break;
		}
		taken += step(s, rest);
	}
	s->more = taken < text.len;
	// Nothing is left that a later reply could be for.
	if (taken == text.len && s->take == SMTP_TAKE_LINES && s->wait == SMTP_WAIT_NONE)
		s->offered = false;
	return taken;
}
