// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include "mt_assert.h"
#include "mt_crc32c.h"

#include <errno.h>

// An entry takes at most: header, payload, padding.
#define IOVS_OF_ENTRY 3

static const uint8_t padding[8];

static size_t staging_left(const struct spool *s)
{
	return SPOOL_STAGING_SIZE - s->batch.used;
}

static bool has_room(const struct spool *s, size_t staged)
{
	// One more padding is needed when a growing chunk is closed.
	return s->batch.octets < SPOOL_BATCH_OCTETS &&
		staging_left(s) >= staged + SPOOL_ENTRY_SIZE + 2 * sizeof(padding) &&
		s->batch.iovs + IOVS_OF_ENTRY + 1 <= SPOOL_IOVS &&
		s->batch.owner_count < SPOOL_IOVS;
}

static void lend(struct spool *s, struct span text)
{
	struct spool_batch *b = &s->batch;

	if (text.len == 0)
		return;
	MT_ASSERT(b->iovs < SPOOL_IOVS);
	b->iov[b->iovs++] = (struct iovec){(void *)(uintptr_t)text.ptr, text.len};
	b->octets += text.len;
	s->at += text.len;
}

// Octets in the staging area that become part of the log here.
static uint8_t *stage(struct spool *s, const void *from, size_t len)
{
	struct spool_batch *b = &s->batch;
	uint8_t *to = b->staging + b->used;

	MT_ASSERT(len <= staging_left(s));
	if (from != NULL)
		memcpy(to, from, len);
	b->used += len;
	struct iovec *last = b->iovs > 0 ? &b->iov[b->iovs - 1] : NULL;
	if (last == NULL || (uint8_t *)last->iov_base + last->iov_len != to) {
		lend(s, span_make(to, len));
		return to;
	}
	last->iov_len += len;
	b->octets += len;
	s->at += len;
	return to;
}

static void pad(struct spool *s)
{
	stage(s, padding, (size_t)(-s->at & 7));
}

void spool_chunk_close(struct spool *s)
{
	struct spool_chunk *c = &s->chunk;

	if (c->mail == NULL)
		return;
	struct spool_entry e = {
		.type = SPOOL_ENTRY_CHUNK,
		.slot = c->mail->slot,
		.length = c->length,
		.crc = c->crc,
		.segment = s->segment->number,
		.sequence = c->sequence,
	};
	spool_entry_encode(&e, c->header);
	pad(s);
	*c = (struct spool_chunk){0};
}

// Gives lent memory back and forgets what was gathered.
void spool_batch_drop(struct spool *s)
{
	struct spool_batch *b = &s->batch;

	s->chunk = (struct spool_chunk){0};
	for (int i = 0; i < b->owner_count; i++)
		s->settings.release(s->settings.ctx, b->owners[i]);
	b->used = 0;
	b->iovs = 0;
	b->owner_count = 0;
	b->octets = 0;
}

static int write_batch(struct spool *s)
{
	struct iovec *iov = s->batch.iov;
	uint64_t offset = s->segment->written;
	int left = s->batch.iovs;

	while (left > 0) {
		ssize_t n =
			s->disk.pwritev(s->disk.ctx, s->segment->fd, iov, left, offset);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? -EIO : (int)n;
		offset += (uint64_t)n;
		for (; left > 0 && (size_t)n >= iov->iov_len; left--)
			n -= (ssize_t)iov++->iov_len;
		if (left > 0) {
			iov->iov_base = (uint8_t *)iov->iov_base + n;
			iov->iov_len -= (size_t)n;
		}
	}
	return 0;
}

int spool_flush(struct spool *s)
{
	if (s->batch.octets == 0)
		return 0;
	spool_chunk_close(s);
	int rc = write_batch(s);
	spool_batch_drop(s);
	if (rc != 0) {
		spool_abandon(s, rc, s->flushed_sequence);
		return rc;
	}
	s->segment->written = s->at;
	s->flushed_sequence = s->sequence;
	return 0;
}

// A segment that may take an entry, and room in the batch for `staged` octets of it.
int spool_make_place(struct spool *s, size_t staged)
{
	int rc = 0;

	if (s->segment == NULL)
		return s->code != 0 ? s->code : -EIO;
	spool_chunk_close(s);
	if (spool_segment_is_full(s)) {
		rc = spool_segment_seal(s);
		if (rc == 0)
			rc = spool_segment_create(s);
	}
	if (rc == 0 && !has_room(s, staged))
		rc = spool_flush(s);
	return rc;
}

static void put(
	struct spool *s, const struct spool_entry *e, struct span payload, bool copy)
{
	uint8_t header[SPOOL_ENTRY_SIZE];
	struct spool_entry placed = *e;

