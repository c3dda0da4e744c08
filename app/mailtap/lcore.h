// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The loop of one lcore: calls its roles in turn, counts what its cycles went to, and backs off
// when there is nothing to do.

#include "plan.h"
#include "stats.h"

#include <stdatomic.h>
#include <stdbool.h>

struct lcore_role {
	unsigned (*poll)(void *ctx);
	void *ctx;
	enum plan_role_kind kind;
};

struct lcore {
	struct lcore_role roles[PLAN_ROLES_MAX];
	uint32_t role_count;
	uint32_t cpu;
	bool spin;
	const _Atomic bool *stop;
	struct stats_block stats; // busy and idle cycles
} __attribute__((aligned(64)));

// For rte_eal_remote_launch. Returns 0 when *stop is set.
int lcore_main(void *ctx);
