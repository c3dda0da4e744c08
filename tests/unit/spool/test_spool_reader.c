// SPDX-License-Identifier: BSD-3-Clause
#include "spool_box.h"
#include "spool_reader.h"

#include <errno.h>
#include <stdio.h>

#include <criterion/criterion.h>

static struct box box;
static struct spool_reader *reader;

static void setup(void)
{
	box_init(&box);
	box_open(&box);
	reader = spool_reader_open("/spool", &box.calls, &box.error);
	cr_assert_not_null(reader, "%s", box.error.text);
}

static void teardown(void)
{
	spool_reader_close(reader);
	if (box.spool != NULL)
		box_close(&box);
	box_fini(&box);
}

TestSuite(spool_reader, .init = setup, .fini = teardown);

static int add_text(void *ctx, struct span text)
{
	return mt_buf_add(ctx, text) ? 0 : -ENOMEM;
}

static void expect_next(const char *json)
{
	struct spool_found found;

	cr_assert_eq(spool_reader_next(reader, &found), 1, "%s", json);
	cr_expect(span_equal(found.json, span_text(json)), "%.*s is not %s",
		(int)found.json.len, found.json.ptr, json);
}

static void expect_none(void)
{
	struct spool_found found;

	cr_expect_eq(spool_reader_next(reader, &found), 0);
}

Test(spool_reader, shows_nothing_before_it_is_durable_and_follows_the_writer)
{
	expect_none();
	box_mail(&box, "a", "{\"n\":1}");
	spool_flush(box.spool);
	expect_none();
	box_sync(&box);
	expect_next("{\"n\":1}");
	expect_none();
	spool_record(box.spool, span_text("{\"n\":2}"));
	box_sync(&box);
	expect_next("{\"n\":2}");
	expect_none();
}

Test(spool_reader, goes_on_behind_a_cursor_over_segments)
{
	char json[32];
	struct spool_found found = {.type = SPOOL_ENTRY_NONE};
	static char text[30000];

	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 20; i++) {
		snprintf(json, sizeof(json), "{\"n\":%d}", i);
		box_mail(&box, text, json);
	}
	box_sync(&box);
	for (int i = 0; i < 20; i++) {
		snprintf(json, sizeof(json), "{\"n\":%d}", i);
		cr_assert_eq(spool_reader_next(reader, &found), 1);
		cr_expect(span_equal(found.json, span_text(json)));
		spool_reader_seek(reader, found.at.segment, found.at.offset);
	}
	cr_expect_gt(found.at.segment, 3);
	expect_none();
	cr_expect_eq(spool_reader_expired(reader), 0);
}

Test(spool_reader, passes_over_an_abandoned_tail)
{
	box_mail(&box, "a", "{\"n\":1}");
	box_sync(&box);
	spool_record(box.spool, span_text("{\"n\":2}"));
	sim_disk_fail_sync(box.disk);
	box_sync(&box);
	box_sync(&box);
	expect_next("{\"n\":1}");
	expect_next("{\"n\":2}");
	expect_none();
}

Test(spool_reader, finds_a_mail_and_tells_its_content)
{
	struct spool_found found;
	struct mt_buf text;
	struct mt_id id = box_mail(&box, "the content", "{\"n\":1}"),
		     none = mt_id_make(1, 2, 3);

	mt_buf_init(&text, 1000);
	for (int i = 0; i < 2; i++) { // unsealed, then sealed
		if (i == 0)
			box_sync(&box);
		else
			box_close(&box);
		mt_buf_clear(&text);
		cr_expect_eq(spool_reader_find(reader, &none, &found), 0);
		cr_assert_eq(spool_reader_find(reader, &id, &found), 1);
		cr_expect(span_equal(found.json, span_text("{\"n\":1}")));
		cr_expect_eq(spool_reader_content(reader, &found, add_text, &text), 0);
		cr_expect(span_equal(mt_buf_span(&text), span_text("the content")));
	}
	mt_buf_fini(&text);
}

