// SPDX-License-Identifier: BSD-3-Clause
#include "pending.h"

#include <criterion/criterion.h>

static struct pending p;

static void setup(void)
{
	cr_assert_eq(pending_init(&p), 0);
}

static void teardown(void)
{
	pending_fini(&p);
}

TestSuite(inspect_pending, .init = setup, .fini = teardown);

static struct pending_mail *add(uint64_t n)
{
	struct mt_id id = mt_id_make(1, 2, n);
	struct spool_position at = {1, n * 8, n};

	return pending_add(&p, &id, &at, 1000 + n);
}

Test(inspect_pending, gives_them_in_log_order_and_not_twice)
{
	struct pending_mail *a = add(1), *b = add(2), *c = add(3);

	cr_expect_eq(pending_next_us(&p), 0);
	cr_expect_eq(pending_due(&p, 0), a);
	pending_run(&p, a);
	cr_expect_eq(pending_due(&p, 0), b);
	pending_run(&p, b);
	pending_remove(&p, b);
	cr_expect_eq(pending_due(&p, 0), c);
	pending_run(&p, c);
	cr_expect_null(pending_due(&p, UINT64_MAX));
	cr_expect_eq(pending_next_us(&p), UINT64_MAX);
	cr_expect_eq(p.count, 2);
	cr_expect_eq(p.running, 2);
	cr_expect_eq(p.deferred, 0);
}

Test(inspect_pending, a_deferred_mail_waits_and_lets_the_others_by)
{
	struct pending_mail *a = add(1), *b = add(2);

	pending_run(&p, a);
	pending_defer(&p, a, 500);
	cr_expect_eq(a->tries, 1);
	cr_expect_eq(p.deferred, 1);
	cr_expect_eq(p.running, 0);
	cr_expect_eq(pending_due(&p, 499), b);
	cr_expect_eq(pending_due(&p, 500), a);
	pending_run(&p, a);
	cr_expect_eq(p.deferred, 0);
	pending_release(&p, a); // broken off: the try does not count
	cr_expect_eq(a->tries, 1);
	cr_expect_eq(p.deferred, 1);
	pending_remove(&p, a);
	pending_remove(&p, b);
	cr_expect_eq(p.deferred, 0);
	cr_expect_eq(p.count, 0);
	cr_expect_eq(pending_next_us(&p), UINT64_MAX);
}

Test(inspect_pending, is_bounded)
{
	for (uint64_t n = 0; n < PENDING_MAX; n++) {
		cr_assert(!pending_is_full(&p));
		cr_assert_not_null(add(n));
	}
	cr_expect(pending_is_full(&p));
	cr_expect_null(add(PENDING_MAX));
	pending_remove(&p, pending_due(&p, 0));
	cr_assert_not_null(add(PENDING_MAX));
	cr_expect_eq(pending_due(&p, 0)->at.sequence, 1);
}

// first, most, tries, random, delay
static const struct {
	uint64_t first, most;
	uint32_t tries, random;
	uint64_t want;
} delays[] = {
	{1000, 300000, 1, 0, 500},
	{1000, 300000, 1, UINT32_MAX, 999},
	{1000, 300000, 2, 0, 1000},
	{1000, 300000, 3, 0, 2000},
	{1000, 300000, 9, 0, 128000},
	{1000, 300000, 10, 0, 150000},
	{1000, 300000, 1000, 0, 150000},
	{1000, 300000, UINT32_MAX, UINT32_MAX, 299999},
	{1000, 1000, 5, 0x80000000, 750},
	{86400000000, 86400000000, 40, 0, 43200000000},
};

Test(inspect_pending, the_delay_doubles_up_to_a_bound)
{
	for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++)
		cr_expect_eq(pending_delay_us(delays[i].first, delays[i].most,
				     delays[i].tries, delays[i].random),
			delays[i].want, "%zu: %llu", i,
			(unsigned long long)pending_delay_us(delays[i].first,
				delays[i].most, delays[i].tries, delays[i].random));
}
