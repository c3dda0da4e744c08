// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The worker's end of a tape: takes chunks from the worker's pool, fills them, sends them to the
// writer. When no chunk is to be had the rest of the tape is given up under a name, its end is
// told as soon as there is a chunk again, and the dialogue goes on.

#include "conn.h"

// Takes back the chunks that the writer is done with. Returns how many.
unsigned tape_reclaim(struct worker *w);
// Sends partly filled chunks, oldest first, an eighth of the pool at once: few long rounds to the
// writer and back cost less than many short ones. Returns how many.
unsigned tape_flush_oldest(struct worker *w);
// Sends the connection's chunk now. flags: MAIL_CHUNK_LAST.
void tape_send(struct conn *c, uint16_t flags);
// Whether a lossless worker had better stop until chunks come back: a reserve is kept for what one
// more step of a dialogue may tell.
bool tape_must_wait(struct worker *w);
void tape_event(struct conn *c, enum mail_event event, uint16_t aux, struct span text);
void tape_pair(struct conn *c, enum mail_event event, uint16_t aux, struct span a,
	struct span b);
void tape_reply(struct conn *c, enum mail_event event, uint16_t aux,
	const struct smtp_reply *reply);
// Content. Returns octets taken: all of them, unless the worker is lossless and chunks are low.
size_t tape_body(struct conn *c, struct span text);
// Ends the tape with this event (END, ABANDON or SESSION) and sends it. At most 48 octets of text.
void tape_end(struct conn *c, enum mail_event event, uint16_t aux, struct span text);
// Hands over the handshake as a tape of its own. False: no chunk was left for all of it; what the
// writer has of it ends with the session's tape.
bool tape_handshake(struct conn *c);
// Pays debts while there are chunks, and lets their connections go on. Returns how many.
unsigned tape_pay(struct worker *w);
