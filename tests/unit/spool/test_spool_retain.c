// SPDX-License-Identifier: BSD-3-Clause
#include "spool_box.h"
#include "spool_reader.h"

#include "mt_clock.h"

#include <errno.h>
#include <stdio.h>

#include <criterion/criterion.h>

#define DAY   86400000000ULL
#define NEVER UINT64_MAX // what the announcer needs: nothing

static struct box box;
static uint8_t text[100000];

static void setup(void)
{
	box_init(&box);
	box.settings.segment_size = 64 << 10;
}

static void teardown(void)
{
	box_fini(&box);
}

TestSuite(spool_retain, .init = setup, .fini = teardown);

// n mails, each of which fills a segment, all durable.
static void fill(unsigned n)
{
	while (n-- > 0) {
		struct mt_id id;
		struct spool_mail *m = box_begin(&box, &id);
		spool_content(box.spool, m, span_make(text, sizeof(text)), text);
		cr_assert_eq(spool_settle(box.spool, m), 0);
		spool_commit(box.spool, m, span_text("{}"));
		box_sync(&box);
	}
}

static struct spool_status status(void)
{
	struct spool_status s;

	spool_status_get(box.spool, &s);
	return s;
}

static unsigned retain_all(const struct spool_retention *r, uint64_t wall_us)
{
	unsigned n = 0;

	while (spool_retain(box.spool, r, wall_us, NEVER) == 1) {
		box_sync(&box);
		n++;
	}
	return n;
}

static bool count_mail(void *ctx, const struct spool_found *found)
{
	unsigned *n = ctx;

	(void)found;
	++*n;
	return true;
}

static unsigned mails_left(void)
{
	struct spool_reader *r =
		spool_reader_open(box.settings.directory, &box.calls, &box.error);
	unsigned n = 0;

	cr_assert_not_null(r);
	spool_reader_newest(r, 1000, count_mail, &n);
	spool_reader_close(r);
	return n;
}

Test(spool_retain, without_limits_nothing_goes)
{
	const struct spool_retention none = {0};

	box_open(&box);
	fill(5);
	cr_expect_eq(
		spool_retain(box.spool, &none, mt_clock_wall_us() + 999 * DAY, NEVER), 0);
	cr_expect_eq(status().expired_segments, 0);
	box_close(&box);
}

Test(spool_retain, the_oldest_go_until_the_size_is_kept)
{
	const struct spool_retention r = {.size = 350000};

	box_open(&box);
	fill(8);
	cr_assert_gt(status().octets, r.size);
	unsigned n = retain_all(&r, 0);
	cr_expect_gt(n, 3);
	cr_expect_leq(status().octets, r.size);
	cr_expect_gt(status().octets, r.size / 2, "no more than necessary");
	cr_expect_eq(status().expired_segments, n);
	cr_expect_eq(status().expired_mails, 8 - mails_left());
	cr_expect(box_told(&box, "\"kind\":\"expired\",\"limit\":\"size\""));
	box_close(&box);
}

Test(spool_retain, room_is_kept_in_octets_or_as_a_share)
{
	struct spool_retention r = {.free = 1000000};

	box_open(&box);
	fill(6);
	cr_expect_eq(spool_retain(box.spool, &r, 0, NEVER), 0);
	sim_disk_set_space(box.disk, 900000);
	cr_expect_eq(spool_retain(box.spool, &r, 0, NEVER), 1);
	r = (struct spool_retention){.free_percent = 90};
	box_sync(&box);
	cr_expect_eq(spool_retain(box.spool, &r, 0, NEVER), 1);
	cr_expect_eq(status().expired_segments, 2);
	box_close(&box);
}

Test(spool_retain, mails_go_by_age_and_not_a_moment_earlier)
{
	const struct spool_retention r = {.age_us = 7 * DAY};
	uint64_t before = mt_clock_wall_us();

	box_open(&box);
	fill(3);
	cr_expect_eq(retain_all(&r, before + r.age_us - 1), 0);
	// That look closed the one in use, and the one begun behind it holds no mail.
	unsigned segments = status().segments;
	cr_expect_eq(retain_all(&r, mt_clock_wall_us() + r.age_us + DAY), segments - 1);
	cr_expect_eq(mails_left(), 0);
	box_close(&box);
}

