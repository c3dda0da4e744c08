// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Blocks of one size from memory reserved at start. One thread only: every worker has pools of
// its own. An empty pool answers NULL; it never grows, so what the wire can make us keep is bounded.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mt_pool {
	uint8_t *memory; // count * size octets, touched only as blocks are first used
	void *free; // blocks given back, newest first
	size_t size; // of a block, a multiple of 16
	uint32_t count;
	uint32_t fresh; // blocks never handed out so far
	uint32_t used; // blocks out now
};

// Reserves count blocks of at least size octets, aligned to 16. 0 or -ENOMEM / -EINVAL.
int mt_pool_init(struct mt_pool *pool, size_t size, uint32_t count);
// Gives the memory back; blocks still out die with it.
void mt_pool_fini(struct mt_pool *pool);
// A block with undefined contents, or NULL when all are out.
void *mt_pool_take(struct mt_pool *pool);
// Gives a block of this pool back; NULL is allowed.
void mt_pool_put(struct mt_pool *pool, void *block);

static inline uint32_t mt_pool_left(const struct mt_pool *pool)
{
	return pool->count - pool->used;
}
// Number of a block in its pool, from 0: a small name for it.
static inline uint32_t mt_pool_index(const struct mt_pool *pool, const void *block)
{
	return (uint32_t)((size_t)((const uint8_t *)block - pool->memory) / pool->size);
}
