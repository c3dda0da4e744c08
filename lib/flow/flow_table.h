// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The connection table of one worker: key to pointer. One thread, no locks. The hash is keyed
// with a random key, so that nobody outside can aim at one bucket.

#include "flow_key.h"

struct flow_table;

// A table for so many connections. NULL and rte_errno on failure.
struct flow_table *flow_table_create(const char *name, uint32_t connections);
void flow_table_destroy(struct flow_table *t);
// The pointer kept under this key, or NULL.
void *flow_table_find(const struct flow_table *t, const struct flow_key *key);
// The same for n keys at once (at most 64): ret[i] is NULL where there is none.
void flow_table_find_bulk(const struct flow_table *t, const struct flow_key *const *keys,
	uint32_t n, void **ret);
// 0, or -ENOSPC when the table is full.
int flow_table_add(struct flow_table *t, const struct flow_key *key, void *value);
void flow_table_remove(struct flow_table *t, const struct flow_key *key);
