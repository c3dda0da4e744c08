// SPDX-License-Identifier: BSD-3-Clause
#include "spool_eve.h"

#include "spool_file.h"
#include "spool_reader.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SYNC_US         5000000
#define SYNC_OCTETS     (4u << 20)
#define MEND_US         1000000
// Gathered text is written when it is more than this.
#define GATHER          (256u << 10)
#define LINE_MAX_OCTETS (256u << 20)

struct spool_eve {
	struct spool_eve_settings settings;
	struct spool_disk disk;
	char *spool;
	char path[SPOOL_PATH_SIZE];
	char folder[SPOOL_PATH_SIZE];
	int fd;
	struct mt_buf text; // gathered, not written
	uint64_t size; // octets the file took
	uint64_t segment, offset; // of the entry whose line is the last one gathered
	uint64_t cursor_segment, cursor_size; // as the cursor under state/ says
	uint64_t synced_us; // when the cursor moved
	bool moved; // lines since then
	int trouble; // negative errno: the file must be mended from the log
	uint64_t mend_us;
};

static void set_folder(struct spool_eve *e)
{
	memcpy(e->folder, e->path, sizeof(e->folder));
	char *slash = strrchr(e->folder, '/');
	if (slash == NULL)
		memcpy(e->folder, ".", 2);
	else
		slash[slash == e->folder ? 1 : 0] = '\0';
}

static int save_cursor(struct spool_eve *e)
{
	uint64_t numbers[] = {e->segment, e->offset, e->size};

	int rc = spool_state_write(&e->disk, e->spool, "state/eve.cursor", numbers, 3);
	if (rc == 0) {
		e->cursor_segment = e->segment;
		e->cursor_size = e->size;
		e->moved = false;
	}
	return rc;
}

static int write_text(struct spool_eve *e)
{
	int rc = spool_file_write(&e->disk, e->fd, mt_buf_span(&e->text), e->size);

	if (rc != 0)
		return rc;
	e->size += e->text.len;
	mt_buf_clear(&e->text);
	return 0;
}

static int sync_file(struct spool_eve *e)
{
	int rc = write_text(e);

	if (rc == 0)
		rc = e->disk.fdatasync(e->disk.ctx, e->fd);
	return rc == 0 ? save_cursor(e) : rc;
}

static int open_file(struct spool_eve *e)
{
	int fd = e->disk.open(e->disk.ctx, e->path, O_RDWR | O_CREAT, 0640);

	if (fd < 0)
		return fd;
	int64_t size = e->disk.size(e->disk.ctx, fd);
	int rc = size < 0 ? (int)size : e->disk.fsync_dir(e->disk.ctx, e->folder);
	if (rc != 0) {
		e->disk.close(e->disk.ctx, fd);
		return rc;
	}
	e->fd = fd;
	e->size = (uint64_t)size;
	return 0;
}

static void close_file(struct spool_eve *e)
{
	if (e->fd >= 0)
		e->disk.close(e->disk.ctx, e->fd);
	e->fd = -1;
}

static bool gather(struct spool_eve *e, struct span json)
{
	return mt_buf_add(&e->text, json) && mt_buf_add_char(&e->text, '\n');
}

static void fail(struct spool_eve *e, int code)
{
	if (e->trouble == 0)
		mt_log(MT_LOG_ERROR, "eve", "%s: %s", e->path, strerror(-code));
	e->trouble = code;
	mt_buf_clear(&e->text);
}

// --- rotation

static int move_aside(struct spool_eve *e)
{
	char to[SPOOL_PATH_SIZE], stamp[20];
	time_t now = (time_t)(mt_clock_wall_us() / 1000000);
	struct tm tm;
	int taken = -EEXIST;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	for (int i = 0; i < 1000 && taken != -ENOENT; i++) {
		int n = i == 0 ? snprintf(to, sizeof(to), "%s.%s", e->path, stamp)
			       : snprintf(to, sizeof(to), "%s.%s-%d", e->path, stamp, i);
		if (n >= (int)sizeof(to))
			return -ENAMETOOLONG;
		taken = e->disk.open(e->disk.ctx, to, O_RDONLY, 0);
		if (taken >= 0)
			e->disk.close(e->disk.ctx, taken);
	}
	if (taken != -ENOENT)
		return taken < 0 ? taken : -EEXIST;
	return e->disk.rename(e->disk.ctx, e->path, to);
}

