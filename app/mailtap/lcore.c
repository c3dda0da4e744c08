// SPDX-License-Identifier: BSD-3-Clause
#include "lcore.h"

#include "test_hooks.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_pause.h>

// Polls that may find nothing before the lcore sleeps, and how long: on a CPU that others need
// too, a spinning neighbour costs them whole scheduler slices. Whoever finds nothing for long
// sleeps longer; the rings in front of every role last for that.
#define EMPTY_BEFORE_SLEEP      256
#define EMPTY_BEFORE_LONG_SLEEP 512
#define SLEEP_US                50
#define LONG_SLEEP_US           200

static void rest(const struct lcore *l, unsigned empty)
{
	if (l->spin || empty < EMPTY_BEFORE_SLEEP)
		rte_pause();
	else
		usleep(empty < EMPTY_BEFORE_LONG_SLEEP ? SLEEP_US : LONG_SLEEP_US);
}

int lcore_main(void *ctx)
{
	struct lcore *l = ctx;
	uint64_t before = rte_rdtsc();
	unsigned empty = 0;

	prctl(PR_SET_TIMERSLACK, 1UL);
	while (!atomic_load_explicit(l->stop, memory_order_acquire)) {
		unsigned done = 0;
		for (uint32_t i = 0; i < l->role_count; i++)
			done += l->roles[i].poll(l->roles[i].ctx);
		empty = done > 0 ? 0 : empty + 1;
		if (empty > 0)
			rest(l, empty);
		TEST_HOOK(TEST_HOOKS_LCORE);
		uint64_t now = rte_rdtsc();
		stats_add(&l->stats, empty > 0 ? STATS_idle_cycles : STATS_busy_cycles,
			now - before);
		before = now;
	}
	return 0;
}
