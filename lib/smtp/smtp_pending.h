// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A bounded queue of small records with two texts each: commands that await their replies.
// It lives in blocks of a pool; a record never straddles two. Empty, it holds no block.

#include "mt_pool.h"
#include "mt_span.h"

// Blocks one queue may hold, so that one connection cannot take the pool.
#define SMTP_PENDING_BLOCKS 32

struct smtp_pending {
	struct smtp_pending_block *head, *tail;
	uint16_t at; // offset of the front record in head
	uint16_t count;
	uint8_t blocks;
};

struct smtp_record {
	uint8_t kind; // the caller's
	struct span a, b; // lent until the record is popped
};

// Octets a block may have at most.
#define SMTP_PENDING_BLOCK_MAX UINT16_MAX

// What a block must hold for texts of so many octets together.
size_t smtp_pending_block(uint32_t limit);

// Appends a copy. False: it does not fit in a block, or there is none, or the queue has its
// SMTP_PENDING_BLOCKS or 65535 records; nothing was changed.
bool smtp_pending_push(
	struct smtp_pending *p, struct mt_pool *blocks, const struct smtp_record *record);
// The front record. False: there is none.
bool smtp_pending_front(const struct smtp_pending *p, struct smtp_record *ret);
void smtp_pending_pop(struct smtp_pending *p, struct mt_pool *blocks);
// Goes through the records without popping them: none of them may be popped on the way, but more
// may be pushed. place begins as {0} and is behind the record that was given last. False: there is
// no other yet.
struct smtp_pending_place {
	const struct smtp_pending_block *block;
	size_t at;
};
bool smtp_pending_next(const struct smtp_pending *p, struct smtp_pending_place *place,
	struct smtp_record *ret);
// Whether some record is of this kind.
bool smtp_pending_has(const struct smtp_pending *p, uint8_t kind);
void smtp_pending_clear(struct smtp_pending *p, struct mt_pool *blocks);
