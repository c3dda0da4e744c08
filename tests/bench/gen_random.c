// SPDX-License-Identifier: BSD-3-Clause
#include "gen_random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

void gen_random_init(struct gen_random *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		r->state[i] = splitmix(&seed);
}

uint64_t gen_random_next(struct gen_random *r)
{
	uint64_t *s = r->state;
	uint64_t result = rotate(s[1] * 5, 7) * 9, shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate(s[3], 45);
	return result;
}

uint32_t gen_random_below(struct gen_random *r, uint32_t n)
{
	return (uint32_t)((gen_random_next(r) >> 32) * n >> 32);
}

// From 0 inclusive to 1 exclusive.
static double unit(struct gen_random *r)
{
	return (double)(gen_random_next(r) >> 11) * 0x1p-53;
}

bool gen_random_chance(struct gen_random *r, double p)
{
	return p > 0 && unit(r) < p;
}

double gen_random_log_normal(struct gen_random *r, double median, double mean)
{
	double sigma = mean > median ? sqrt(2 * log(mean / median)) : 0;
	double normal = sqrt(-2 * log(1 - unit(r))) * cos(2 * M_PI * unit(r));

	return median * exp(sigma * normal);
}
