// SPDX-License-Identifier: BSD-3-Clause
#include "stats.h"

static const struct {
	const char *name, *unit, *help;
} counters[STATS_COUNT] = {
#define X(name, unit, help) [STATS_##name] = {#name, unit, help},
	STATS_LIST(X)
#undef X
};

void stats_sum_add(struct stats_sum *sum, const struct stats_block *b)
{
	for (int c = 0; c < STATS_COUNT; c++)
		sum->counter[c] +=
			atomic_load_explicit(&b->counter[c], memory_order_relaxed);
	for (int o = 0; o < MT_ODD_COUNT; o++)
		sum->odd[o] += atomic_load_explicit(&b->odd[o], memory_order_relaxed);
}

const char *stats_name(enum stats_counter c)
{
	return counters[c].name;
}

const char *stats_unit(enum stats_counter c)
{
	return counters[c].unit;
}

const char *stats_help(enum stats_counter c)
{
	return counters[c].help;
}
