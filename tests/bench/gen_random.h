// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Random numbers that are the same for the same seed on every machine: xoshiro256**, seeded by
// splitmix64.

#include <stdbool.h>
#include <stdint.h>

struct gen_random {
	uint64_t state[4];
};

void gen_random_init(struct gen_random *r, uint64_t seed);
uint64_t gen_random_next(struct gen_random *r);
// From 0 to n - 1; n is at least 1.
uint32_t gen_random_below(struct gen_random *r, uint32_t n);
// True with probability p.
bool gen_random_chance(struct gen_random *r, double p);
// Log-normal with this median and mean (mean at least median).
double gen_random_log_normal(struct gen_random *r, double median, double mean);
