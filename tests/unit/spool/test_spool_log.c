// SPDX-License-Identifier: BSD-3-Clause
#include "spool_box.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include <criterion/criterion.h>

static struct box box;

static void setup(void)
{
	box_init(&box);
}

static void teardown(void)
{
	box_fini(&box);
}

TestSuite(spool_log, .init = setup, .fini = teardown);

static void segment_path(char path[64], unsigned number)
{
	snprintf(path, 64, "/spool/segments/%020u.seg", number);
}

static const uint8_t *segment(unsigned number, int64_t *ret_size)
{
	char path[64];

	segment_path(path, number);
	return sim_disk_file(box.disk, path, ret_size);
}

Test(spool_log, nothing_is_announced_before_the_sync_ended)
{
	box_open(&box);
	box_mail(&box, "content", "{\"n\":1}");
	spool_flush(box.spool);
	cr_expect_eq(box_told_lines(&box), 0);
	struct spool_job *job = spool_sync_begin(box.spool, 0, true);
	cr_assert_not_null(job);
	spool_sync_run(job);
	cr_expect_eq(box_told_lines(&box), 0);
	spool_sync_end(box.spool, job);
	cr_expect(box_told(&box, "{\"n\":1}\n"));
	box_close(&box);
}

Test(spool_log, a_batch_is_due_by_count_or_by_time)
{
	box_open(&box);
	cr_expect_null(spool_sync_begin(box.spool, 0, false));
	box_mail(&box, "a", "{}");
	cr_expect_null(spool_sync_begin(box.spool, 100, false));
	cr_expect_null(spool_sync_begin(box.spool, 1099, false));
	struct spool_job *job = spool_sync_begin(box.spool, 1100, false);
	cr_assert_not_null(job);
	cr_expect_null(spool_sync_begin(box.spool, 9999, true), "one job at a time");
	spool_sync_run(job);
	spool_sync_end(box.spool, job);
	for (int i = 0; i < 4; i++)
		box_mail(&box, "a", "{}");
	job = spool_sync_begin(box.spool, 2000, false);
	cr_assert_not_null(job);
	spool_sync_run(job);
	spool_sync_end(box.spool, job);
	cr_expect_eq(box_told_lines(&box), 5);
	box_close(&box);
}

Test(spool_log, pieces_of_one_mail_in_a_row_are_one_extent)
{
	const uint64_t(*extents)[3];
	struct mt_id id;
	char text[] = "0123456789";

	box_open(&box);
	struct spool_mail *m = box_begin(&box, &id);
	for (int i = 0; i < 10; i++)
		spool_content(box.spool, m, span_make(text + i, 1), text);
	spool_settle(box.spool, m);
	cr_assert_eq(spool_extents(m, &extents), 1);
	cr_expect_eq(extents[0][2], 10);
	uint64_t at = extents[0][1];
	spool_commit(box.spool, m, span_text("{}"));
	box_close(&box);
	cr_expect_eq(box.released, 10);
	int64_t size;
	const uint8_t *data = segment(1, &size);
	cr_assert_lt((int64_t)at + 10, size);
	cr_expect_eq(memcmp(data + at, text, 10), 0);
}

Test(spool_log, interleaved_mails_keep_their_own_extents)
{
	const uint64_t(*extents)[3];
	struct mt_id a_id, b_id;

	box_open(&box);
	struct spool_mail *a = box_begin(&box, &a_id), *b = box_begin(&box, &b_id);
	for (int i = 0; i < 3; i++) {
		spool_content(box.spool, a, span_text("aaaa"), NULL);
		spool_content(box.spool, b, span_text("bb"), NULL);
	}
	cr_expect_eq(spool_extents(a, &extents), 3);
	cr_expect_eq(spool_extents(b, &extents), 3);
	spool_abort(box.spool, a, "test");
	spool_abort(box.spool, b, "test");
	box_close(&box);
}

