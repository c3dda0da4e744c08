// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include "mt_assert.h"
#include "mt_clock.h"
#include "mt_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

// Ids are reserved in blocks, so that the counter is on the disk before the id is anywhere.
#define ID_BLOCK    (1u << 20)
#define RETRY_US    100000
#define CLOSE_TRIES 3

// --- folders and lock

static int make_folder(struct spool *s, const char *name)
{
	char path[SPOOL_PATH_SIZE];

	if (!spool_file_path(path, s->directory, name))
		return -ENAMETOOLONG;
	int rc = s->disk.mkdir(s->disk.ctx, path, 0750);
	return rc == -EEXIST ? 0 : rc;
}

static int make_folders(struct spool *s, struct mt_error *error)
{
	static const char *const names[] = {"", "segments", "state", "hold"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int rc = make_folder(s, names[i]);
		if (rc != 0)
			return mt_error_set(error, -rc, "%s/%s: cannot be made: %s",
				s->directory, names[i], strerror(-rc));
	}
	int rc = s->disk.fsync_dir(s->disk.ctx, s->directory);
	if (rc != 0)
		return mt_error_set(error, -rc, "%s: cannot be synced: %s", s->directory,
			strerror(-rc));
	return 0;
}

static int open_state(struct spool *s, const char *name, struct mt_error *error)
{
	char path[SPOOL_PATH_SIZE];
	int fd = spool_file_path(path, s->directory, name)
		? s->disk.open(s->disk.ctx, path, O_RDWR | O_CREAT, 0640)
		: -ENAMETOOLONG;

	return fd >= 0 ? fd
		       : mt_error_set(error, -fd, "%s/%s: %s", s->directory, name,
				 strerror(-fd));
}