Test(spool_reader, loads_a_commit_again_by_its_place)
{
	struct spool_found first, second, again;
	struct spool_position place;
	struct mt_error error;
	struct mt_buf text;
	static char large[30000];
	char path[64];

	memset(large, 'x', sizeof(large) - 1);
	mt_buf_init(&text, 1000);
	box_mail(&box, "the content", "{\"n\":1}");
	for (int i = 0; i < 8; i++)
		box_mail(&box, large, "{\"n\":2}");
	box_sync(&box);
	cr_assert_eq(spool_reader_next(reader, &first), 1);
	place = first.at;
	for (int i = 0; i < 8; i++)
		cr_assert_eq(spool_reader_next(reader, &second), 1);
	cr_expect_gt(second.at.segment, place.segment);
	cr_expect_geq(spool_reader_limit(reader), second.at.sequence + 1);
	cr_assert_eq(spool_reader_load(reader, &place, &again), 1);
	cr_expect(span_equal(again.json, span_text("{\"n\":1}")));
	cr_expect_eq(spool_reader_content(reader, &again, add_text, &text), 0);
	cr_expect(span_equal(mt_buf_span(&text), span_text("the content")));
	expect_none(); // where it goes on is as before
	// As after a restart: a reader that has seen nothing.
	struct spool_reader *fresh = spool_reader_open("/spool", &box.calls, &error);
	cr_assert_eq(spool_reader_load(fresh, &second.at, &again), 1);
	spool_reader_close(fresh);
	struct spool_position wrong[] = {
		{place.segment, place.offset + 8, place.sequence},
		{place.segment, place.offset + 1, place.sequence},
		{place.segment, place.offset, place.sequence + 1},
		{place.segment + 100, place.offset, place.sequence},
		{place.segment, 1 << 30, place.sequence},
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_eq(spool_reader_load(reader, &wrong[i], &again), 0, "%zu", i);
	snprintf(
		path, sizeof(path), "/spool/segments/%020u.seg", (unsigned)place.segment);
	cr_assert_eq(box.calls.unlink(box.calls.ctx, path), 0);
	cr_expect_eq(spool_reader_load(reader, &place, &again), 0);
	mt_buf_fini(&text);
}

Test(spool_reader, damaged_or_purged_content_is_said_to_be_so)
{
	struct spool_found found;
	struct mt_buf text;
	struct mt_id id = box_mail(&box, "the content", "{\"n\":1}"), unkept;
	uint64_t extent[3];
	char path[64];

	mt_buf_init(&text, 1000);
	struct spool_mail *m = box_begin(&box, &unkept);
	spool_content(box.spool, m, span_text("refused"), NULL);
	spool_commit_unkept(box.spool, m, span_text("{}"), "spool.keep");
	box_sync(&box);
	cr_assert_eq(spool_reader_find(reader, &unkept, &found), 1);
	cr_expect_eq(spool_reader_content(reader, &found, add_text, &text), -ENODATA);
	cr_assert_eq(spool_reader_find(reader, &id, &found), 1);
	spool_extent_get(&found.part, 0, extent);
	snprintf(path, sizeof(path), "/spool/segments/%020u.seg", 1);
	cr_assert(sim_disk_flip(box.disk, path, extent[1]));
	cr_expect_eq(spool_reader_content(reader, &found, add_text, &text), -EBADMSG);
	mt_buf_fini(&text);
}

static bool note(void *ctx, const struct spool_found *found)
{
	mt_buf_add(ctx, found->json);
	return true;
}

Test(spool_reader, lists_the_newest_first_over_segments)
{
	static char text[30000];
	char json[16];
	struct mt_buf seen;

	mt_buf_init(&seen, 1000);
	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 9; i++) {
		snprintf(json, sizeof(json), "%d", i);
		box_mail(&box, text, json);
	}
	box_sync(&box);
	box_mail(&box, "not durable", "9");
	spool_flush(box.spool);
	cr_expect_eq(spool_reader_newest(reader, 5, note, &seen), 5);
	cr_expect(span_equal(mt_buf_span(&seen), span_text("87654")));
	cr_expect_eq(spool_reader_newest(reader, 50, note, &seen), 9);
	mt_buf_fini(&seen);
}

Test(spool_reader, works_on_a_copy_without_state)
{
	box_mail(&box, "a", "{\"n\":1}");
	box_sync(&box);
	box.calls.unlink(box.calls.ctx, "/spool/state/synced");
	spool_reader_close(reader);
	reader = spool_reader_open("/spool", &box.calls, &box.error);
	cr_assert_not_null(reader);
	expect_next("{\"n\":1}");
	expect_none();
}

Test(spool_reader, refuses_a_folder_that_is_no_spool)
{
	cr_expect_null(spool_reader_open("/elsewhere", &box.calls, &box.error));
	cr_expect_not_null(strstr(box.error.text, "/elsewhere"));
}
