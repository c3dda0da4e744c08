// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_body.h"

enum mode {
	FLOW, // octets go through
	HELD, // a dot at a line start and what came behind it
	TAIL, // a candidate and what has to be judged behind it
	GIVE, // what was kept turned out to be content
};

#define WORD 4

static const char words[][WORD + 1] = {"HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA",
	"BDAT", "RSET", "NOOP", "QUIT", "AUTH", "VRFY", "EXPN", "HELP", "ETRN", "STAR",
	"XCLI", "XFOR", "BURL"};

// CR and LF that may follow a candidate and leave it one.
#define BLANKS_MAX (SMTP_BODY_HOLD - WORD)

void smtp_body_start(struct smtp_body *b)
{
	*b = (struct smtp_body){.scan.before = SMTP_BEFORE_CRLF,
		.lf_ends = b->lf_ends,
		.cr_ends = b->cr_ends};
}

static bool is_line_end(uint8_t c)
{
	return c == '\r' || c == '\n';
}

static bool is_word_part(const uint8_t *letters, unsigned n)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strncasecmp((const char *)letters, words[i], n) == 0)
			return true;
	return false;
}

static void hold(struct smtp_body *b, uint8_t c)
{
	b->hold[b->held++] = c;
}

static void drop_hold(struct smtp_body *b)
{
	b->held = b->given = b->tail = 0;
	b->mode = FLOW;
}

void smtp_body_reject(struct smtp_body *b)
{
	if (b->mode != HELD && b->mode != TAIL)
		return;
	b->mode = GIVE;
	// In a line of its own the dot is not the end, so it was stuffed.
	bool stuffed = b->start == SMTP_BEFORE_CRLF ||
		(b->start == SMTP_BEFORE_LF && b->lf_ends) ||
		(b->start == SMTP_BEFORE_CR && b->cr_ends);
	b->given = stuffed ? 1 : 0;
	if (!stuffed && b->start != SMTP_BEFORE_HOLE)
		b->scan.found |= SMTP_SCAN_DOT;
	b->scan.before = SMTP_BEFORE_OTHER;
}

// One octet behind a dot at a line start. True: it was used.
static bool take_held(struct smtp_body *b, uint8_t c, enum smtp_body_step *ret)
{
	bool strict = b->start == SMTP_BEFORE_CRLF && b->held == 2 && b->hold[1] == '\r';

	if (strict && c == '\n') {
		drop_hold(b);
		*ret = SMTP_BODY_END;
		return true;
	}
	// This octet is the caller's to read: it may begin a line of the one reading or the other.
	if (b->tail == 0 && smtp_body_is_end_of_line(b)) {
		b->mode = TAIL;
		return false;
	}
	if (is_line_end(c) && b->tail == 0 && b->held < BLANKS_MAX) {
		hold(b, c);
		return true;
	}
	if (b->held > 1) {
		hold(b, c);
		b->tail++;
		if (is_word_part(b->hold + b->held - b->tail, b->tail)) {
			b->mode = b->tail == WORD ? TAIL : HELD;
			return true;
		}
		b->tail--;
		b->held--;
	}
	smtp_body_reject(b);
	return false;
}

static bool next_held(struct smtp_body *b, struct span input, struct smtp_body_out *out)
{
	while (b->mode == HELD) {
		if (out->used == input.len) {
			out->step = SMTP_BODY_MORE;
			return true;
		}
		if (take_held(b, input.ptr[out->used], &out->step))
			out->used++;
		if (out->step == SMTP_BODY_END)
			return true;
	}
	return false;
}

struct smtp_body_out smtp_body_next(struct smtp_body *b, struct span input)
{
	struct smtp_body_out out = {.step = SMTP_BODY_MORE};

	for (;;) {
		if (b->mode == HELD && next_held(b, input, &out))
			return out;
		if (b->mode == TAIL) {
			out.step = SMTP_BODY_TAIL;
			return out;
		}
		if (b->mode == GIVE && b->given < b->held) {
			out.step = SMTP_BODY_TEXT;
			out.text = span_make(b->hold + b->given, b->held - b->given);
			out.kept = true;
			return out;
		}
		if (b->mode == GIVE)
			drop_hold(b);
		struct span rest = span_skip(input, out.used);
		if (rest.len == 0)
			return out;
		struct smtp_scan look = b->scan;
		size_t n = smtp_scan(&look, rest);
		if (n > 0) {
			out.step = SMTP_BODY_TEXT;
			out.text = span_head(rest, n);
			b->next = look;
			return out;
		}
		b->scan = look;
		b->start = b->scan.before;
		b->mode = HELD;
		hold(b, '.');
		out.used++;
	}
}

void smtp_body_took(struct smtp_body *b, const struct smtp_body_out *out, size_t n)
{
	if (out->kept)
		b->given += (uint8_t)n;
	if (!out->kept && n == out->text.len)
		b->scan = b->next;
	else if (n > 0)
		smtp_scan(&b->scan, span_head(out->text, n));
}

bool smtp_body_is_candidate(const struct smtp_body *b)
{
	return (b->mode == HELD || b->mode == TAIL) && b->held > 1;
}

bool smtp_body_is_likely_end(const struct smtp_body *b)
{
	return smtp_body_is_candidate(b) && b->start == SMTP_BEFORE_CRLF &&
		b->hold[1] == '\n';
}

bool smtp_body_is_end_of_line(const struct smtp_body *b)
{
	struct span behind = span_skip(smtp_body_held(b), 1);

	return span_find(behind, '\n') < behind.len &&
		(b->start == SMTP_BEFORE_LF || b->start == SMTP_BEFORE_CRLF);
}

struct span smtp_body_held(const struct smtp_body *b)
{
	return span_make(b->hold, b->held);
}

struct span smtp_body_letters(const struct smtp_body *b)
{
	return span_make(b->hold + b->held - b->tail, b->tail);
}

struct span smtp_body_accept(struct smtp_body *b)
{
	struct span tail = smtp_body_letters(b);

	drop_hold(b);
	return tail;
}

void smtp_body_gap(struct smtp_body *b)
{
	drop_hold(b);
	b->scan.before = SMTP_BEFORE_HOLE;
	b->scan.line = 0;
}
