// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A mail as the writer knows it: everything of its record but the content, which goes past it
// into the log. Filled from a tape, event by event; bounded by the limits of mail_init.

#include "mail_tape.h"

#include "mt_buf.h"
#include "mt_id.h"
#include "mt_odd.h"

struct mail_text { // octets in mail.texts
	uint32_t at, len;
};

struct mail_reply_kept {
	uint16_t code;
	struct mail_text enhanced, text, queue_id;
};

struct mail_rcpt {
	struct mail_text to, params;
	struct mail_reply_kept reply, final;
	bool has_final;
};

struct mail_gap {
	uint64_t at; // stored octets before the hole
	uint64_t length; // below 2^53; UINT64_MAX: unknown
};

struct mail_extent { // content octets in the log
	uint64_t segment, offset, length;
};

// Holes kept one by one. A further one makes the last unknown in length: from there on more is
// missing than was counted.
#define MAIL_GAPS_MAX 1000

struct mail {
	struct mail_conn conn;
	struct mt_id id; // set at BEGIN by the owner
	struct mt_buf texts;
	struct mt_buf rcpts; // struct mail_rcpt[]
	struct mt_buf gaps; // struct mail_gap[]
	size_t max; // octets of texts that recipients may fill
	bool rcpt_dropped; // the recipient told last is not in rcpts
	struct mail_text helo, mechanism, user, from, from_params, xclient, xforward;
	struct mail_reply_kept reply;
	bool has_from, has_auth, auth_ok, begun, ended, tls_offered, tls_used;
	enum mail_carried carried;
	enum mail_outcome outcome;
	bool given_up; // by the worker: size, hash and envelope are of what came before that
	bool complete;
	uint64_t odds;
	uint64_t open_us, begin_us, content_us, end_us;
	uint64_t size; // octets of content seen
	uint8_t sha256[32]; // set by the owner before the record is made
};

// max: octets of the recipients' texts, and of rcpts. What else a mail has to say has a place of
// its own beside them, so that no crowd of recipients drives out the final reply.
void mail_init(struct mail *m, size_t max);
void mail_fini(struct mail *m);
// Forgets everything; keeps the memory a mail of ordinary size needs.
void mail_clear(struct mail *m);
// Takes one event that is not BODY (BODY adds its length to size and nothing else).
// 0; -ENOSPC: the envelope is larger than max. What did not fit is dropped, recipients with a
// note in odds (too_many_rcpts), and the mail lives on.
int mail_take(struct mail *m, const struct mail_item *item);

size_t mail_rcpt_count(const struct mail *m);
const struct mail_rcpt *mail_rcpt_get(const struct mail *m, size_t nth);
size_t mail_gap_count(const struct mail *m);
const struct mail_gap *mail_gap_get(const struct mail *m, size_t nth);
struct span mail_text_get(const struct mail *m, struct mail_text text);
