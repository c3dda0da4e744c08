// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_pending.h"

#include <stdio.h>

#include <criterion/criterion.h>

#define TEXT 40

static struct smtp_record record(uint8_t kind, const char *a, const char *b)
{
	return (struct smtp_record){kind, span_text(a), span_text(b)};
}

static void expect_front(
	struct smtp_pending *p, uint8_t kind, const char *a, const char *b)
{
	struct smtp_record r;

	cr_assert(smtp_pending_front(p, &r));
	cr_expect(r.kind == kind);
	cr_expect(span_equal(r.a, span_text(a)) && span_equal(r.b, span_text(b)));
}

Test(smtp_pending, records_come_out_in_the_order_they_went_in)
{
	struct mt_pool pool;
	struct smtp_pending p = {0};
	struct smtp_record r;
	char text[8];

	cr_assert(mt_pool_init(&pool, smtp_pending_block(TEXT), 16) == 0);
	for (unsigned i = 0; i < 30; i++) {
		snprintf(text, sizeof(text), "n%u", i);
		r = record((uint8_t)i, text, "params");
		cr_assert(smtp_pending_push(&p, &pool, &r));
	}
	cr_expect(p.count == 30 && pool.used == p.blocks);
	cr_expect(smtp_pending_has(&p, 29) && !smtp_pending_has(&p, 30));
	for (unsigned i = 0; i < 30; i++) {
		snprintf(text, sizeof(text), "n%u", i);
		expect_front(&p, (uint8_t)i, text, "params");
		smtp_pending_pop(&p, &pool);
	}
	cr_expect(!smtp_pending_front(&p, &r));
	cr_expect(pool.used == 0);
	mt_pool_fini(&pool);
}

Test(smtp_pending, a_record_that_does_not_fit_changes_nothing)
{
	struct mt_pool pool;
	struct smtp_pending p = {0};
	char big[TEXT + 64];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = 0;
	cr_assert(mt_pool_init(&pool, smtp_pending_block(TEXT), 1) == 0);
	struct smtp_record r = record(1, big, "");
	cr_expect(!smtp_pending_push(&p, &pool, &r));
	cr_expect(p.count == 0 && pool.used == 0);
	r = record(1, "takes some of the room", "");
	cr_expect(smtp_pending_push(&p, &pool, &r));
	big[TEXT] = 0;
	r = record(2, big, "");
	cr_expect(!smtp_pending_push(&p, &pool, &r), "the pool is empty");
	expect_front(&p, 1, "takes some of the room", "");
	smtp_pending_clear(&p, &pool);
	cr_expect(pool.used == 0);
	mt_pool_fini(&pool);
}

Test(smtp_pending, a_text_of_the_limit_fits_in_a_block)
{
	struct mt_pool pool;
	struct smtp_pending p = {0};
	char text[TEXT + 1];

	memset(text, 'x', TEXT);
	text[TEXT] = 0;
	cr_assert(mt_pool_init(&pool, smtp_pending_block(TEXT), 1) == 0);
	struct smtp_record r = record(1, text, "");
	cr_expect(smtp_pending_push(&p, &pool, &r));
	expect_front(&p, 1, text, "");
	smtp_pending_clear(&p, &pool);
	mt_pool_fini(&pool);
}

Test(smtp_pending, one_queue_cannot_take_the_pool)
{
	struct mt_pool pool;
	struct smtp_pending p = {0};
	struct smtp_record r = record(1, "some text of a command", "");

	cr_assert(mt_pool_init(&pool, smtp_pending_block(TEXT), 1000) == 0);
	for (int i = 0; i < 1000; i++)
		smtp_pending_push(&p, &pool, &r);
	cr_expect(pool.used == SMTP_PENDING_BLOCKS);
	smtp_pending_clear(&p, &pool);
	cr_expect(pool.used == 0);
	mt_pool_fini(&pool);
}

Test(smtp_pending, pushing_and_popping_goes_on_for_ever)
{
	struct mt_pool pool;
	struct smtp_pending p = {0};
	struct smtp_record r = record(1, "abc", "de");

	cr_assert(mt_pool_init(&pool, smtp_pending_block(TEXT), 2) == 0);
	cr_assert(smtp_pending_push(&p, &pool, &r));
	for (int i = 0; i < 10000; i++) {
		cr_assert(smtp_pending_push(&p, &pool, &r));
		smtp_pending_pop(&p, &pool);
		expect_front(&p, 1, "abc", "de");
	}
	smtp_pending_clear(&p, &pool);
	mt_pool_fini(&pool);
}
