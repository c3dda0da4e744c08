// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Headers as text (script_text.h), each with what must come out:
//
//     | Subject: a line
//     - octets without a line end behind them
//     gap 100               (or: gap ?)

#include "mime_header.h"

#define MIME_SCRIPT_ITEMS 64

// How a script is played: cut at this octet of every item, or
#define MIME_CUT_OCTETS SIZE_MAX // octet by octet

struct mime_script_item {
	struct mt_buf octets;
	uint64_t gap; // 0: octets
};

struct mime_script {
	char name[120];
	struct mime_script_item items[MIME_SCRIPT_ITEMS];
	size_t count;
	struct mt_buf want;
};

// The next script of a file. False when there is none.
bool mime_script_read(struct span *file, struct mime_script *ret);
void mime_script_fini(struct mime_script *script);
size_t mime_script_longest(const struct mime_script *script);
// Every piece stands against a guard page. h was begun by the caller.
void mime_script_play(
	const struct mime_script *script, size_t cut, struct mime_header *h);
