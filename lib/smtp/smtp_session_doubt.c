// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_ahead.h"
#include "smtp_session_internal.h"

// The client sent something like an end of data in the middle of its content, and more behind it.
// Either the server took it for the end (and answers each line of that, be it a command or not), or
// all of it is content up to CRLF.CRLF (and the server answers once). Until that is known the octets
// are read ahead, and the replies counted:
//
//   - more replies than the commands behind the true end can have earned: it was the end;
//   - a 354 tells which DATA it belongs to;
//   - one reply, and the client goes on behind the true end: it was content.
//
// What is left open by all that is taken for content and told as end_in_doubt.

#define LINE_MAX_LEN 512

// Lines that tell content from commands where a connection was joined late.
#define JOINED_LINES 2

struct smtp_doubt {
	struct smtp_ahead ahead;
	struct smtp_readings *readings; // a block: of the octets of a refused chunk
	struct smtp_fates fates; // of those behind it
	size_t scanned; // octets of ahead that were looked at
	size_t content; // of them, in front: known to be content, whatever they look like
	size_t end; // octets of ahead up to CRLF.CRLF, once that was seen
	uint32_t lines, data; // behind the odd end; the first that is DATA
	uint32_t after, after_data; // the same behind CRLF.CRLF
	uint16_t go; // which of the replies is the first 354
	uint16_t len; // octets of the line in hand
	uint8_t matched; // octets of CRLF.CRLF
	bool ended; // CRLF.CRLF was seen
	bool command; // the first line behind the odd end is one
	bool text; // not only empty lines stand behind it; where joined: the last octet is a CR
	bool late; // replies were there before the octets that earned them could be read
	bool refused; // the first reply was a refusal: a server may say so amid the content
	uint8_t line[LINE_MAX_LEN];
};

_Static_assert(sizeof(struct smtp_doubt) <= SMTP_DOUBT_SIZE, "fits in a block");

static uint32_t replies(const struct smtp_session *s)
{
	return s->early.count;
}

static void decide(struct smtp_session *s, bool end)
{
	struct smtp_doubt *d = s->ahead;

	// What was read ahead for one odd end speaks for all that follow it up to the true one.
	if (!end && s->body.start != SMTP_BEFORE_HOLE)
		d->content = d->ended ? d->end : d->scanned;
	if (end)
		smtp_session_take_end(s);
	else
		smtp_session_refuse_end(s);
}

// Whether a line is a command that a server would act on, and no text that begins like one.
static bool is_command(struct span line)
{
	struct smtp_command c = smtp_command_parse(line);
	struct span path, params;

	switch (c.verb) {
	case SMTP_VERB_UNKNOWN:
		return false;
	case SMTP_VERB_MAIL:
		return smtp_command_path(c.arg, "FROM", &path, &params);
	case SMTP_VERB_RCPT:
		return smtp_command_path(c.arg, "TO", &path, &params);
	case SMTP_VERB_DATA:
	case SMTP_VERB_RSET:
	case SMTP_VERB_QUIT:
	case SMTP_VERB_STARTTLS:
	case SMTP_VERB_NOOP:
	case SMTP_VERB_HELP:
		return c.arg.len == 0;
	default:
		return c.arg.len > 0;
	}
}

// The 354 belongs to one DATA only, if the other reading has none at that place.
static bool judge_by_go(struct smtp_session *s, const struct smtp_doubt *d)
{
	bool inner = d->data != 0 && d->data + 1 == d->go;
	bool outer = d->after_data != 0 && d->after_data + 1 == d->go;

	if (d->go == 0 || (inner == outer && (inner || d->ended)))
		return false;
	decide(s, inner || !outer);
	return true;
}

static void judge(struct smtp_session *s)
{
	const struct smtp_doubt *d = s->ahead;
	uint32_t most = d->ended ? 1 + d->after : 1;

	if (replies(s) > 0 && s->body.start == SMTP_BEFORE_HOLE)
		decide(s, true);
	// A 354 whose DATA was not read yet: there is more that these replies are for.
	else if (!judge_by_go(s, d) && replies(s) > most && (d->go == 0 || d->data != 0))
		decide(s, true);
}

static void on_line(struct smtp_session *s)
{
	struct smtp_doubt *d = s->ahead;
	struct span line = span_make(d->line, d->len);
	bool data = smtp_command_parse(line).verb == SMTP_VERB_DATA;

	d->len = 0;
	d->lines++;
	if (d->lines == 1)
		d->command = is_command(line);
	if (d->lines == 1 && !d->command && !smtp_body_is_end_of_line(&s->body)) {
		decide(s, false);
		return;
	}
	if (d->lines == 1 && d->command && s->body.start != SMTP_BEFORE_HOLE)
		smtp_session_odd(s, MT_ODD_smuggling_tried);
	if (data && d->data == 0)
		d->data = d->lines;
	if (!d->ended)
		return;
	d->after++;
	if (data && d->after_data == 0)
		d->after_data = d->after;
	// In step with one reply to the content and one to each line before this.
	if (!d->late && replies(s) > 0 && replies(s) == d->after)
		decide(s, false);
	else if (!d->late)
		judge(s);
}

