// SPDX-License-Identifier: BSD-3-Clause

// The source itself, so that both ways of counting can be compared on one machine.
#include "guard.h"

#include "mt_crc32c.c"

#include <criterion/criterion.h>

#define LONGEST 9000 // covers several turns of three lanes

static uint8_t noise[LONGEST];

static void make_noise(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < LONGEST; i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = (uint8_t)(x >> 24);
	}
}

TestSuite(mt_crc32c, .init = make_noise);

// RFC 3720 B.4 and the check value of the CRC catalogues.
Test(mt_crc32c, gives_the_published_values)
{
	uint8_t zeros[32] = {0}, ones[32], up[32], down[32];

	for (uint8_t i = 0; i < 32; i++) {
		ones[i] = 0xff;
		up[i] = i;
		down[i] = (uint8_t)(31 - i);
	}
	cr_expect_eq(mt_crc32c(0, span_make(zeros, 32)), 0x8a9136aa);
	cr_expect_eq(mt_crc32c(0, span_make(ones, 32)), 0x62a8ab43);
	cr_expect_eq(mt_crc32c(0, span_make(up, 32)), 0x46dd794e);
	cr_expect_eq(mt_crc32c(0, span_make(down, 32)), 0x113fdb5c);
	cr_expect_eq(mt_crc32c(0, span_text("123456789")), 0xe3069283);
	cr_expect_eq(mt_crc32c(0, span_make(NULL, 0)), 0);
}

Test(mt_crc32c, table_and_instruction_agree_at_every_length)
{
	for (size_t len = 0; len <= LONGEST; len += len < 300 ? 1 : 37) {
		struct span s = span_make(noise, len);
		cr_assert_eq(~by_table(~7u, s), mt_crc32c(7, s), "length %zu", len);
	}
}

Test(mt_crc32c, parts_extend_to_the_whole)
{
	struct span all = span_make(noise, LONGEST);
	uint32_t whole = mt_crc32c(0, all);

	for (size_t cut = 0; cut <= LONGEST; cut += 61)
		cr_assert_eq(
			mt_crc32c(mt_crc32c(0, span_head(all, cut)), span_skip(all, cut)),
			whole, "cut at %zu", cut);
}

Test(mt_crc32c, reads_nothing_behind_the_end)
{
	for (size_t len = 0; len < 40; len++) {
		struct guard g = guard_make(span_make(noise, len));
		cr_assert_eq(mt_crc32c(0, g.text), mt_crc32c(0, span_make(noise, len)));
		cr_assert_eq(~by_table(~0u, g.text), mt_crc32c(0, g.text));
		guard_free(&g);
	}
}
