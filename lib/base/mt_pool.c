// SPDX-License-Identifier: BSD-3-Clause
#include "mt_pool.h"

#include "mt_assert.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int mt_pool_init(struct mt_pool *pool, size_t size, uint32_t count)
{
	if (size == 0 || count == 0)
		return -EINVAL;
	size = (size + 15) & ~(size_t)15;
	// Anonymous memory costs nothing until it is touched, so a generous table is cheap.
	void *memory = mmap(NULL, size * count, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	*pool = (struct mt_pool){.memory = memory, .size = size, .count = count};
	return 0;
}

void mt_pool_fini(struct mt_pool *pool)
{
	if (pool->memory != NULL)
		munmap(pool->memory, pool->size * pool->count);
	*pool = (struct mt_pool){0};
}

void *mt_pool_take(struct mt_pool *pool)
{
	void *block = pool->free;

	if (block != NULL)
		memcpy(&pool->free, block, sizeof(pool->free));
	else if (pool->fresh < pool->count)
		block = pool->memory + pool->size * pool->fresh++;
	else
		return NULL;
	pool->used++;
	return block;
}

void mt_pool_put(struct mt_pool *pool, void *block)
{
	if (block == NULL)
		return;
	MT_ASSERT(pool->used > 0);
	memcpy(block, &pool->free, sizeof(pool->free));
	pool->free = block;
	pool->used--;
}