Test(spool_log, a_large_mail_spans_segments)
{
	static uint8_t text[300000];
	const uint64_t(*extents)[3];
	struct mt_id id;
	uint64_t sum = 0;

	box_open(&box);
	struct spool_mail *m = box_begin(&box, &id);
	cr_expect_eq(spool_content(box.spool, m, span_make(text, sizeof(text)), text), 0);
	size_t n = spool_extents(m, &extents);
	cr_expect_gt(n, 4);
	for (size_t i = 0; i < n; i++)
		sum += extents[i][2];
	cr_expect_eq(sum, sizeof(text));
	cr_expect_gt(extents[n - 1][0], extents[0][0]);
	spool_commit(box.spool, m, span_text("{}"));
	box_close(&box);
	cr_expect_eq(box.released, 1);
}

Test(spool_log, more_mails_than_mails_max_are_refused)
{
	struct spool_mail *m[9];
	struct mt_id id;

	box_open(&box);
	for (int i = 0; i < 8; i++)
		m[i] = box_begin(&box, &id);
	errno = 0;
	cr_expect_null(box_begin(&box, &id));
	cr_expect_eq(errno, EMFILE);
	for (int i = 0; i < 8; i++)
		spool_abort(box.spool, m[i], "test");
	box_close(&box);
}

Test(spool_log, a_mail_cut_off_by_a_crash_is_told_once)
{
	struct mt_id id;

	box_open(&box);
	struct spool_mail *m = box_begin(&box, &id);
	box_mail(&box, "whole", "{\"n\":1}");
	box_sync(&box);
	spool_abort(box.spool, m, "never written");
	box_crash(&box, SIM_LOSE);
	box_open(&box);
	box_sync(&box);
	cr_expect(box_told(&box, "\"kind\":\"recovered\""));
	cr_expect(box_told(&box, id.text));
	cr_expect(box_told(&box, "\"begin\":{\"helo\":\"x\"}"));
	size_t lines = box_told_lines(&box);
	box_close(&box);
	box_open(&box);
	box_close(&box);
	cr_expect_eq(box_told_lines(&box), lines);
}

Test(spool_log, damage_before_the_last_sync_is_told_and_nothing_is_cut)
{
	const uint64_t(*extents)[3];
	char path[64];
	struct mt_id id;

	box_open(&box);
	struct spool_mail *m = box_begin(&box, &id);
	spool_content(box.spool, m, span_text("to be damaged"), NULL);
	spool_extents(m, &extents);
	uint64_t at = extents[0][1];
	spool_commit(box.spool, m, span_text("{\"n\":1}"));
	box_mail(&box, "fine", "{\"n\":2}");
	box_sync(&box);
	box_crash(&box, SIM_KEEP);
	segment_path(path, 1);
	cr_assert(sim_disk_flip(box.disk, path, at + 3));
	box_open(&box);
	box_sync(&box);
	cr_expect(box_told(&box, "\"kind\":\"corrupt\",\"segment\":1"));
	int64_t size;
	const uint8_t *data = segment(1, &size);
	cr_expect_not_null(memmem(data, (size_t)size, "{\"n\":2}", 7));
	box_close(&box);
}

Test(spool_log, content_that_is_not_kept_is_gone_after_the_sync)
{
	struct mt_id id;
	int64_t size;

	box_open(&box);
	struct spool_mail *m = box_begin(&box, &id);
	spool_content(box.spool, m, span_text("a refused secret"), NULL);
	spool_commit_unkept(box.spool, m, span_text("{\"n\":1}"), "spool.keep");
	box_sync(&box);
	cr_expect(box_told(&box, "{\"n\":1}"));
	const uint8_t *data = segment(1, &size);
	cr_expect_null(memmem(data, (size_t)size, "refused secret", 14));
	box_close(&box);
	box_open(&box);
	box_sync(&box);
	cr_expect_not(box_told(&box, "corrupt"));
	box_close(&box);
}

Test(spool_log, after_a_failed_sync_the_batch_is_lost_or_written_again)
{
	box_open(&box);
	struct mt_id id =
		box_mail(&box, "its content was in the file that failed", "{\"n\":1}");
	spool_record(box.spool, span_text("{\"alert\":1}"));
	sim_disk_fail_sync(box.disk);
	box_sync(&box);
	cr_expect_eq(box_told_lines(&box), 0);
	cr_expect_eq(box.lost.len, 0, "told before the log says so durably");
	box_sync(&box);
	cr_assert_eq(box.lost.len, MT_ID_LEN + 1);
	cr_expect_eq(memcmp(box.lost.ptr, id.text, MT_ID_LEN), 0);
	cr_expect_str_eq((mt_buf_add_char(&box.told, '\0'), (char *)box.told.ptr),
		"{\"alert\":1}\n");
	box_close(&box);
}

