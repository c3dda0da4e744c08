// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A histogram as the appliance tells it: cumulative counts by upper bound, in any order.

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define BUCKET_MAX 80

struct bucket {
	uint64_t bound; // UINT64_MAX: no bound
	uint64_t below; // so many were at most this
};

// The buckets of an answer in the order of their bounds, made to grow; how many.
size_t bucket_read(const json_t *answer, struct bucket to[BUCKET_MAX]);
