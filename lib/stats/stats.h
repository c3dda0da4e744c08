// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Every counter has one name, one unit, one line of help and one writer. A block of counters
// belongs to one lcore, which moves them with relaxed loads and stores; anybody may add up a
// snapshot (uneven perhaps, never torn). The ledger is a list of sums that must close.

#include "mt_json.h"
#include "mt_odd.h"

#include <stdatomic.h>

// name, unit, help. The prefix says who writes it: rx_, tcp_, smtp_, mail_, writer_.
#include "stats_list.h"

enum stats_counter {
#define X(name, unit, help) STATS_##name,
	STATS_LIST(X)
#undef X
	STATS_COUNT
};

struct stats_block {
	_Atomic uint64_t counter[STATS_COUNT];
	_Atomic uint64_t odd[MT_ODD_COUNT];
} __attribute__((aligned(64)));

static inline void stats_add(struct stats_block *b, enum stats_counter c, uint64_t n)
{
	atomic_store_explicit(&b->counter[c],
		atomic_load_explicit(&b->counter[c], memory_order_relaxed) + n,
		memory_order_relaxed);
}
// For gauges and for counters kept elsewhere.
static inline void stats_set(struct stats_block *b, enum stats_counter c, uint64_t n)
{
	atomic_store_explicit(&b->counter[c], n, memory_order_relaxed);
}
static inline void stats_odd(struct stats_block *b, enum mt_odd odd)
{
	atomic_store_explicit(&b->odd[odd],
		atomic_load_explicit(&b->odd[odd], memory_order_relaxed) + 1,
		memory_order_relaxed);
}

struct stats_sum {
	uint64_t counter[STATS_COUNT];
	uint64_t odd[MT_ODD_COUNT];
	bool live; // ports that may hold packets which nobody has taken; of a file all are taken
};

// Adds a block to a sum.
void stats_sum_add(struct stats_sum *sum, const struct stats_block *b);
const char *stats_name(enum stats_counter c);
const char *stats_unit(enum stats_counter c);
const char *stats_help(enum stats_counter c);

// The closed sums: left = the sum of right.
enum stats_ledger {
	STATS_LEDGER_PACKETS,
	STATS_LEDGER_WORKERS, // given to workers = taken by them
	STATS_LEDGER_OCTETS,
	STATS_LEDGER_SEQUENCE,
	STATS_LEDGER_TRANSACTIONS,
	STATS_LEDGER_MAILS,
	STATS_LEDGER_FATES, // played back = stored + not kept + given up
	STATS_LEDGER_SESSIONS,
	STATS_LEDGER_COUNT
};

const char *stats_ledger_name(enum stats_ledger which);
// Whether this sum closes; *ret_left and *ret_right are its sides.
bool stats_ledger_check(const struct stats_sum *sum, enum stats_ledger which,
	uint64_t *ret_left, uint64_t *ret_right);
// All of them. During a run (at_end false) of the sums whose two sides have different writers the
// right side, which is to be read first, may be less by what is under way; the others may be off for
// a moment by the burst under way, so a caller that doubts takes a second snapshot. At the end
// every sum must close, every gauge be 0, the writer have played back every mail begun, and
// rx_port_packets of files, unless it is 0 (no port counts), equal rx_packets.
bool stats_balanced(const struct stats_sum *sum, bool at_end);
// The ledger as an object under key: "balanced", and every sum with "closes", "left", "right" and
// its counters by name.
void stats_ledger_json(
	struct mt_json *j, const char *key, const struct stats_sum *sum, bool at_end);
