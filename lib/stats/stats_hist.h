// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A histogram with a bucket for each power of two: one writer, which moves it with relaxed loads
// and stores; anybody may take a snapshot (uneven perhaps, never torn). It holds how many values
// were at most 1, 2, 4 ... and their sum, and never grows.

#include <stdatomic.h>
#include <stdint.h>

// The last bucket takes what is above 2^(STATS_HIST_BUCKETS - 2).
#define STATS_HIST_BUCKETS 42

struct stats_hist {
	_Atomic uint64_t bucket[STATS_HIST_BUCKETS];
	_Atomic uint64_t sum;
};

struct stats_hist_view {
	uint64_t bucket[STATS_HIST_BUCKETS]; // not cumulative
	uint64_t count, sum;
};

void stats_hist_add(struct stats_hist *h, uint64_t value);
// Adds what a histogram holds to a view.
void stats_hist_get(const struct stats_hist *h, struct stats_hist_view *view);
// The bucket a value falls into: the least n with value <= 2^n, or the last one.
uint32_t stats_hist_bucket(uint64_t value);
// The least power of two that at least `ppm` millionths of the values do not exceed; 0 when there
// are none, UINT64_MAX when it is in the last bucket.
uint64_t stats_hist_bound(const struct stats_hist_view *view, uint32_t ppm);
