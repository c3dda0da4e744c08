// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"

#include "mt_siphash.h"

#include <criterion/criterion.h>

// SipHash-1-3 of the octets 0, 1, 2, ... under the zero key, as two other programs give it.
static const struct {
	size_t len;
	uint64_t hash;
} zero_key[] = {
	{1, 0x68a914128e01e473},
	{7, 0x2f098ab0c751325a},
	{8, 0xead411e67ebe2eea},
	{9, 0x75927f9d95124362},
	{15, 0xf30eb725bb91c9ea},
	{16, 0x8972188433a5c5b7},
	{63, 0x385d3e39e5f37359},
};

Test(mt_siphash, gives_the_values_of_other_programs)
{
	static const struct mt_siphash_key zero;
	uint8_t octets[63];

	for (uint8_t i = 0; i < sizeof(octets); i++)
		octets[i] = i;
	for (size_t i = 0; i < sizeof(zero_key) / sizeof(zero_key[0]); i++) {
		struct guard g = guard_make(span_make(octets, zero_key[i].len));
		cr_expect_eq(mt_siphash(&zero, g.text.ptr, g.text.len), zero_key[i].hash,
			"%zu octets", zero_key[i].len);
		guard_free(&g);
	}
}

Test(mt_siphash, both_halves_of_the_key_count)
{
	const struct mt_siphash_key counting = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
	const struct mt_siphash_key half = {0x0706050403020100, 0};

	cr_expect_eq(mt_siphash(&counting, "", 0), 0xabac0158050fc4dc);
	cr_expect_neq(mt_siphash(&half, "", 0), 0xabac0158050fc4dc);
}
