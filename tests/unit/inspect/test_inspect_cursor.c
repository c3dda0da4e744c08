// SPDX-License-Identifier: BSD-3-Clause
#include "cursor.h"
#include "guard.h"

#include "mt_crc32c.h"

#include <errno.h>
#include <stdio.h>

#include <criterion/criterion.h>

#define NOW  1000000ULL
#define MOST 300000000ULL

static struct pending p, again;
static struct mt_buf text;

static void setup(void)
{
	cr_assert_eq(pending_init(&p), 0);
	cr_assert_eq(pending_init(&again), 0);
	mt_buf_init(&text, CURSOR_MAX);
}

static void teardown(void)
{
	pending_fini(&p);
	pending_fini(&again);
	mt_buf_fini(&text);
}

TestSuite(inspect_cursor, .init = setup, .fini = teardown);

static const struct cursor sample = {{3, 4096, 77}, 123456, 789};

static void print_sample(uint64_t mails)
{
	for (uint64_t n = 1; n <= mails; n++) {
		struct mt_id id = mt_id_make(n, 2, n);
		struct spool_position at = {1, n * 8, n};
		struct pending_mail *m = pending_add(&p, &id, &at, 5000 + n);
		if (n % 3 == 0)
			pending_run(&p, m);
		if (n % 2 == 0)
			pending_resume(&p, m, (uint32_t)n, NOW + n * 1000);
	}
	cursor_print(&sample, &p, NOW, &text);
	cr_assert(!text.full);
}

Test(inspect_cursor, is_read_as_it_was_printed)
{
	struct cursor c = {{0}, 0, 0};
	const struct pending_mail *a, *b;

	print_sample(PENDING_MAX); // the most there can be
	cr_assert_eq(cursor_read(mt_buf_span(&text), &c, &again, NOW + 7, MOST), 0);
	cr_expect_eq(memcmp(&c, &sample, sizeof(c)), 0);
	cr_expect_eq(again.count, p.count);
	cr_expect_eq(again.running, 0);
	cr_expect_eq(again.deferred, PENDING_MAX / 2);
	b = TAILQ_FIRST(&again.mails);
	TAILQ_FOREACH(a, &p.mails, link) {
		cr_assert_str_eq(a->id.text, b->id.text);
		cr_assert_eq(memcmp(&a->at, &b->at, sizeof(a->at)), 0);
		cr_assert_eq(a->tries, b->tries);
		cr_assert_eq(a->since_us, b->since_us);
		cr_assert_eq(b->due_us, a->due_us > NOW ? a->due_us + 7 : NOW + 7);
		b = TAILQ_NEXT(b, link);
	}
}

Test(inspect_cursor, no_mail_waits_longer_than_it_may)
{
	struct cursor c;

	print_sample(2);
	cr_assert_eq(cursor_read(mt_buf_span(&text), &c, &again, 0, 1500), 0);
	cr_expect_eq(TAILQ_LAST(&again.mails, pending_mails)->due_us, 1500);
}

Test(inspect_cursor, a_cut_or_changed_one_is_none)
{
	struct cursor c = sample;

	print_sample(3);
	for (size_t len = 0; len < text.len; len++) {
		struct guard g = guard_make(span_make(text.ptr, len));
		cr_assert_eq(
			cursor_read(g.text, &c, &again, NOW, MOST), -EBADMSG, "%zu", len);
		guard_free(&g);
		cr_assert_eq(again.count, 0);
	}
	for (size_t i = 0; i < text.len; i++) {
		text.ptr[i] ^= 1;
		cr_assert_eq(cursor_read(mt_buf_span(&text), &c, &again, NOW, MOST),
			-EBADMSG, "%zu", i);
		cr_assert_eq(again.count, 0);
		text.ptr[i] ^= 1;
	}
	cr_expect_eq(memcmp(&c, &sample, sizeof(c)), 0, "touched on failure");
}

#define HEAD "mailtap-inspect cursor 1\n"
#define ID   "0000000001000000G000000001"

// With the right CRC behind each.
static const struct {
	const char *body;
	bool well;
} bodies[] = {
	{HEAD "at 1 2 3\nverdicts 4 5\n", true},
	{HEAD "at 1 2 3\nverdicts 4 5\nmail " ID " 1 2 3 4 5 6\n", true},
	{"mailtap-inspect cursor 2\nat 1 2 3\nverdicts 4 5\n", false},
	{HEAD "at 1 2\nverdicts 4 5\n", false},
	{HEAD "at 1 2 3 4\nverdicts 4 5\n", false},
	{HEAD "at 1 2  3\nverdicts 4 5\n", false},
	{HEAD "at 1 2 -3\nverdicts 4 5\n", false},
	{HEAD "at 1 2 18446744073709551616\nverdicts 4 5\n", false},
	{HEAD "verdicts 4 5\nat 1 2 3\n", false},
	{HEAD "at 1 2 3\n", false},
	{HEAD "at 1 2 3\nverdicts 4 5\nmale " ID " 1 2 3 4 5 6\n", false},
	{HEAD "at 1 2 3\nverdicts 4 5\nmail " ID " 1 2 3 4 5\n", false},
	{HEAD "at 1 2 3\nverdicts 4 5\nmail " ID " 1 2 3 4294967296 5 6\n", false},
	{HEAD "at 1 2 3\nverdicts 4 5\nmail 0000 1 2 3 4 5 6\n", false},
	{"", false},
};

Test(inspect_cursor, only_the_one_form_is_taken)
{
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct cursor c;
		mt_buf_clear(&text);
		mt_buf_printf(&text, "%send %08x\n", bodies[i].body,
			mt_crc32c(0, span_text(bodies[i].body)));
		cr_expect_eq(cursor_read(mt_buf_span(&text), &c, &again, NOW, MOST),
			bodies[i].well ? 0 : -EBADMSG, "%s", bodies[i].body);
		while (again.count > 0)
			pending_remove(&again, TAILQ_FIRST(&again.mails));
	}
}

Test(inspect_cursor, more_mails_than_there_can_be_are_refused)
{
	struct cursor c;
	struct mt_buf large;

	mt_buf_init(&large, 1 << 20);
	mt_buf_add_text(&large, HEAD "at 1 2 3\nverdicts 4 5\n");
	for (int i = 0; i <= PENDING_MAX; i++)
		mt_buf_add_text(&large, "mail " ID " 1 2 3 4 5 6\n");
	mt_buf_printf(&large, "end %08x\n", mt_crc32c(0, mt_buf_span(&large)));
	cr_expect_eq(cursor_read(mt_buf_span(&large), &c, &again, NOW, MOST), -EBADMSG);
	cr_expect_eq(again.count, 0);
	mt_buf_fini(&large);
}
