// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Octets of the client that were read ahead of a decision: a bounded queue in blocks of a pool.
// Empty, it holds no block.

#include "mt_pool.h"
#include "mt_span.h"

// Blocks one queue may hold, so that one connection cannot take the pool.
#define SMTP_AHEAD_BLOCKS 16

struct smtp_ahead {
	struct smtp_ahead_block *head, *tail;
	uint32_t at; // octets of head that are done with
	uint8_t blocks;
};

// Appends a copy. Returns how many octets were taken: fewer when the queue has its
// SMTP_AHEAD_BLOCKS or the pool is empty.
size_t smtp_ahead_push(struct smtp_ahead *a, struct mt_pool *blocks, struct span text);
// The octets in front that lie in one piece, lent until smtp_ahead_take. Empty: there are none.
struct span smtp_ahead_front(const struct smtp_ahead *a);
// The same behind the first `skip` octets, without taking those.
struct span smtp_ahead_at(const struct smtp_ahead *a, size_t skip);
// The first n octets of the front are done with.
void smtp_ahead_take(struct smtp_ahead *a, struct mt_pool *blocks, size_t n);
// Forgets everything. Returns how many octets that were.
size_t smtp_ahead_clear(struct smtp_ahead *a, struct mt_pool *blocks);
