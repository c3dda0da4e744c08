// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include "mt_log.h"

#include <errno.h>
#include <stdio.h>

#define BACKOFF_MAX 64 // times the first pause

#define SPACE_MIN (4u << 20)

// enum mail_given_up of the mail layer, which this layer does not know.
enum {
	WHY_DISK_FULL = 1,
	WHY_DISK_ERROR = 2,
};

static bool is_full(int code)
{
	return code == -ENOSPC || code == -EDQUOT;
}

void spool_trouble(struct spool *s, int code, const char *what)
{
	s->code = is_full(code) ? -ENOSPC : code;
	s->retry_us = s->settings.now_us() + s->backoff_us;
	if (s->backoff_us < s->settings.retry_us * BACKOFF_MAX)
		s->backoff_us *= 2;
	if (!s->status.degraded)
		mt_log(MT_LOG_ERROR, "spool", "%s: %s: %s", s->directory, what,
			strerror(-code));
	s->status.degraded = true;
	s->status.full = is_full(code);
	snprintf(s->status.trouble, sizeof(s->status.trouble), "%s: %s", what,
		strerror(-code));
}

// Whether octets of this extent will never be on the disk.
static bool is_gone(struct spool *s, const uint64_t extent[3])
{
	const struct spool_segment *g = spool_segment_find(s, extent[0]);

	if (g == NULL)
		return false;
	return extent[1] + extent[2] > (g->failed ? g->synced : g->written);
}

static void doom_open_mails(struct spool *s, int code)
{
	struct spool_mail *m;

	TAILQ_FOREACH(m, &s->open, link)
		for (size_t i = 0; i < m->count && m->error == 0; i++)
			if (is_gone(s, m->extents[i]))
				m->error = is_full(code) ? -ENOSPC : -EIO;
	TAILQ_FOREACH(m, &s->open, link)
		if (m->error != 0)
			m->count = 0;
}

static bool lost_content(struct spool *s, const struct spool_item *item)
{
	struct spool_part part;
	uint64_t extent[3];

	if (item->type != SPOOL_ENTRY_COMMIT ||
		spool_part_decode(mt_buf_span(&item->payload), &part) != 0 ||
		(part.flags & SPOOL_PART_UNKEPT) != 0)
		return false;
	for (uint32_t i = 0; i < part.count; i++) {
		spool_extent_get(&part, i, extent);
		if (is_gone(s, extent))
			return true;
	}
	return false;
}

// Its commit was written but never became durable. An abort in the next segment says so, and it is
// told upward when that abort is durable: until then a crash may still find the mail whole.
static void lose(struct spool *s, struct spool_item *item, int code)
{
	struct spool_mail dead = {.slot = item->slot, .id = item->id};

	int why = is_full(code) ? WHY_DISK_FULL : WHY_DISK_ERROR;

	s->status.lost++;
	spool_item_drop(s, item);
	item = spool_item_add(s, SPOOL_ENTRY_ABORT, &dead, 0,
		span_text("lost to trouble with the disk"));
	if (item != NULL)
		item->lost = why;
	else
		s->settings.lost(s->settings.ctx, &dead.id, why);
}

void spool_abandon(struct spool *s, int code, uint64_t cut)
{
	struct spool_segment *g = s->segment;
	struct spool_item *item, *next;

	spool_batch_drop(s);
	if (g != NULL) {
		g->closed = true;
		// What is behind does not count; should cutting it off fail, the next open entry
		// says so as well.
		s->disk.truncate(s->disk.ctx, g->fd, g->failed ? g->synced : g->written);
	}
	s->segment = NULL;
	s->sequence = s->flushed_sequence = cut;
	doom_open_mails(s, code);
	struct spool_item *last = TAILQ_LAST(&s->items, spool_items);
	for (item = TAILQ_FIRST(&s->items); item != NULL; item = next) {
		next = item != last ? TAILQ_NEXT(item, link) : NULL;
		if (item->at.sequence < cut)
			continue;
		if (!item->again)
			s->again_octets += item->payload.len;
		item->again = true;
		item->at.sequence = SPOOL_ALWAYS;
		// Its old slot may be another mail's by now.
		if (item->slot != 0)
			item->slot = ++s->slots;
		if (lost_content(s, item))
			lose(s, item, code);
	}
	spool_trouble(s, code, "writing");
	// A failing file is no reason to wait; a full disk is.
	if (!is_full(code))
		s->retry_us = 0;
}

// A disk that was full is tried only when there is room for more than the next few entries.
static bool has_space(struct spool *s)
{
	uint64_t needed = s->settings.segment_size < SPACE_MIN ? s->settings.segment_size
							       : SPACE_MIN;
	uint64_t space, total;

	return s->code != -ENOSPC ||
		s->disk.free_space(s->disk.ctx, s->directory, &space, &total) != 0 ||
		space >= needed;
}

static int append_again(struct spool *s)
{
	struct spool_item *item;

	TAILQ_FOREACH(item, &s->items, link) {
		int rc = item->again ? spool_append_item(s, item) : 0;
		if (rc != 0)
			return rc;
	}
	return spool_flush(s);
}

int spool_ready(struct spool *s)
{
	if (s->segment != NULL && s->again_octets == 0)
		return 0;
	if (s->segment == NULL && s->settings.now_us() < s->retry_us)
		return s->code;
	int rc = s->segment != NULL ? 0
		: has_space(s)      ? spool_segment_create(s)
				    : -ENOSPC;
	if (rc != 0) {
		spool_trouble(s, rc, "opening a new segment");
		return s->code;
	}
	rc = append_again(s);
	if (rc != 0)
		return rc;
	if (s->status.degraded)
		mt_log(MT_LOG_INFO, "spool", "%s: writing again", s->directory);
	s->status.degraded = s->status.full = false;
	s->status.trouble[0] = '\0';
	s->code = 0;
	s->backoff_us = s->settings.retry_us;
	return 0;
}