	placed.segment = s->segment->number;
	placed.sequence = s->sequence++;
	placed.length = (uint32_t)payload.len;
	spool_entry_encode(&placed, header);
	stage(s, header, sizeof(header));
	if (copy)
		stage(s, payload.ptr, payload.len);
	else
		lend(s, payload);
	pad(s);
}

int spool_append(
	struct spool *s, const struct spool_entry *e, struct span payload, bool lent)
{
	bool copy = payload.len <= SPOOL_STAGED_MAX && !lent;
	int rc = spool_make_place(s, copy ? payload.len : 0);

	if (rc != 0)
		return rc;
	put(s, e, payload, copy);
	return copy || lent ? 0 : spool_flush(s);
}

int spool_append_seal(struct spool *s, const struct spool_entry *e, struct span payload)
{
	put(s, e, payload, false);
	return spool_flush(s);
}

// Should memory run out, the segment will have no seal, and readers walk it instead.
static void note_commit(struct spool *s, const struct spool_item *item)
{
	struct spool_index x = {.offset = item->at.offset};
	uint8_t text[SPOOL_INDEX_SIZE];
	struct spool_part part;
	uint64_t extent[3];

	MT_ASSERT(spool_part_decode(mt_buf_span(&item->payload), &part) == 0);
	x.id = part.id;
	x.flags = part.flags;
	spool_index_encode(&x, text);
	mt_buf_add(&s->segment->index, span_make(text, sizeof(text)));
	s->segment->mails++;
	for (uint32_t i = 0; i < part.count && !(part.flags & SPOOL_PART_UNKEPT); i++) {
		spool_extent_get(&part, i, extent);
		if (extent[0] < s->segment->lowest)
			s->segment->lowest = extent[0];
	}
}

int spool_append_item(struct spool *s, struct spool_item *item)
{
	struct spool_entry e = {.type = item->type, .slot = item->slot, .crc = item->crc};
	int rc = spool_make_place(s, 0);

	if (rc != 0)
		return rc;
	item->at = (struct spool_position){s->segment->number, s->at, s->sequence};
	if (item->type == SPOOL_ENTRY_COMMIT)
		note_commit(s, item);
	item->again = false;
	s->again_octets -= item->payload.len;
	put(s, &e, mt_buf_span(&item->payload), false);
	return 0;
}

static int chunk_start(struct spool *s, struct spool_mail *m)
{
	int rc = spool_make_place(s, 2 * sizeof(padding));

	if (rc == 0)
		rc = m->error;
	if (rc != 0)
		return rc;
	uint64_t extent[3] = {s->segment->number, s->at + SPOOL_ENTRY_SIZE, 0};
	if (!spool_mail_extend(m, extent))
		return -ENOMEM;
	s->chunk = (struct spool_chunk){.mail = m, .sequence = s->sequence++};
	s->chunk.header = stage(s, NULL, SPOOL_ENTRY_SIZE);
	return 0;
}

// Puts some of the text into a chunk of this mail. Returns how much, or -errno.
static ssize_t chunk_add(
	struct spool *s, struct spool_mail *m, struct span text, bool copy)
{
	int rc = 0;

	if (s->chunk.mail != m || s->chunk.length >= SPOOL_CHUNK_MAX ||
		spool_segment_is_full(s) || !has_room(s, sizeof(padding)))
		rc = chunk_start(s, m);
	if (rc != 0)
		return rc;
	uint64_t left = s->settings.segment_size > s->at
		? s->settings.segment_size - s->at
		: 4096;
	text = span_head(text, left > 64 ? left : 64);
	text = span_head(text, SPOOL_CHUNK_MAX - s->chunk.length);
	if (copy)
		text = span_head(text, staging_left(s) - sizeof(padding));
	if (copy)
		stage(s, text.ptr, text.len);
	else
		lend(s, text);
	s->chunk.crc = mt_crc32c(s->chunk.crc, text);
	s->chunk.length += (uint32_t)text.len;
	m->extents[m->count - 1][2] += text.len;
	return (ssize_t)text.len;
}

static void give_back(struct spool *s, void *owner, bool lent)
{
	struct spool_batch *b = &s->batch;

	if (owner == NULL)
		return;
	if (!lent || b->octets == 0)
		s->settings.release(s->settings.ctx, owner);
	else
		b->owners[b->owner_count++] = owner;
}

int spool_content(struct spool *s, struct spool_mail *m, struct span text, void *owner)
{
	ssize_t n = m->error != 0 ? m->error : spool_ready(s);
	bool lent = text.len > 0;

	while (n >= 0 && text.len > 0) {
		n = m->error != 0 ? m->error : chunk_add(s, m, text, owner == NULL);
		if (n > 0)
			text = span_skip(text, (size_t)n);
	}
	give_back(s, owner, lent);
	if (n < 0 && m->error == 0)
		m->error = (int)n;
	return n < 0 ? (int)n : 0;
}
