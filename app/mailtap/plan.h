// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Who runs where: configuration and CPUs in, a list of lcores with their roles out. Pure: it asks
// neither the machine nor DPDK.

#include "conf.h"

#define PLAN_LCORES_MAX 64
#define PLAN_ROLES_MAX  (2 * CONF_CORES_MAX + 1)

enum plan_role_kind {
	PLAN_RX,
	PLAN_WORKER,
	PLAN_WRITER,
};

struct plan_role {
	enum plan_role_kind kind;
	uint32_t index; // nth rx, nth worker
};

struct plan_lcore {
	uint32_t cpu;
	uint32_t role_count;
	struct plan_role roles[PLAN_ROLES_MAX];
};

struct plan {
	uint32_t lcore_count, rx_count, worker_count;
	struct plan_lcore lcores[PLAN_LCORES_MAX];
};

// cpus: numbers we may run on, count of them at least 1; sources: (port, queue) pairs to poll.
// 0, or -EINVAL with error text when the configuration names a CPU we may not use.
int plan_make(struct plan *plan, const struct conf_cores *cores, const uint32_t *cpus,
	uint32_t cpu_count, uint32_t sources, struct mt_error *error);
// The EAL argument: lcore 0 is the control thread and floats over all CPUs, the roles are pinned.
void plan_lcores_text(const struct plan *plan, const uint32_t *cpus, uint32_t cpu_count,
	struct mt_buf *out);
