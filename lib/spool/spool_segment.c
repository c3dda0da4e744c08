// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include "mt_clock.h"
#include "mt_crc32c.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

bool spool_segment_is_full(const struct spool *s)
{
	return s->at >= s->settings.segment_size && s->at > s->opened;
}

struct spool_segment *spool_segment_find(struct spool *s, uint64_t number)
{
	struct spool_segment *g;

	TAILQ_FOREACH(g, &s->segments, link)
		if (g->number == number)
			return g;
	return NULL;
}

static void add_carried(struct mt_buf *to, const struct spool_mail *m)
{
	uint8_t head[SPOOL_CARRIED_SIZE + SPOOL_PART_SIZE], extent[SPOOL_EXTENT_SIZE];
	size_t length = SPOOL_PART_SIZE + m->count * SPOOL_EXTENT_SIZE + m->envelope.len;

	spool_carried_encode(m->slot, (uint32_t)length, head);
	spool_part_encode(&m->id, 0, (uint32_t)m->count, head + SPOOL_CARRIED_SIZE);
	mt_buf_add(to, span_make(head, sizeof(head)));
	for (size_t i = 0; i < m->count; i++) {
		spool_extent_encode(m->extents[i], extent);
		mt_buf_add(to, span_make(extent, sizeof(extent)));
	}
	mt_buf_add(to, mt_buf_span(&m->envelope));
}

// A mail whose end waits to be appended again is still open as far as the log knows.
static bool is_unended(const struct spool_item *item)
{
	return item->again && item->slot != 0 && item->type != SPOOL_ENTRY_TOMB;
}

static void make_opening(struct spool *s, uint64_t now_us, struct mt_buf *to)
{
	struct spool_opening o = {
		.format = SPOOL_FORMAT,
		.appliance = s->settings.appliance,
		.created_us = now_us,
		.count = s->status.open_mails,
	};
	uint8_t head[SPOOL_OPENING_SIZE];
	const struct spool_item *item;
	const struct spool_mail *m;

	TAILQ_FOREACH(item, &s->items, link)
		o.count += is_unended(item);
	spool_opening_encode(&o, head);
	mt_buf_add(to, span_make(head, sizeof(head)));
	TAILQ_FOREACH(item, &s->items, link)
		if (is_unended(item))
			add_carried(to,
				&(struct spool_mail){.slot = item->slot, .id = item->id});
	// After the items: where a mail is in both (at start), the one with its envelope wins.
	TAILQ_FOREACH(m, &s->open, link)
		add_carried(to, m);
}

// The whole open entry, header and padding included.
static int make_open_entry(struct spool *s, uint64_t number, uint64_t now_us)
{
	static const uint8_t zeros[SPOOL_ENTRY_SIZE];
	struct spool_entry e = {
		.type = SPOOL_ENTRY_OPEN, .segment = number, .sequence = s->sequence};
	struct mt_buf *b = &s->scratch;

	mt_buf_clear(b);
	mt_buf_add(b, span_make(zeros, SPOOL_ENTRY_SIZE));
	make_opening(s, now_us, b);
	if (b->full)
		return -ENOMEM;
	e.length = (uint32_t)(b->len - SPOOL_ENTRY_SIZE);
	e.crc = mt_crc32c(0, span_skip(mt_buf_span(b), SPOOL_ENTRY_SIZE));
	spool_entry_encode(&e, b->ptr);
	mt_buf_add(b, span_make(zeros, (size_t)(-b->len & 7)));
	return b->full ? -ENOMEM : 0;
}

// A segment may be used only once its name and its first entry are sure to be found again.
static int write_open_entry(struct spool *s, int fd)
{
	char folder[SPOOL_PATH_SIZE];

	int rc = spool_file_write(&s->disk, fd, mt_buf_span(&s->scratch), 0);
	if (rc == 0)
		rc = s->disk.fdatasync(s->disk.ctx, fd);
	if (rc == 0 && !spool_file_path(folder, s->directory, "segments"))
		rc = -ENAMETOOLONG;
	return rc == 0 ? s->disk.fsync_dir(s->disk.ctx, folder) : rc;
}

static int create_file(struct spool *s, uint64_t number, uint64_t now_us)
{
	char path[SPOOL_PATH_SIZE];

	int rc = make_open_entry(s, number, now_us);
	if (rc != 0)
		return rc;
	if (!spool_file_segment(path, s->directory, number))
		return -ENAMETOOLONG;
	int fd = s->disk.open(s->disk.ctx, path, O_RDWR | O_CREAT | O_EXCL, 0640);
	if (fd < 0)
		return fd;
	rc = write_open_entry(s, fd);
	if (rc == 0)
		return fd;
	s->disk.close(s->disk.ctx, fd);
	s->disk.unlink(s->disk.ctx, path);
	return rc;
}

int spool_segment_create(struct spool *s)
{
	struct spool_segment *g = calloc(1, sizeof(*g));
	struct spool_known known = {
		.number = s->next_number,
		.lowest = s->next_number,
		.created_us = mt_clock_wall_us(),
	};

	if (g == NULL || !mt_buf_add(&s->known, span_make(&known, sizeof(known)))) {
		free(g);
		return -ENOMEM;
	}
	int fd = create_file(s, s->next_number, known.created_us);
	g->number = s->next_number++;
	if (fd < 0) {
		s->known.len -= sizeof(known);
		free(g);
		return fd;
	}
	g->fd = fd;
	g->lowest = g->number;
	mt_buf_init(&g->index, SPOOL_ENTRY_MAX - SPOOL_TRAILER_SIZE);
	s->at = s->opened = g->written = g->synced = s->scratch.len;
	s->flushed_sequence = ++s->sequence;
	s->segment = g;
	TAILQ_INSERT_TAIL(&s->segments, g, link);
	return 0;
}

static int append_seal(struct spool *s)
{
	struct spool_segment *g = s->segment;
	struct spool_entry e = {.type = SPOOL_ENTRY_SEAL};
	struct spool_trailer trailer = {.lowest = g->lowest, .offset = s->at};
	uint8_t text[SPOOL_TRAILER_SIZE];

	spool_trailer_encode(&trailer, text);
	if (!mt_buf_add(&g->index, span_make(text, sizeof(text))))
		return 0;
	e.crc = mt_crc32c(0, mt_buf_span(&g->index));
	return spool_append_seal(s, &e, mt_buf_span(&g->index));
}

int spool_segment_seal(struct spool *s)
{
	struct spool_segment *g = s->segment;

	// The seal says where it stands itself, so nothing may come between.
	int rc = spool_flush(s);
	if (rc == 0)
		rc = append_seal(s);
	if (rc != 0)
		return rc;
	rc = s->disk.truncate(s->disk.ctx, g->fd, s->at);
	if (rc != 0) {
		spool_abandon(s, rc, s->flushed_sequence);
		return rc;
	}
	mt_buf_fini(&g->index);
	g->closed = true;
	s->segment = NULL;
	return 0;
}

void spool_segment_retire(struct spool *s)
{
	struct spool_segment *g = TAILQ_FIRST(&s->segments);

	while (g != NULL) {
		struct spool_segment *next = TAILQ_NEXT(g, link);
		if (g->closed && (g->failed || g->synced == g->written)) {
			TAILQ_REMOVE(&s->segments, g, link);
			spool_known_note(s, g);
			s->disk.close(s->disk.ctx, g->fd);
			mt_buf_fini(&g->index);
			free(g);
		}
		g = next;
	}
}
