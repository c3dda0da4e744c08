// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// SipHash-1-3 with a 64-bit result: a keyed hash for tables that are filled by strangers.
// (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012; the 1-3 rounds are enough for
// tables, where only collisions matter.)

#include <stddef.h>
#include <stdint.h>

struct mt_siphash_key {
	uint64_t k0, k1;
};

uint64_t mt_siphash(const struct mt_siphash_key *key, const void *data, size_t len);