static void read_holder(struct spool *s, char *text, size_t size)
{
	ssize_t n = s->disk.pread(s->disk.ctx, s->lock_fd, text, size - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	text[strspn(text, "0123456789")] = '\0';
}

static int take_lock(struct spool *s, struct mt_error *error)
{
	char holder[24];
	struct mt_buf pid;

	int rc = s->disk.lock(s->disk.ctx, s->lock_fd);
	if (rc != 0) {
		read_holder(s, holder, sizeof(holder));
		mt_error_set(error, -rc, "%s: in use by process %s", s->directory,
			holder[0] != '\0' ? holder : "unknown");
		return rc;
	}
	mt_buf_init(&pid, 32);
	mt_buf_add_u64(&pid, (uint64_t)getpid());
	mt_buf_add_char(&pid, '\n');
	// For people; the lock itself does not need it.
	if (s->disk.truncate(s->disk.ctx, s->lock_fd, 0) == 0)
		spool_file_write(&s->disk, s->lock_fd, mt_buf_span(&pid), 0);
	mt_buf_fini(&pid);
	return 0;
}

// --- what recovery found, as records

static int tell_corrupt(
	struct spool *s, struct mt_buf *json, const struct spool_damage *d)
{
	struct mt_json j;

	spool_record_begin(&j, json, "corrupt");
	mt_json_u64(&j, "segment", d->segment);
	mt_json_u64(&j, "offset", d->offset);
	mt_json_u64(&j, "length", d->length);
	mt_json_close(&j, '}');
	mt_json_close(&j, '}');
	mt_log(MT_LOG_WARN, "spool", "%s: segment %llu is damaged at %llu", s->directory,
		(unsigned long long)d->segment, (unsigned long long)d->offset);
	return spool_item_add(s, SPOOL_ENTRY_RECORD, NULL, 0, mt_buf_span(json)) != NULL
		? 0
		: -ENOMEM;
}

// The record ends the mail in the log as well: one entry, so it is told once.
static int tell_recovered(struct spool *s, struct mt_buf *json, struct spool_mail *m)
{
	struct mt_json j;

	spool_record_begin(&j, json, "recovered");
	mt_json_text(&j, "id", m->id.text);
	mt_json_open(&j, "extents", '[');
	for (size_t i = 0; i < m->count; i++) {
		mt_json_open(&j, NULL, '[');
		for (int k = 0; k < 3; k++)
			mt_json_u64(&j, NULL, m->extents[i][k]);
		mt_json_close(&j, ']');
	}
	mt_json_close(&j, ']');
	if (m->envelope.len > 0) {
		mt_buf_add_text(json, ",\"begin\":");
		mt_buf_add(json, mt_buf_span(&m->envelope));
	}
	mt_json_close(&j, '}');
	mt_json_close(&j, '}');
	return spool_item_add(s, SPOOL_ENTRY_RECORD, m, 0, mt_buf_span(json)) != NULL
		? 0
		: -ENOMEM;
}

static int tell_leftovers(struct spool *s, const struct mt_buf *corrupt)
{
	const struct spool_damage *damage = (const void *)corrupt->ptr;
	struct spool_mail *m;
	struct mt_buf json;
	int rc = 0;

	mt_buf_init(&json, SPOOL_ENTRY_MAX);
	for (size_t i = 0; i < corrupt->len / sizeof(*damage) && rc == 0; i++)
		rc = tell_corrupt(s, &json, &damage[i]);
	TAILQ_FOREACH(m, &s->open, link)
		if (rc == 0)
			rc = tell_recovered(s, &json, m);
	mt_buf_fini(&json);
	return rc;
}

// --- start

static void init(struct spool *s, const struct spool_settings *settings,
	const struct spool_disk *disk)
{
	s->settings = *settings;
	s->disk = *disk;
	s->lock_fd = s->synced_fd = -1;
	TAILQ_INIT(&s->segments);
	TAILQ_INIT(&s->items);
	TAILQ_INIT(&s->free_items);
	TAILQ_INIT(&s->open);
	TAILQ_INIT(&s->free_mails);
	mt_buf_init(&s->scratch, SPOOL_ENTRY_MAX);
	mt_buf_init(&s->known, SPOOL_ENTRY_MAX);
	if (s->settings.retry_us == 0)
		s->settings.retry_us = RETRY_US;
	if (s->settings.now_us == NULL)
		s->settings.now_us = mt_clock_mono_us;
	s->backoff_us = s->settings.retry_us;
}

static void destroy(struct spool *s)
{
	struct spool_segment *g;

	TAILQ_FOREACH(g, &s->segments, link) {
		g->closed = true;
		g->failed = true;
	}
	spool_segment_retire(s);
	if (s->synced_fd >= 0)
		s->disk.close(s->disk.ctx, s->synced_fd);
	if (s->lock_fd >= 0)
		s->disk.close(s->disk.ctx, s->lock_fd);
	spool_items_fini(&s->items);
	spool_items_fini(&s->free_items);
	spool_mails_fini(&s->open);
	spool_mails_fini(&s->free_mails);
	mt_buf_fini(&s->scratch);
	mt_buf_fini(&s->known);
	free(s->job.files);
	free(s->batch.staging);
	free(s->directory);
	free(s);
}

static int save_counter(struct spool *s, uint64_t reserved)
{
	int rc = spool_state_write(&s->disk, s->directory, "state/counter", &reserved, 1);

	if (rc == 0)
		s->reserved = reserved;
	return rc;
}

// A full disk is no reason not to start: room may be made only while the program runs.
static int unless_full(int rc)
{
	return rc == -ENOSPC || rc == -EDQUOT ? 0 : rc;
}

static int start(struct spool *s, struct mt_error *error)
{
	struct mt_buf corrupt;

	int rc =
		spool_state_read(&s->disk, s->directory, "state/counter", &s->counter, 1);
	if (rc != 0 && rc != -ENOENT)
		return mt_error_set(
			error, -rc, "%s/state/counter: %s", s->directory, strerror(-rc));
	mt_buf_init(&corrupt, SPOOL_ENTRY_MAX);
	rc = spool_recover(s, &corrupt, error);
	if (rc == 0)
		rc = spool_known_load(s);
	if (rc == 0)
		rc = unless_full(save_counter(s, s->counter + ID_BLOCK));
	if (rc == 0)
		rc = tell_leftovers(s, &corrupt);
	if (rc == 0)
		rc = unless_full(spool_ready(s));
	if (rc == 0)
		spool_sync_tell(s);
	struct spool_mail *m;
	while (rc == 0 && (m = TAILQ_FIRST(&s->open)) != NULL)
		spool_mail_put(s, m);
	mt_buf_fini(&corrupt);
	if (rc != 0 && error->text[0] == '\0')
		mt_error_set(error, -rc, "%s: %s", s->directory, strerror(-rc));
	return rc;
}

static int open_files(struct spool *s, int *ret_code, struct mt_error *error)
{
	*ret_code = EX_CANTCREAT;
	int rc = make_folders(s, error);
	if (rc != 0)
		return rc;
	s->lock_fd = open_state(s, "state/lock", error);
	if (s->lock_fd < 0)
		return s->lock_fd;
	*ret_code = EX_TEMPFAIL;
	rc = take_lock(s, error);
	if (rc != 0)
		return rc;
	*ret_code = EX_CANTCREAT;
	s->synced_fd = open_state(s, "state/synced", error);
	return s->synced_fd < 0 ? s->synced_fd : 0;
}

struct spool *spool_open(const struct spool_settings *settings,
	const struct spool_disk *disk, int *ret_code, struct mt_error *error)
{
	struct spool *s = calloc(1, sizeof(*s));
	int code = EX_OSERR;

	error->text[0] = '\0';
	if (s == NULL) {
		mt_error_set(error, ENOMEM, "no memory");
		*ret_code = EX_OSERR;
		return NULL;
	}
	init(s, settings, disk);
	s->directory = strdup(settings->directory);
	s->batch.staging = malloc(SPOOL_STAGING_SIZE);
	int rc = s->directory != NULL && s->batch.staging != NULL ? 0 : -ENOMEM;
	if (rc != 0)
		mt_error_set(error, -rc, "no memory");
	else
		rc = open_files(s, &code, error);
	if (rc == 0) {
		code = EX_IOERR;
		rc = start(s, error);
	}
	if (rc == 0)
		return s;
	*ret_code = code;
	destroy(s);
	return NULL;
}

struct mt_id spool_next_id(struct spool *s, uint64_t begin_us)
{
	// Well ahead, so that a disk in trouble has half a block to mend.
	if (s->counter >= s->reserved ||
		(s->counter + ID_BLOCK / 2 >= s->reserved && s->counter % 1024 == 0))
		save_counter(s, s->counter + ID_BLOCK);
	return mt_id_make(begin_us / 1000, s->settings.appliance, s->counter++);
}

// --- end

static int sync_all(struct spool *s)
{
	for (int i = 0; i < CLOSE_TRIES && !TAILQ_EMPTY(&s->items); i++) {
		struct spool_job *job = spool_sync_begin(s, 0, true);
		if (job == NULL)
			continue;
		spool_sync_run(job);
		spool_sync_end(s, job);
	}
	if (TAILQ_EMPTY(&s->items))
		return 0;
	return s->code != 0 ? s->code : -EIO;
}

static int finish(struct spool *s)
{
	struct spool_segment *g = s->segment;

	if (g == NULL)
		return s->code;
	int rc = spool_segment_seal(s);
	if (rc == 0)
		rc = s->disk.fdatasync(s->disk.ctx, g->fd);
	if (rc != 0)
		return rc;
	s->through = (struct spool_position){g->number, g->written, s->sequence};
	rc = spool_sync_hint(s, true);
	return rc == 0 ? save_counter(s, s->counter) : rc;
}

int spool_close(struct spool *s)
{
	MT_ASSERT(!s->job.out);
	MT_ASSERT(TAILQ_EMPTY(&s->open));
	int rc = sync_all(s);
	int finished = rc == 0 ? finish(s) : rc;

	// What could not be made durable any more is told all the same.
	struct spool_item *item;
	TAILQ_FOREACH(item, &s->items, link)
		spool_item_tell_lost(s, item);
	spool_batch_drop(s);
	destroy(s);
	return rc != 0 ? rc : finished;
}