Test(spool_log, a_full_disk_gives_up_mails_in_hand_and_mends_by_itself)
{
	static uint8_t text[40000];
	struct spool_status status;
	struct mt_id id;

	box_open(&box);
	box_mail(&box, "earlier", "{\"n\":1}");
	box_sync(&box);
	sim_disk_set_space(box.disk, 0);
	int rc = 0;
	for (int i = 0; i < 4 && rc == 0; i++) {
		struct spool_mail *m = box_begin(&box, &id);
		rc = m == NULL ? -errno
			       : spool_content(box.spool, m,
					 span_make(text, sizeof(text)), text);
		if (m != NULL && rc == 0)
			rc = spool_flush(box.spool);
		if (m != NULL)
			spool_abort(box.spool, m, "disk full");
	}
	cr_expect_eq(rc, -ENOSPC);
	spool_status_get(box.spool, &status);
	cr_expect(status.degraded);
	sim_disk_set_space(box.disk, UINT64_MAX);
	usleep(1000);
	box_mail(&box, "later", "{\"n\":2}");
	box_sync(&box);
	spool_status_get(box.spool, &status);
	cr_expect_not(status.degraded);
	cr_expect(box_told(&box, "{\"n\":1}") && box_told(&box, "{\"n\":2}"));
	box_close(&box);
}

Test(spool_log, a_full_disk_at_the_start_is_waited_for)
{
	struct spool_status status;
	struct mt_id id;

	box_open(&box);
	box_mail(&box, "earlier", "{\"n\":0}");
	box_close(&box);
	sim_disk_set_space(box.disk, 0);
	box_open(&box);
	spool_status_get(box.spool, &status);
	cr_expect(status.degraded);
	cr_expect_null(box_begin(&box, &id));
	cr_expect_eq(errno, ENOSPC);
	sim_disk_set_space(box.disk, UINT64_MAX);
	usleep(1000);
	box_mail(&box, "later", "{\"n\":1}");
	box_sync(&box);
	cr_expect(box_told(&box, "{\"n\":1}"));
	box_close(&box);
}

Test(spool_log, ids_go_on_after_a_restart_and_after_a_crash)
{
	struct mt_id a, b, c;

	box_open(&box);
	a = spool_next_id(box.spool, 0);
	box_close(&box);
	box_open(&box);
	b = spool_next_id(box.spool, 0);
	box_crash(&box, SIM_LOSE);
	box_open(&box);
	c = spool_next_id(box.spool, 0);
	box_close(&box);
	cr_expect_lt(mt_id_counter(a.text), mt_id_counter(b.text));
	cr_expect_lt(mt_id_counter(b.text), mt_id_counter(c.text));
}

static uint64_t now_us(void)
{
	return 0;
}

Test(spool_log, trouble_at_the_start_has_an_exit_code_and_a_reason)
{
	struct spool_settings settings = box.settings;
	char folder[] = "/tmp/spool_log_XXXXXX", path[64];

	cr_assert_not_null(mkdtemp(folder));
	settings.directory = folder;
	settings.now_us = now_us;
	struct spool *s = spool_open(&settings, &spool_disk_real, &box.code, &box.error);
	cr_assert_not_null(s, "%s", box.error.text);
	cr_expect_null(spool_open(&settings, &spool_disk_real, &box.code, &box.error));
	cr_expect_eq(box.code, EX_TEMPFAIL);
	snprintf(path, sizeof(path), "process %d", getpid());
	cr_expect_not_null(strstr(box.error.text, path), "%s", box.error.text);
	spool_close(s);
	snprintf(path, sizeof(path), "%s/state/lock/below", folder);
	settings.directory = path;
	cr_expect_null(spool_open(&settings, &spool_disk_real, &box.code, &box.error));
	cr_expect_eq(box.code, EX_CANTCREAT);
	snprintf(path, sizeof(path), "rm -r %s", folder);
	cr_expect_eq(system(path), 0);
}