// The cursor says "empty file" before a line goes into the new one; before the rename it covers
// all of the old one. So a crash in between finds nothing to repeat.
static int begin_new_file(struct spool_eve *e)
{
	close_file(e);
	int rc = open_file(e);
	return rc == 0 ? save_cursor(e) : rc;
}

static int rotate(struct spool_eve *e)
{
	int rc = sync_file(e);

	if (rc == 0)
		rc = move_aside(e);
	// The new file must not be found under the name while the old one has no other.
	if (rc == 0)
		rc = e->disk.fsync_dir(e->disk.ctx, e->folder);
	return rc == 0 ? begin_new_file(e) : rc;
}

static int write_some(struct spool_eve *e)
{
	int rc = write_text(e);

	if (rc == 0 && e->settings.rotate > 0 && e->size >= e->settings.rotate)
		rc = rotate(e);
	return rc;
}

// --- mending: lines behind the cursor are made from the log

struct tail { // what the file has behind the cursor
	struct spool_eve *e;
	uint64_t at; // compared up to here
	struct mt_buf line;
};

// Whether the file goes on with this line.
static bool has_line(struct tail *t, struct span json)
{
	struct spool_eve *e = t->e;

	if (e->size - t->at < json.len + 1)
		return false;
	mt_buf_clear(&t->line);
	if (!mt_buf_reserve(&t->line, json.len + 1) ||
		spool_file_read(&e->disk, e->fd, t->line.ptr, json.len + 1, t->at) != 0)
		return false;
	if (memcmp(t->line.ptr, json.ptr, json.len) != 0 || t->line.ptr[json.len] != '\n')
		return false;
	t->at += json.len + 1;
	return true;
}

static int cut_tail(struct tail *t)
{
	struct spool_eve *e = t->e;

	if (t->at == e->size)
		return 0;
	int rc = e->disk.truncate(e->disk.ctx, e->fd, t->at);
	if (rc == 0)
		e->size = t->at;
	return rc;
}

static int follow_log(struct spool_eve *e, struct spool_reader *r, struct tail *t)
{
	struct spool_found found;
	bool same = true;
	int rc;

	spool_reader_seek(r, e->segment, e->offset);
	while ((rc = spool_reader_next(r, &found)) == 1) {
		if (same && !has_line(t, found.json)) {
			same = false;
			rc = cut_tail(t);
		}
		if (rc >= 0 && !same)
			rc = gather(e, found.json) ? 0 : -ENOMEM;
		if (rc < 0)
			return rc;
		e->segment = found.at.segment;
		e->offset = found.at.offset;
		rc = e->text.len >= GATHER ? write_some(e) : 0;
		if (rc < 0)
			return rc;
	}
	if (rc == 0 && same)
		rc = cut_tail(t);
	return rc;
}

static int catch_up(struct spool_eve *e, uint64_t from)
{
	struct tail t = {.e = e, .at = from};
	struct mt_error error;

	struct spool_reader *r = spool_reader_open(e->spool, &e->disk, &error);
	if (r == NULL)
		return -EIO;
	mt_buf_init(&t.line, LINE_MAX_OCTETS);
	int rc = follow_log(e, r, &t);
	if (spool_reader_expired(r) > 0)
		mt_log(MT_LOG_WARN, "eve",
			"%s: segments expired before they were announced, %llu times",
			e->path, (unsigned long long)spool_reader_expired(r));
	mt_buf_fini(&t.line);
	spool_reader_close(r);
	return rc == 0 ? sync_file(e) : rc;
}

// Opens the file and goes on behind the cursor. distrust: what is in the file behind the cursor
// may not be on the disk, and is written again.
static int resume(struct spool_eve *e, bool distrust)
{
	uint64_t numbers[3] = {0};

	close_file(e);
	mt_buf_clear(&e->text);
	int rc = spool_state_read(&e->disk, e->spool, "state/eve.cursor", numbers, 3);
	if (rc != 0 && rc != -ENOENT)
		return rc;
	rc = open_file(e);
	if (rc != 0)
		return rc;
	e->segment = e->cursor_segment = numbers[0];
	e->offset = numbers[1];
	// Shorter than the cursor says: somebody took the file away; what was in it is announced.
	e->cursor_size = numbers[2] <= e->size ? numbers[2] : 0;
	if (distrust && e->cursor_size < e->size) {
		rc = e->disk.truncate(e->disk.ctx, e->fd, e->cursor_size);
		if (rc != 0)
			return rc;
		e->size = e->cursor_size;
	}
	return catch_up(e, e->cursor_size);
}

