// SPDX-License-Identifier: BSD-3-Clause
#include "scan_stream_internal.h"

#include "mt_assert.h"

#include <errno.h>
#include <stdlib.h>

struct scan_pool *scan_pool_create(uint32_t streams_max, scan_report *report)
{
	struct scan_pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		return NULL;
	pool->streams_max = streams_max;
	pool->report = report;
	return pool;
}

static void destroy_stream(struct scan_stream *s)
{
	for (int i = 0; i < SCAN_SCOPE_COUNT; i++)
		if (s->parts[i].stream != NULL)
			hs_close_stream(s->parts[i].stream, NULL, NULL, NULL);
	s->pool->stats.streams--;
	scan_set_drop(s->set);
	free(s);
}

static void destroy_idle(struct scan_pool *pool)
{
	while (pool->free != NULL) {
		struct scan_stream *s = pool->free;
		pool->free = s->next;
		destroy_stream(s);
	}
}

void scan_pool_destroy(struct scan_pool *pool)
{
	if (pool == NULL)
		return;
	MT_ASSERT(pool->stats.used == 0);
	destroy_idle(pool);
	scan_set_drop(pool->set);
	hs_free_scratch(pool->scratch);
	free(pool);
}

// Makes the scratch large enough for the set. A copy grows, since one that fails to grow is lost.
static int grow_scratch(struct scan_pool *pool, const struct scan_set *set)
{
	hs_scratch_t *grown = NULL;

	if (pool->scratch != NULL &&
		hs_clone_scratch(pool->scratch, &grown) != HS_SUCCESS)
		return -ENOMEM;
	for (int i = 0; i < SCAN_SCOPE_COUNT; i++)
		if (set->databases[i] != NULL &&
			hs_alloc_scratch(set->databases[i], &grown) != HS_SUCCESS) {
			hs_free_scratch(grown);
			return -ENOMEM;
		}
	hs_free_scratch(pool->scratch);
	pool->scratch = grown;
	return 0;
}

int scan_pool_use(struct scan_pool *pool, struct scan_set *set)
{
	if (set == pool->set)
		return 0;
	if (set != NULL) {
		int rc = grow_scratch(pool, set);
		if (rc != 0)
			return rc;
		scan_set_hold(set);
	}
	destroy_idle(pool);
	scan_set_drop(pool->set);
	pool->set = set;
	return 0;
}

struct scan_set *scan_pool_set(const struct scan_pool *pool)
{
	return pool->set;
}

struct scan_pool_stats scan_pool_stats(const struct scan_pool *pool)
{
	return pool->stats;
}

static struct scan_stream *make_stream(struct scan_pool *pool)
{
	struct scan_set *set = pool->set;
	struct scan_stream *s = calloc(1, sizeof(*s) + SCAN_SCOPE_COUNT * set->count);

	if (s == NULL)
		return NULL;
	s->pool = pool;
	s->set = scan_set_hold(set);
	s->is_split =
		set->databases[SCAN_HEADER] != NULL || set->databases[SCAN_BODY] != NULL;
	pool->stats.streams++;
	for (int i = 0; i < SCAN_SCOPE_COUNT; i++) {
		if (set->databases[i] == NULL ||
			hs_open_stream(set->databases[i], 0, &s->parts[i].stream) ==
				HS_SUCCESS)
			continue;
		destroy_stream(s);
		return NULL;
	}
	return s;
}

struct scan_stream *scan_pool_take(struct scan_pool *pool)
{
	struct scan_stream *s = pool->free;

	if (pool->stats.used == pool->streams_max)
		return NULL;
	if (s != NULL)
		pool->free = s->next;
	else
		s = make_stream(pool);
	if (s == NULL)
		return NULL;
	if (++pool->stats.used > pool->stats.used_max)
		pool->stats.used_max = pool->stats.used;
	return s;
}

void scan_pool_put(struct scan_stream *s)
{
	struct scan_pool *pool = s->pool;

	MT_ASSERT(pool->stats.used > 0);
	pool->stats.used--;
	if (s->set != pool->set) {
		destroy_stream(s);
		return;
	}
	s->next = pool->free;
	pool->free = s;
}
