// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Cuts one direction into lines (RFC 5321 2.3.8). A line that lies whole in the text it came in
// is lent from there; only an unfinished one is kept, in a block of the pool. At most `limit`
// octets of a line are kept; the rest up to its LF is passed over.

#include "mt_pool.h"
#include "mt_span.h"

struct smtp_line {
	uint8_t *block; // NULL: nothing is kept
	uint32_t
		len; // octets of the unfinished line so far, of which limit + 1 at most are kept
	bool begun; // some octets of a line were taken and its LF was not
	bool cr; // the last octet taken was a CR
	bool lost; // no block was to be had: this line is passed over
};

struct smtp_line_got {
	struct span text; // without its end; lent until smtp_line_done
	size_t len; // octets it had, without its end
	bool whole; // else: more octets are needed
	bool lf; // ended in LF without CR
	bool cut; // longer than limit
	bool lost; // the pool was empty: there was a line, its text is gone
};

// What a block must hold for lines of so many octets.
size_t smtp_line_block(uint32_t limit);

// Takes octets up to the next LF and with it. Returns how many. When ret->whole, the caller uses
// the line and then calls smtp_line_done.
size_t smtp_line_feed(struct smtp_line *l, struct mt_pool *blocks, uint32_t limit,
	struct span text, struct smtp_line_got *ret);
// What is kept of an unfinished line, at most limit + 1 octets; lent until the next call.
struct span smtp_line_begun(const struct smtp_line *l, uint32_t limit);
// Forgets the line, finished or not, and gives its block back wiped: it may hold a secret.
void smtp_line_done(struct smtp_line *l, struct mt_pool *blocks);
