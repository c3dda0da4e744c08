// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The newest mails, for the console and the demo: one writer, any number of readers, no lock. A
// mail enters when it is committed and shows only after it was announced.

#include "mail.h"

#include <stdatomic.h>

#define RECENT_MAX     1024
#define RECENT_TEXT    80
#define RECENT_SUBJECT 160

struct recent_mail {
	char id[MT_ID_LEN + 1];
	char from[RECENT_TEXT], rcpt[RECENT_TEXT]; // cut, printable ASCII
	char subject
		[RECENT_SUBJECT]; // cut, UTF-8 without control characters; empty: none
	uint32_t rcpts, refused; // recipients in all, and of them refused
	uint32_t alerts; // hits of signatures
	uint64_t at_us, size, odds;
	uint8_t outcome; // enum mail_outcome
	bool complete, stored;
};

struct recent_slot {
	_Atomic uint32_t turn; // odd while it is written
	struct recent_mail mail;
};

struct recent {
	_Atomic uint64_t announced; // mails shown so far
	uint64_t committed; // writer only
	struct recent_slot slots[RECENT_MAX];
};

// subject: decoded (mime_header.h), without memory if there is none.
void recent_add(struct recent *r, const struct mail *m, struct span subject,
	uint32_t alerts, bool stored);
// One announced record: shows the oldest hidden mail if the record is its own.
void recent_announce(struct recent *r, struct span json);
// How many mails were shown so far: a list that is read while more come holds none of them twice.
uint64_t recent_shown(const struct recent *r);
// The nth newest of the first `shown` mails, from 0. False when there is none any more.
bool recent_get_of(
	const struct recent *r, uint64_t shown, uint32_t nth, struct recent_mail *ret);
// The nth newest mail shown, from 0. False when there is none (or it was overwritten meanwhile).
bool recent_get(const struct recent *r, uint32_t nth, struct recent_mail *ret);
