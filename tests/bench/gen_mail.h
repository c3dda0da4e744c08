// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// One generated mail: its octets as DATA sends them, and the truth about it: what it was, what of
// it was lost, and what a tap can therefore know.

#include "gen_collide.h"
#include "gen_options.h"
#include "gen_text.h"

#include <stdio.h>

#define GEN_RCPTS_MAX 8

enum {
	GEN_DAMAGE_ENVELOPE = 1,
	GEN_DAMAGE_CONTENT = 2,
	GEN_DAMAGE_REPLY = 4,
};

// What all sessions share.
struct gen_stage {
	struct gen_options options;
	struct gen_random random;
	struct gen_text *text;
	struct gen_collide collide;
	FILE *truth; // NULL: not wanted
	uint8_t *scratch; // for one mail
	char line[512]; // the command or reply being sent
	uint64_t mails_begun;
};

struct gen_loss {
	size_t from, len; // octets of the wire
};

struct gen_mail {
	uint64_t number;
	size_t size; // as the server stores it
	uint8_t sha256[32];
	bool refused;
	uint32_t rcpts;
	uint32_t rcpts_refused; // a bit each
	size_t sent; // of the wire
	size_t hole; // where --holes drops a segment, 0 for nowhere
	struct gen_loss *losses; // in order
	size_t loss_count;
	size_t wire_len;
	uint8_t wire[];
};

// Ends the program when there is no memory.
struct gen_mail *gen_mail_create(struct gen_stage *stage);
void gen_mail_destroy(struct gen_mail *mail);
// Octets of the wire from `from` on were not captured.
void gen_mail_lose(struct gen_mail *mail, size_t from, size_t len);
// One JSON line. who: the connection, as JSON members.
void gen_mail_tell(
	const struct gen_mail *mail, uint32_t damage, const char *who, FILE *to);