static bool matches_end(struct smtp_doubt *d, uint8_t c)
{
	static const uint8_t end[] = {'\r', '\n', '.', '\r', '\n'};

	if (c == end[d->matched])
		d->matched++;
	else
		d->matched = c == '\r' ? 1 : 0;
	if (d->matched < sizeof(end))
		return false;
	// The CRLF may begin another.
	d->matched = 2;
	return true;
}

static void look_at(struct smtp_session *s, uint8_t c)
{
	struct smtp_doubt *d = s->ahead;
	bool ends = matches_end(d, c) && !d->ended;

	d->text |= c != '\r' && c != '\n';
	if (c != '\n') {
		// A line that is cut is no command.
		if (d->len < LINE_MAX_LEN)
			d->line[d->len++] = c;
		return;
	}
	on_line(s);
	if (!ends)
		return;
	d->ended = true;
	d->end = d->scanned;
}

// The body kept the odd end and the first octets behind it.
static void look_at_held(struct smtp_session *s)
{
	struct smtp_doubt *d = s->ahead;
	const struct smtp_body *b = &s->body;
	size_t end = smtp_body_is_end_of_line(b) ? span_find(smtp_body_held(b), '\n') + 1
						 : (size_t)(b->held - b->tail);

	d->matched = b->start == SMTP_BEFORE_CRLF ? 2 : 0;
	for (size_t i = 0; i < end; i++)
		matches_end(d, b->hold[i]);
	for (size_t i = end; i < b->held && s->wait == SMTP_WAIT_END; i++)
		look_at(s, b->hold[i]);
}

static void on_joined_line(struct smtp_session *s)
{
	struct smtp_doubt *d = s->ahead;
	struct span line = span_make(d->line, d->len);
	bool crlf = d->text, end = crlf && span_equal(line, span_text(".\r"));

	d->len = 0;
	line.len -= crlf && line.len > 0 ? 1 : 0;
	if (!crlf || is_command(line) || (end && d->lines == 0))
		smtp_session_begin_commands(s);
	else if (end || ++d->lines == JOINED_LINES)
		smtp_session_begin_joined(s);
}

static void look_at_joined(struct smtp_session *s, uint8_t c)
{
	struct smtp_doubt *d = s->ahead;

	if (!smtp_session_is_text(c)) {
		smtp_session_begin_commands(s);
	} else if (c == '\n') {
		on_joined_line(s);
	} else {
		d->text = c == '\r';
		if (d->len < LINE_MAX_LEN)
			d->line[d->len++] = c;
	}
}

void smtp_session_look(struct smtp_session *s)
{
	if (s->wait == SMTP_WAIT_REFUSED)
		smtp_session_weigh(s, false);
	if (s->wait == SMTP_WAIT_REFUSED)
		return;
	while (smtp_session_reads_ahead(s)) {
		struct span rest = smtp_ahead_at(&s->ahead->ahead, s->ahead->scanned);
		if (rest.len == 0)
			return;
		for (size_t i = 0; i < rest.len && smtp_session_reads_ahead(s); i++) {
			s->ahead->scanned++;
			if (s->wait == SMTP_WAIT_END)
				look_at(s, rest.ptr[i]);
			else
				look_at_joined(s, rest.ptr[i]);
		}
	}
}

// What lies there already, read ahead of something else, stays.
static bool begin_ahead(struct smtp_session *s)
{
	struct smtp_ahead ahead = {0};

	if (s->ahead != NULL)
		ahead = s->ahead->ahead;
	else
		s->ahead = mt_pool_take(&s->env->blocks);
	if (s->ahead == NULL)
		return false;
	*s->ahead = (struct smtp_doubt){.ahead = ahead};
	return true;
}

static void note_reply(struct smtp_doubt *d, const struct smtp_reply *r, uint32_t nth)
{
	if (nth == 1)
		d->refused = r->code >= 400;
	if (r->code == 354 && d->go == 0)
		d->go = (uint16_t)nth;
}

// Content that was sent ahead waited for the 354, and was answered in the same breath.
static void note_early(struct smtp_session *s)
{
	struct smtp_pending_place place = {0};
	struct smtp_record rec;
	struct smtp_reply_line got;

	for (uint32_t nth = 1; smtp_pending_next(&s->early, &place, &rec); nth++)
		if (smtp_reply_parse(rec.a, &got))
			note_reply(s->ahead, &got.reply, nth);
	s->ahead->late = replies(s) > 0;
}

bool smtp_session_doubt(struct smtp_session *s)
{
	if (s->ahead != NULL && s->ahead->content > 0)
		return false;
	if (!begin_ahead(s)) {
		smtp_session_odd(s, MT_ODD_end_in_doubt);
		return false;
	}
	s->wait = SMTP_WAIT_END;
	note_early(s);
	look_at_held(s);
	return true;
}

bool smtp_session_doubt_joined(struct smtp_session *s)
{
	if (!begin_ahead(s))
		return false;
	s->wait = SMTP_WAIT_JOINED;
	return true;
}

