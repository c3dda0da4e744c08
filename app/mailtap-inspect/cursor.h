// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Where an output stands, as text that is put under NAME.cursor at once:
//
//	mailtap-inspect cursor 1
//	at SEGMENT OFFSET SEQUENCE            everything up to this entry was taken from the log
//	verdicts INODE SIZE                   what of NAME.verdicts this cursor knows of already
//	mail ID SEGMENT OFFSET SEQUENCE TRIES SINCE_US WAIT_US     taken, without a final verdict
//	end CRC32C                            of everything before
//
// Together with the verdicts behind SIZE it says of each mail whether it has its verdict.

#include "pending.h"

#include "mt_buf.h"

// Octets of a cursor at most.
#define CURSOR_MAX (256u << 10)

struct cursor {
	struct spool_position at; // segment 0: nothing was taken yet
	uint64_t inode, size; // of the verdicts; 0: there were none
};

// Appends the text. now_us: monotonic clock, from which waits are counted.
void cursor_print(const struct cursor *c, const struct pending *p, uint64_t now_us,
	struct mt_buf *out);
// Reads it back; the mails are added to p, which must be empty. most_us: no mail waits longer.
// 0, or -EBADMSG: this is no whole cursor, and p is empty.
int cursor_read(struct span text, struct cursor *ret, struct pending *p, uint64_t now_us,
	uint64_t most_us);
