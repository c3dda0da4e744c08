// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include "mt_crc32c.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

// Whether there is something that a sync would make durable.
static bool is_waiting(const struct spool *s)
{
	const struct spool_item *item;

	TAILQ_FOREACH(item, &s->items, link)
		if (item->at.sequence >= s->through.sequence)
			return !item->again;
	return false;
}

static bool is_due(struct spool *s, uint64_t now_us)
{
	if (s->settings.durability != SPOOL_BATCH ||
		s->appended >= s->settings.batch_count)
		return true;
	if (s->due_us == 0)
		s->due_us = now_us + s->settings.batch_us;
	return now_us >= s->due_us;
}

int spool_purge(struct spool *s, const uint64_t extent[3])
{
	static const uint8_t zeros[4096];
	const struct spool_segment *g = spool_segment_find(s, extent[0]);
	uint64_t at = extent[1], left = extent[2];
	int fd = g != NULL
		? g->fd
		: spool_file_open_segment(&s->disk, s->directory, extent[0], O_RDWR);

	if (fd < 0)
		return fd;
	int rc = s->disk.fallocate(
		s->disk.ctx, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, left);
	for (size_t n; rc == -EOPNOTSUPP && left > 0; at += n, left -= n) {
		n = left < sizeof(zeros) ? left : sizeof(zeros);
		if (spool_file_write(&s->disk, fd, span_make(zeros, n), at) != 0)
			break;
	}
	if (g == NULL)
		s->disk.close(s->disk.ctx, fd);
	return rc;
}

// Only when it is durable: were the content gone without its tomb, it would look like damage.
static void purge(struct spool *s, const struct spool_item *tomb)
{
	struct spool_part part;
	uint64_t extent[3];

	if (spool_part_decode(mt_buf_span(&tomb->payload), &part) != 0)
		return;
	for (uint32_t i = 0; i < part.count; i++) {
		spool_extent_get(&part, i, extent);
		spool_purge(s, extent);
	}
}

// Offers what is durable, in log order, until the announcer cannot take one.
static int announce(struct spool *s)
{
	struct spool_item *item;

	while ((item = TAILQ_FIRST(&s->items)) != NULL &&
		item->at.sequence < s->through.sequence) {
		int rc = 0;
		if (item->type == SPOOL_ENTRY_TOMB)
			purge(s, item);
		else if (item->type == SPOOL_ENTRY_ABORT)
			spool_item_tell_lost(s, item);
		else
			rc = s->settings.announce(s->settings.ctx, spool_item_text(item),
				item->at.segment, item->at.offset);
		if (rc < 0)
			return rc;
		s->status.announced += item->type == SPOOL_ENTRY_COMMIT ||
			item->type == SPOOL_ENTRY_RECORD;
		spool_item_drop(s, item);
	}
	return 0;
}

static int add_file(struct spool_job *job, const struct spool_segment *g)
{
	if (job->count == job->room) {
		size_t room = job->room == 0 ? 8 : job->room * 2;
		void *files = realloc(job->files, room * sizeof(job->files[0]));
		if (files == NULL)
			return -ENOMEM;
		job->files = files;
		job->room = room;
	}
	job->files[job->count++] = (struct spool_sync){
		.fd = g->fd, .number = g->number, .written = g->written};
	return 0;
}

static struct spool_position tail(const struct spool *s)
{
	const struct spool_segment *g = TAILQ_EMPTY(&s->segments)
		? NULL
		: TAILQ_LAST(&s->segments, spool_segments);

	if (g == NULL)
		return (struct spool_position){
			s->through.segment, s->through.offset, s->sequence};
	return (struct spool_position){g->number, g->written, s->sequence};
}

struct spool_job *spool_sync_begin(struct spool *s, uint64_t now_us, bool force)
{
	struct spool_job *job = &s->job;
	struct spool_segment *g;

	if (job->out)
		return NULL;
	announce(s);
	if (s->again_octets > 0)
		spool_ready(s);
	if (!is_waiting(s) || (!force && !is_due(s, now_us)) || spool_flush(s) != 0)
		return NULL;
	job->disk = &s->disk;
	job->count = 0;
	TAILQ_FOREACH(g, &s->segments, link)
		if (s->settings.durability != SPOOL_NONE && !g->failed &&
			g->synced < g->written && add_file(job, g) != 0)
			return NULL;
	job->through = tail(s);
	job->out = true;
	s->appended = 0;
	s->due_us = 0;
	return job;
}

void spool_sync_run(struct spool_job *job)
{
	for (size_t i = 0; i < job->count; i++)
		job->files[i].rc = job->disk->fdatasync(job->disk->ctx, job->files[i].fd);
}

// The first failure of a file, after which it is not to be trusted with anything unsynced.
static int take_results(struct spool *s)
{
	int rc = 0;

	for (size_t i = 0; i < s->job.count; i++) {
		struct spool_segment *g = spool_segment_find(s, s->job.files[i].number);
		if (s->job.files[i].rc == 0) {
			g->synced = s->job.files[i].written;
			continue;
		}
		g->failed = true;
		if (rc == 0)
			rc = s->job.files[i].rc;
	}
	return rc;
}

int spool_sync_hint(struct spool *s, bool clean)
{
	uint64_t numbers[] = {s->through.segment, s->through.offset, s->through.sequence,
		clean, s->next_number};

	return spool_state_hint(
		&s->disk, s->synced_fd, numbers, sizeof(numbers) / sizeof(numbers[0]));
}

void spool_sync_tell(struct spool *s)
{
	struct spool_entry e = {.type = SPOOL_ENTRY_SYNC};
	uint8_t text[SPOOL_POSITION_SIZE];

	spool_sync_hint(s, false);
	if (s->segment == NULL)
		return;
	spool_position_encode(&s->through, text);
	e.crc = mt_crc32c(0, span_make(text, sizeof(text)));
	if (spool_append(s, &e, span_make(text, sizeof(text)), false) == 0)
		spool_flush(s);
}

void spool_sync_end(struct spool *s, struct spool_job *job)
{
	int rc = take_results(s);

	job->out = false;
	if (rc != 0) {
		// Content gathered for a file that is well stays where it is.
		if (s->segment != NULL && !s->segment->failed)
			spool_flush(s);
		spool_abandon(s, rc, s->through.sequence);
		spool_segment_retire(s);
		return;
	}
	s->through = job->through;
	spool_sync_tell(s);
	announce(s);
	spool_segment_retire(s);
}
