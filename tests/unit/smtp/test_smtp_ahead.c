// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_ahead.h"

#include <criterion/criterion.h>

#define BLOCK 64
#define ROOM  (BLOCK - 16) // octets of a block behind its header

// Octet n of an endless text.
static uint8_t octet(size_t n)
{
	return (uint8_t)(n * 7 + n / 251);
}

static size_t push(struct smtp_ahead *a, struct mt_pool *blocks, size_t from, size_t len)
{
	uint8_t text[4096];

	for (size_t i = 0; i < len; i++)
		text[i] = octet(from + i);
	return smtp_ahead_push(a, blocks, span_make(text, len));
}

Test(smtp_ahead, gives_back_what_was_pushed_whatever_the_pieces)
{
	for (size_t in = 1; in < 100; in += 7) {
		for (size_t out = 1; out < 100; out += 11) {
			struct smtp_ahead a = {0};
			struct mt_pool blocks;
			size_t put = 0, got = 0;
			cr_assert(mt_pool_init(&blocks, BLOCK, 32) == 0);
			while (put < 500) {
				cr_assert(push(&a, &blocks, put, in) == in);
				put += in;
				if (put % 3 == 0)
					continue;
				struct span front = smtp_ahead_front(&a);
				size_t n = front.len < out ? front.len : out;
				for (size_t i = 0; i < n; i++)
					cr_assert(front.ptr[i] == octet(got + i));
				smtp_ahead_take(&a, &blocks, n);
				got += n;
			}
			cr_expect(smtp_ahead_clear(&a, &blocks) == put - got);
			cr_expect(blocks.used == 0);
			cr_expect(smtp_ahead_front(&a).len == 0);
			mt_pool_fini(&blocks);
		}
	}
}

Test(smtp_ahead, looks_at_any_place)
{
	struct smtp_ahead a = {0};
	struct mt_pool blocks;

	cr_assert(mt_pool_init(&blocks, BLOCK, 8) == 0);
	cr_assert(push(&a, &blocks, 0, 200) == 200);
	smtp_ahead_take(&a, &blocks, 10);
	for (size_t i = 0; i < 190; i++) {
		struct span at = smtp_ahead_at(&a, i);
		cr_assert(at.len > 0 && at.ptr[0] == octet(10 + i), "%zu", i);
	}
	cr_expect(smtp_ahead_at(&a, 190).len == 0);
	smtp_ahead_clear(&a, &blocks);
	mt_pool_fini(&blocks);
}

Test(smtp_ahead, is_bounded_by_its_blocks_and_by_the_pool)
{
	struct smtp_ahead a = {0};
	struct mt_pool blocks;

	cr_assert(mt_pool_init(&blocks, BLOCK, SMTP_AHEAD_BLOCKS + 4) == 0);
	cr_expect(push(&a, &blocks, 0, 4096) == (size_t)SMTP_AHEAD_BLOCKS * ROOM);
	cr_expect(blocks.used == SMTP_AHEAD_BLOCKS);
	cr_expect(push(&a, &blocks, 0, 1) == 0);
	smtp_ahead_clear(&a, &blocks);
	mt_pool_fini(&blocks);
	cr_assert(mt_pool_init(&blocks, BLOCK, 2) == 0);
	cr_expect(push(&a, &blocks, 0, 4096) == (size_t)2 * ROOM);
	cr_expect(smtp_ahead_clear(&a, &blocks) == (size_t)2 * ROOM);
	cr_expect(blocks.used == 0);
	mt_pool_fini(&blocks);
}
