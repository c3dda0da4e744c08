// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The connection table of one worker: key to place in its slab. One thread, no locks. The key is
// kept in the place alone, the table holds eight octets a slot. The hash is keyed with a random
// key, so that nobody outside can aim at one slot.

#include "flow_key.h"

struct flow_table;

// The slab: places of one size, each with its key.
struct flow_places {
	uint8_t *memory;
	size_t size; // of a place
	size_t key_at; // where its struct flow_key stands
};

// A table for so many connections, below 2^31. NULL and rte_errno on failure. name: of its memory.
struct flow_table *flow_table_create(
	const char *name, const struct flow_places *places, uint32_t connections);
void flow_table_destroy(struct flow_table *t);
// The place with this key, or NULL.
void *flow_table_find(const struct flow_table *t, const struct flow_key *key);
// The same for n keys at once (at most FLOW_TABLE_BULK): ret[i] is NULL where there is none. The
// misses wait for memory together.
#define FLOW_TABLE_BULK 64
void flow_table_find_bulk(const struct flow_table *t, const struct flow_key *const *keys,
	uint32_t n, void **ret);
// 0, or -ENOSPC when the table is full. The key must be in the place before the next look-up, as
// long as it is in the table; it must not be in the table already.
int flow_table_add(struct flow_table *t, const struct flow_key *key, void *place);
// Nothing happens where it is not in the table.
void flow_table_remove(struct flow_table *t, const struct flow_key *key);