static void destroy(struct spool_eve *e)
{
	close_file(e);
	mt_buf_fini(&e->text);
	free(e->spool);
	free(e);
}

struct spool_eve *spool_eve_open(const struct spool_eve_settings *settings,
	const struct spool_disk *disk, struct mt_error *error)
{
	struct spool_eve *e = calloc(1, sizeof(*e));
	int rc = e != NULL ? 0 : -ENOMEM;

	if (e != NULL) {
		e->settings = *settings;
		e->disk = *disk;
		e->fd = -1;
		mt_buf_init(&e->text, LINE_MAX_OCTETS);
		e->settings.sync_us =
			settings->sync_us != 0 ? settings->sync_us : SYNC_US;
		e->settings.sync_octets =
			settings->sync_octets != 0 ? settings->sync_octets : SYNC_OCTETS;
		e->spool = strdup(settings->spool);
		bool fits = settings->path != NULL && settings->path[0] != '\0'
			? spool_file_path(e->path, settings->path, "")
			: spool_file_path(e->path, settings->spool, "eve.json");
		rc = e->spool == NULL ? -ENOMEM : fits ? 0 : -ENAMETOOLONG;
	}
	if (rc == 0) {
		set_folder(e);
		rc = resume(e, false);
	}
	if (rc == 0)
		return e;
	mt_error_set(
		error, -rc, "%s: %s", e != NULL ? e->path : "eve.json", strerror(-rc));
	if (e != NULL)
		destroy(e);
	return NULL;
}

static bool is_behind(const struct spool_eve *e, uint64_t segment, uint64_t offset)
{
	return segment > e->segment || (segment == e->segment && offset > e->offset);
}

int spool_eve_line(
	struct spool_eve *e, struct span json, uint64_t segment, uint64_t offset)
{
	if (e->trouble != 0 || !is_behind(e, segment, offset))
		return 0;
	if (!gather(e, json)) {
		fail(e, -ENOMEM);
		return 0;
	}
	e->segment = segment;
	e->offset = offset;
	e->moved = true;
	int rc = e->text.len >= GATHER ? write_some(e) : 0;
	if (rc != 0)
		fail(e, rc);
	return 0;
}

static int mend(struct spool_eve *e, uint64_t now_us)
{
	if (now_us < e->mend_us)
		return e->trouble;
	e->mend_us = now_us + MEND_US;
	int rc = resume(e, true);
	if (rc != 0)
		return rc;
	e->trouble = 0;
	mt_log(MT_LOG_INFO, "eve", "%s: writing again", e->path);
	return 0;
}

int spool_eve_tick(struct spool_eve *e, uint64_t now_us)
{
	if (e->trouble != 0)
		return mend(e, now_us);
	int rc = e->text.len > 0 ? write_some(e) : 0;
	bool due = now_us - e->synced_us >= e->settings.sync_us ||
		e->size - e->cursor_size >= e->settings.sync_octets;
	if (rc == 0 && e->moved && due) {
		rc = sync_file(e);
		e->synced_us = now_us;
	}
	if (rc != 0)
		fail(e, rc);
	return rc;
}

int spool_eve_reopen(struct spool_eve *e)
{
	int rc = e->trouble != 0 ? e->trouble : sync_file(e);

	if (rc == 0)
		rc = begin_new_file(e);
	if (rc != 0)
		fail(e, rc);
	return rc;
}

uint64_t spool_eve_needs(const struct spool_eve *e)
{
	return e->cursor_segment;
}

int spool_eve_close(struct spool_eve *e)
{
	int rc = e->trouble != 0 ? mend(e, UINT64_MAX - MEND_US) : 0;

	if (rc == 0)
		rc = sync_file(e);
	destroy(e);
	return rc;
}
