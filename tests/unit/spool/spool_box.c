// SPDX-License-Identifier: BSD-3-Clause
#include "spool_box.h"

#include "mt_log.h"

#include <errno.h>

#include <criterion/criterion.h>

static void on_release(void *ctx, void *owner)
{
	struct box *b = ctx;

	(void)owner;
	b->released++;
}

static int on_announce(void *ctx, struct span json, uint64_t segment, uint64_t offset)
{
	struct box *b = ctx;

	if (sim_disk_is_dead(b->disk))
		return -EIO;
	mt_buf_add(&b->told, json);
	mt_buf_add_char(&b->told, '\n');
	return b->eve != NULL ? spool_eve_line(b->eve, json, segment, offset) : 0;
}

static void on_lost(void *ctx, const struct mt_id *id, int why)
{
	struct box *b = ctx;

	(void)why;
	mt_buf_add_text(&b->lost, id->text);
	mt_buf_add_char(&b->lost, '\n');
}

void box_init(struct box *b)
{
	mt_log_set_level(MT_LOG_FATAL);
	*b = (struct box){.disk = sim_disk_create()};
	b->calls = sim_disk_calls(b->disk);
	b->settings = (struct spool_settings){
		.directory = "/spool",
		.appliance = 7,
		.segment_size = 64u << 10,
		.batch_count = 4,
		.batch_us = 1000,
		.mails_max = 8,
		.retry_us = 1,
		.release = on_release,
		.announce = on_announce,
		.lost = on_lost,
		.ctx = b,
	};
	mt_buf_init(&b->told, 16u << 20);
	mt_buf_init(&b->lost, 1u << 20);
}

void box_fini(struct box *b)
{
	sim_disk_destroy(b->disk);
	mt_buf_fini(&b->told);
	mt_buf_fini(&b->lost);
}

void box_open(struct box *b)
{
	b->spool = spool_open(&b->settings, &b->calls, &b->code, &b->error);
	cr_assert_not_null(b->spool, "%s", b->error.text);
}

void box_close(struct box *b)
{
	cr_expect_eq(spool_close(b->spool), 0);
	b->spool = NULL;
}

void box_crash(struct box *b, enum sim_cut cut)
{
	sim_disk_stop_at(b->disk, 1);
	if (b->spool != NULL)
		spool_close(b->spool);
	if (b->eve != NULL)
		spool_eve_close(b->eve);
	b->spool = NULL;
	b->eve = NULL;
	sim_disk_reboot(b->disk, cut, 1);
}

void box_sync(struct box *b)
{
	struct spool_job *job = spool_sync_begin(b->spool, 0, true);

	if (job == NULL)
		return;
	spool_sync_run(job);
	spool_sync_end(b->spool, job);
}

struct spool_mail *box_begin(struct box *b, struct mt_id *ret_id)
{
	*ret_id = spool_next_id(b->spool, 1764000000000000);
	return spool_begin(b->spool, ret_id, span_text("{\"helo\":\"x\"}"));
}

struct mt_id box_mail(struct box *b, const char *content, const char *json)
{
	struct mt_id id;
	struct spool_mail *m = box_begin(b, &id);

	cr_assert_not_null(m);
	cr_expect_eq(spool_content(b->spool, m, span_text(content), NULL), 0);
	cr_expect_eq(spool_settle(b->spool, m), 0);
	cr_expect_eq(spool_commit(b->spool, m, span_text(json)), 0);
	return id;
}

bool box_told(const struct box *b, const char *text)
{
	return memmem(b->told.ptr, b->told.len, text, strlen(text)) != NULL;
}

size_t box_told_lines(const struct box *b)
{
	size_t lines = 0;

	for (size_t i = 0; i < b->told.len; i++)
		lines += b->told.ptr[i] == '\n';
	return lines;
}
