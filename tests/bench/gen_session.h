// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Plays one SMTP session over TCP as a list of segments, one a call, so that many sessions can be
// interleaved. Losses are told back to the session, which knows what they mean for its mail.

#include "gen_mail.h"

enum gen_kind {
	GEN_KIND_PLAIN, // opening, closing, acknowledgement: its loss harms no mail
	GEN_KIND_ENVELOPE, // commands and replies up to 354
	GEN_KIND_CONTENT,
	GEN_KIND_REPLY, // to the end of data
};

struct gen_segment {
	enum gen_kind kind;
	bool from_client;
	bool lost; // already: must not be captured
	uint8_t flags;
	uint32_t seq, ack;
	struct span payload; // lent until the next call
	size_t offset; // of content, in the octets of the wire
};

struct gen_session {
	struct gen_end client, server;
	struct gen_mail *mail; // NULL between mails
	uint32_t seq[2]; // next, by sender: client, server
	uint32_t mails_left;
	uint32_t tx; // mails so far
	uint32_t damage; // GEN_DAMAGE_ bits of the mail at hand
	uint32_t rcpt; // recipients named so far
	uint32_t unacked; // content segments
	uint16_t id;
	uint8_t step;
	bool forever; // falls silent instead of QUIT
	bool parked; // waits in the middle of a mail
	bool met; // has waited in this mail
};

// number: gives the session addresses of its own.
void gen_session_init(struct gen_session *s, struct gen_stage *stage, uint64_t number);
// A silent session sends one more mail.
void gen_session_again(struct gen_session *s);
// The next segment. False when there is none: the session has ended, or is parked.
bool gen_session_next(
	struct gen_session *s, struct gen_stage *stage, struct gen_segment *ret);
// The segment was not captured.
void gen_session_lost(struct gen_session *s, const struct gen_segment *segment);