// Else the mails of a quiet site would live as long as it takes to fill one.
Test(spool_retain, a_segment_is_begun_anew_within_the_age)
{
	const struct spool_retention r = {.age_us = 8 * DAY};
	uint64_t now = mt_clock_wall_us();

	box_open(&box);
	box_mail(&box, "content", "{}");
	box_sync(&box);
	uint64_t first = status().segment;
	cr_expect_eq(spool_retain(box.spool, &r, now + DAY / 2, NEVER), 0);
	cr_expect_eq(status().segment, first);
	cr_expect_eq(spool_retain(box.spool, &r, now + DAY + DAY / 2, NEVER), 0);
	cr_expect_eq(status().segment, first + 1);
	// One without mails stays.
	cr_expect_eq(spool_retain(box.spool, &r, now + 3 * DAY, NEVER), 0);
	cr_expect_eq(status().segment, first + 1);
	box_close(&box);
}

Test(spool_retain, what_is_in_use_stays)
{
	const struct spool_retention r = {.size = 1};
	struct mt_id id;

	box_open(&box);
	cr_expect_eq(spool_retain(box.spool, &r, 0, NEVER), -EBUSY, "it takes entries");
	struct spool_mail *m = box_begin(&box, &id);
	spool_content(box.spool, m, span_make(text, sizeof(text)), text);
	box_sync(&box);
	box_mail(&box, "begins the next segment", "{}");
	box_sync(&box);
	cr_expect_eq(spool_retain(box.spool, &r, 0, NEVER), -EBUSY,
		"an open mail has its content there");
	cr_assert_eq(spool_settle(box.spool, m), 0);
	spool_commit(box.spool, m, span_text("{}"));
	cr_expect_eq(spool_retain(box.spool, &r, 0, NEVER), -EBUSY,
		"that mail is not announced yet");
	box_sync(&box);
	cr_expect_eq(
		spool_retain(box.spool, &r, 0, 1), -EBUSY, "eve.json lacks its lines");
	cr_expect_eq(spool_retain(box.spool, &r, 0, NEVER), 1);
	box_close(&box);
}

struct got {
	size_t octets;
};

static int take(void *ctx, struct span piece)
{
	struct got *got = ctx;

	got->octets += piece.len;
	return 0;
}

Test(spool_retain, a_mail_in_two_segments_goes_with_the_older_one)
{
	const struct spool_retention r = {.size = 300000};
	struct spool_found found;
	struct mt_id id;
	struct got got = {0};

	box_open(&box);
	struct spool_mail *m = box_begin(&box, &id);
	spool_content(box.spool, m, span_make(text, sizeof(text)), text);
	box_sync(&box);
	fill(1);
	spool_content(box.spool, m, span_make(text, sizeof(text)), text);
	cr_assert_eq(spool_settle(box.spool, m), 0);
	spool_commit(box.spool, m, span_text("{}"));
	box_sync(&box);
	cr_expect_eq(spool_retain(box.spool, &r, 0, NEVER), 1);
	struct spool_reader *reader =
		spool_reader_open(box.settings.directory, &box.calls, &box.error);
	cr_assert_not_null(reader);
	cr_assert_eq(spool_reader_find(reader, &id, &found), 1);
	cr_expect_eq(spool_reader_content(reader, &found, take, &got), -ENOENT);
	spool_reader_close(reader);
	box_close(&box);
	// A restart takes it as it is.
	box_open(&box);
	cr_expect_not(box_told(&box, "corrupt"));
	box_close(&box);
}

Test(spool_retain, a_restart_knows_ages_and_mails)
{
	const struct spool_retention r = {.age_us = 7 * DAY};

	box_open(&box);
	fill(4);
	box_close(&box);
	box_open(&box);
	uint64_t oldest = status().oldest_us;
	cr_expect_geq(oldest + DAY, mt_clock_wall_us());
	unsigned n = retain_all(&r, mt_clock_wall_us() + r.age_us);
	cr_expect_gt(n, 3);
	cr_expect_eq(status().expired_mails, 4);
	box_close(&box);
}
