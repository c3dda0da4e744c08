// SPDX-License-Identifier: BSD-3-Clause
#include "stats_hist.h"

uint32_t stats_hist_bucket(uint64_t value)
{
	uint32_t n = value <= 1 ? 0 : 64 - (uint32_t)__builtin_clzll(value - 1);

	return n < STATS_HIST_BUCKETS ? n : STATS_HIST_BUCKETS - 1;
}

static void move(_Atomic uint64_t *what, uint64_t by)
{
	atomic_store_explicit(what, atomic_load_explicit(what, memory_order_relaxed) + by,
		memory_order_relaxed);
}

void stats_hist_add(struct stats_hist *h, uint64_t value)
{
	move(&h->bucket[stats_hist_bucket(value)], 1);
	move(&h->sum, value);
}

void stats_hist_get(const struct stats_hist *h, struct stats_hist_view *view)
{
	for (uint32_t i = 0; i < STATS_HIST_BUCKETS; i++) {
		uint64_t n = atomic_load_explicit(&h->bucket[i], memory_order_relaxed);
		view->bucket[i] += n;
		view->count += n;
	}
	view->sum += atomic_load_explicit(&h->sum, memory_order_relaxed);
}

uint64_t stats_hist_bound(const struct stats_hist_view *view, uint32_t ppm)
{
	// Rounded up, so that a share of one value is that value.
	uint64_t wanted =
		(uint64_t)(((unsigned __int128)view->count * ppm + 999999) / 1000000);
	uint64_t seen = 0;

	if (view->count == 0)
		return 0;
	for (uint32_t i = 0; i + 1 < STATS_HIST_BUCKETS; i++) {
		seen += view->bucket[i];
		if (seen >= wanted)
			return 1ULL << i;
	}
	return UINT64_MAX;
}
