// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The content after DATA: takes the stuffed dots out (RFC 5321 4.5.2) and finds the end of it.
// A dot behind a bare LF or CR was stuffed only if the server takes that for the end of a line.
// What a tap cannot know it does not undo: such a dot stays, and is told as SMTP_SCAN_DOT, unless
// the caller knows better (lf_ends, cr_ends).
//
// Runs of content are lent from the text they came in; only the few octets that may still turn
// out to be an end of data are kept back.
//
// CRLF.CRLF alone ends the content. Other forms that some servers take for the end (LF.LF,
// CRLF.LF, CRLF.CR, CR.CR ...) are candidates: kept back while they are the newest in the
// stream, so that the server's reply can settle it. When more follows a candidate, the caller has
// to settle it: any octet behind one that is bounded by LFs, which most servers take for the end of
// a line, and a command word behind the others.

#include "smtp_scan.h"

#define SMTP_BODY_HOLD 16

struct smtp_body {
	struct smtp_scan scan, next; // as of now; after the run that is lent
	uint8_t mode; // private
	uint8_t start; // enum smtp_scan_before: what stood before the first octet kept
	uint8_t held; // octets in hold
	uint8_t given; // of them, already taken by the reader
	uint8_t tail; // of them, letters of a command word at the end
	bool lf_ends,
		cr_ends; // this server takes a bare LF, a bare CR as the end of a line
	uint8_t hold[SMTP_BODY_HOLD];
};

enum smtp_body_step {
	SMTP_BODY_MORE, // all octets were used, more are needed
	SMTP_BODY_TEXT, // content to give away
	SMTP_BODY_END, // the end of data was passed
	SMTP_BODY_TAIL, // a candidate and something behind it: accept or reject it
};

struct smtp_body_out {
	enum smtp_body_step step;
	size_t used; // octets of the input that are done with (those of text are not among them)
	struct span text;
	bool kept; // text lies in the body itself, not in the input
};

// Forgets all but lf_ends and cr_ends, which are the caller's.
void smtp_body_start(struct smtp_body *b);

// The next step on this input. After SMTP_BODY_TEXT the caller says how much of the text was
// taken, then goes on with the input behind `used` and, unless `kept`, behind what was taken.
struct smtp_body_out smtp_body_next(struct smtp_body *b, struct span input);
void smtp_body_took(struct smtp_body *b, const struct smtp_body_out *out, size_t n);

// Whether the newest octets are a candidate for the end.
bool smtp_body_is_candidate(const struct smtp_body *b);
// The same, in the one form that is taken for an end without a reply: CRLF . LF.
bool smtp_body_is_likely_end(const struct smtp_body *b);
// Whether the dot stands alone between ends of lines as nearly every server that is not strict has
// them: an LF, with or without a CR before it.
bool smtp_body_is_end_of_line(const struct smtp_body *b);
// All octets kept back, from the dot on, lent until the next call.
struct span smtp_body_held(const struct smtp_body *b);
// The letters of a command word kept behind a candidate, lent until the next call.
struct span smtp_body_letters(const struct smtp_body *b);
// The candidate was the end. Returns the letters behind it: the start of a command line, lent
// until the next call.
struct span smtp_body_accept(struct smtp_body *b);
// The candidate was content: smtp_body_next gives it away.
void smtp_body_reject(struct smtp_body *b);
// Octets are missing here. What is kept back must have been rejected and given away.
void smtp_body_gap(struct smtp_body *b);
