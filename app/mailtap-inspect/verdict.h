// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What became of a mail at an output, as a line of JSON in EVE's shape. There is one final
// verdict a mail and output. It can be joined with the mail's record by mailtap.id, or by
// flow_id and tx_id, and repeats addresses, ports and envelope, so that it can be read alone.

#include "mt_buf.h"
#include "mt_id.h"

#include <jansson.h>

#define VERDICT_TEXT_SIZE 256
// Of the envelope so many recipients are repeated, and so many octets of each text; the record
// has all. So a line is bounded.
#define VERDICT_RCPTS     32
#define VERDICT_VALUE_MAX 512
#define VERDICT_LINE_MAX  (128u << 10)

// name, word, help
#define VERDICT_LIST(X)                                                                 \
	X(DELIVERED, delivered, "both files are in the folder")                         \
	X(CLEAN, clean, "the program found nothing")                                    \
	X(HIT, hit, "the program found something")                                      \
	X(ERROR, error, "the program failed at every try, or the content is not whole") \
	X(DEAD, dead,                                                                   \
		"at its last try the program hung, was killed, or still said later")    \
	X(EXPIRED, expired, "retention took the mail away before it had a verdict")

enum verdict_kind {
#define X(name, word, help) VERDICT_##name,
	VERDICT_LIST(X)
#undef X
	VERDICT_COUNT
};

struct verdict {
	const char *output;
	struct mt_id id;
	enum verdict_kind kind;
	struct span text; // for a person, may be empty
	int exit; // of the program, -1: none
	int signal; // that ended it, 0: none
	uint32_t tries; // this one included; 0: none was made
	uint64_t wait_us; // from the first sight of the mail
	uint64_t run_us; // of the last try
	const json_t *record; // of the mail; NULL: it cannot be had any more
};

const char *verdict_name(enum verdict_kind kind);
const char *verdict_help(enum verdict_kind kind);
// Appends the line with its LF.
void verdict_print(const struct verdict *v, uint64_t now_us, struct mt_buf *out);
// Appends the line that tells of segments that were gone before anybody read them; entries: an
// upper bound of the mails in them.
void verdict_print_gap(const char *output, uint64_t segments, uint64_t entries,
	uint64_t now_us, struct mt_buf *out);
// The id that a line decides about: 1; 0: it is about no mail (a gap); -EBADMSG: no whole line.
int verdict_read(struct span line, const char *output, struct mt_id *ret);
// The first line that is not empty, cut, without control characters. Returns its length.
size_t verdict_text(struct span said, char text[VERDICT_TEXT_SIZE]);
