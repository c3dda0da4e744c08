// SPDX-License-Identifier: BSD-3-Clause
#include "mt_pool.h"

#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#define COUNT 100

Test(mt_pool, hands_out_each_block_once_and_then_none)
{
	struct mt_pool pool;
	uint8_t *blocks[COUNT];

	cr_assert_eq(mt_pool_init(&pool, 33, COUNT), 0);
	cr_expect_eq(pool.size, 48);
	for (uint32_t i = 0; i < COUNT; i++) {
		blocks[i] = mt_pool_take(&pool);
		cr_assert_not_null(blocks[i]);
		cr_expect_eq((uintptr_t)blocks[i] % 16, 0);
		cr_expect_eq(mt_pool_index(&pool, blocks[i]), i);
		memset(blocks[i], (int)i, 33);
	}
	cr_expect_null(mt_pool_take(&pool));
	cr_expect_eq(mt_pool_left(&pool), 0);
	for (uint32_t i = 0; i < COUNT; i++)
		for (int o = 0; o < 33; o++)
			cr_assert_eq(blocks[i][o], i, "blocks overlap");
	mt_pool_fini(&pool);
	cr_expect_null(pool.memory);
}

Test(mt_pool, what_is_given_back_comes_out_again)
{
	struct mt_pool pool;

	cr_assert_eq(mt_pool_init(&pool, 1, 3), 0);
	void *a = mt_pool_take(&pool), *b = mt_pool_take(&pool);
	mt_pool_put(&pool, a);
	mt_pool_put(&pool, b);
	cr_expect_eq(pool.used, 0);
	cr_expect_eq(mt_pool_take(&pool), b, "the newest is still in the cache");
	cr_expect_eq(mt_pool_take(&pool), a);
	cr_expect_not_null(mt_pool_take(&pool));
	cr_expect_null(mt_pool_take(&pool));
	mt_pool_put(&pool, NULL);
	cr_expect_eq(pool.used, 3);
	mt_pool_fini(&pool);
}

Test(mt_pool, nothing_of_nothing_is_refused)
{
	struct mt_pool pool;

	cr_expect_eq(mt_pool_init(&pool, 0, 1), -EINVAL);
	cr_expect_eq(mt_pool_init(&pool, 1, 0), -EINVAL);
	cr_expect_eq(mt_pool_init(&pool, SIZE_MAX / 2, 2), -ENOMEM);
}