struct smtp_readings *smtp_session_doubt_refused(struct smtp_session *s)
{
	if (!begin_ahead(s))
		return NULL;
	s->ahead->readings = mt_pool_take(&s->env->blocks);
	if (s->ahead->readings != NULL)
		s->wait = SMTP_WAIT_REFUSED;
	return s->ahead->readings;
}

struct smtp_readings *smtp_session_readings(const struct smtp_session *s)
{
	return s->ahead->readings;
}

void smtp_session_readings_done(struct smtp_session *s, struct smtp_fates fates)
{
	s->ahead->fates = fates;
	mt_pool_put(&s->env->blocks, s->ahead->readings);
	s->ahead->readings = NULL;
	s->wait = SMTP_WAIT_NONE;
}

bool smtp_session_next_fate(struct smtp_session *s, bool *ret_passed)
{
	if (s->ahead == NULL || s->ahead->fates.count == 0)
		return false;
	*ret_passed = s->ahead->fates.passed & 1;
	s->ahead->fates.passed >>= 1;
	s->ahead->fates.count--;
	return true;
}

void smtp_session_forget_fates(struct smtp_session *s)
{
	if (s->ahead != NULL)
		s->ahead->fates.count = 0;
}

bool smtp_session_reads_ahead(const struct smtp_session *s)
{
	return s->wait == SMTP_WAIT_END || s->wait == SMTP_WAIT_JOINED ||
		s->wait == SMTP_WAIT_REFUSED;
}

bool smtp_session_doubts_command(const struct smtp_session *s)
{
	return s->ahead->command;
}

// As few octets as can decide it: how much of the text lies behind them must not matter.
static struct span next_piece(const struct smtp_session *s, struct span text)
{
	if (s->wait == SMTP_WAIT_JOINED)
		return span_head(text, 1);
	return span_head(text, span_find(text, '\n') + 1);
}

size_t smtp_session_look_ahead(struct smtp_session *s, struct span text)
{
	size_t taken = 0;

	while (taken < text.len && smtp_session_reads_ahead(s)) {
		struct span piece = next_piece(s, span_skip(text, taken));
		size_t n = smtp_ahead_push(&s->ahead->ahead, &s->env->blocks, piece);
		taken += n;
		smtp_session_look(s);
		if (n == piece.len || !smtp_session_reads_ahead(s))
			continue;
		// Octets of a refused chunk may be many. The rest waits.
		if (s->wait == SMTP_WAIT_REFUSED)
			break;
		smtp_session_settle(s);
	}
	return taken;
}

void smtp_session_doubt_reply(
	struct smtp_session *s, const struct smtp_reply *r, struct span line)
{
	uint16_t count = s->early.count;

	smtp_session_keep_early(s, line);
	if (s->early.count == count) {
		smtp_session_settle(s);
		return;
	}
	if (s->wait == SMTP_WAIT_REFUSED) {
		smtp_session_weigh(s, !s->more);
		return;
	}
	note_reply(s->ahead, r, replies(s));
	// This one answers nothing, and after it there is nothing to wait for.
	if (r->code == 421 && replies(s) == 1)
		decide(s, false);
	else if (r->code == 421)
		smtp_session_settle(s);
	// Octets of the client that were not looked at may be what it answers.
	else if (!s->more)
		judge(s);
}

void smtp_session_settle(struct smtp_session *s)
{
	const struct smtp_doubt *d = s->ahead;

	if (s->wait == SMTP_WAIT_REFUSED)
		smtp_session_settle_refused(s);
	else if (s->wait == SMTP_WAIT_JOINED)
		smtp_session_begin_commands(s);
	if (s->wait != SMTP_WAIT_END)
		return;
	if (d->late && !s->more)
		judge(s);
	if (s->wait != SMTP_WAIT_END)
		return;
	bool alone = replies(s) == 0 && (d->command || !d->text) &&
		smtp_body_is_likely_end(&s->body);

	if (replies(s) > 1)
		smtp_session_odd(s, MT_ODD_end_in_doubt);
	decide(s, alone || (replies(s) > 0 && !d->ended && !d->refused));
}

struct span smtp_session_ahead(const struct smtp_session *s)
{
	return smtp_ahead_front(&s->ahead->ahead);
}

struct span smtp_session_ahead_at(const struct smtp_session *s, size_t skip)
{
	return smtp_ahead_at(&s->ahead->ahead, skip);
}

void smtp_session_ahead_take(struct smtp_session *s, size_t n)
{
	struct smtp_doubt *d = s->ahead;

	smtp_ahead_take(&d->ahead, &s->env->blocks, n);
	d->content -= n < d->content ? n : d->content;
}

size_t smtp_session_doubt_done(struct smtp_session *s)
{
	if (s->ahead == NULL)
		return 0;
	size_t len = smtp_ahead_clear(&s->ahead->ahead, &s->env->blocks);
	mt_pool_put(&s->env->blocks, s->ahead->readings);
	mt_pool_put(&s->env->blocks, s->ahead);
	s->ahead = NULL;
	return len;
}
