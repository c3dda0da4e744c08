// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The sum of RFC 1071 over every octet of a mail: eight octets a step.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Of two words, with the carry brought round.
static inline uint64_t checksums_plus(uint64_t a, uint64_t b)
{
	a += b;
	return a + (a < b);
}

// Of len octets at any address, folded, in the order of the machine's 16-bit words; an odd last
// octet counts with a zero behind it. Not complemented.
static inline uint16_t checksums_sum(const uint8_t *at, size_t len)
{
	uint64_t even = 0, odd = 0, word[2];

	for (; len >= sizeof(word); at += sizeof(word), len -= sizeof(word)) {
		memcpy(word, at, sizeof(word));
		even = checksums_plus(even, word[0]);
		odd = checksums_plus(odd, word[1]);
	}
	word[0] = word[1] = 0;
	memcpy(word, at, len);
	even = checksums_plus(
		checksums_plus(even, word[0]), checksums_plus(odd, word[1]));
	even = (even & 0xffffffff) + (even >> 32);
	even = (even & 0xffff) + (even >> 16 & 0xffff) + (even >> 32);
	even = (even & 0xffff) + (even >> 16);
	return (uint16_t)((even & 0xffff) + (even >> 16));
}
