// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include <errno.h>
#include <fcntl.h>

struct spool_known *spool_known_get(struct spool *s, size_t nth)
{
	struct spool_known *all = (struct spool_known *)(void *)s->known.ptr;

	return nth < s->known.len / sizeof(*all) ? &all[nth] : NULL;
}

// Oldest segment that a commit of this one points into, as its seal says. Without a seal nobody
// knows, and everything older is held.
static uint64_t read_lowest(struct spool *s, int fd, uint64_t octets)
{
	uint8_t text[SPOOL_TRAILER_SIZE], header[SPOOL_ENTRY_SIZE];
	struct spool_trailer trailer;
	struct spool_entry e;

	if (octets < sizeof(text) ||
		spool_file_read(
			&s->disk, fd, text, sizeof(text), octets - sizeof(text)) != 0 ||
		spool_trailer_decode(span_make(text, sizeof(text)), &trailer) != 0 ||
		trailer.offset >= octets ||
		spool_file_read(&s->disk, fd, header, sizeof(header), trailer.offset) !=
			0 ||
		spool_entry_decode(span_make(header, sizeof(header)), &e) != 0 ||
		e.type != SPOOL_ENTRY_SEAL)
		return 0;
	return trailer.lowest;
}

int spool_known_load(struct spool *s)
{
	struct mt_buf numbers;

	mt_buf_init(&numbers, s->known.max);
	int rc = spool_file_list(&s->disk, s->directory, &numbers);
	for (size_t i = 0; i < numbers.len / sizeof(uint64_t) && rc == 0; i++) {
		struct spool_known k = {.number = ((uint64_t *)(void *)numbers.ptr)[i]};
		int fd = spool_file_open_segment(
			&s->disk, s->directory, k.number, O_RDONLY);
		if (fd < 0) {
			rc = fd;
			break;
		}
		int64_t size = s->disk.size(s->disk.ctx, fd);
		k.octets = size > 0 ? (uint64_t)size : 0;
		k.lowest = read_lowest(s, fd, k.octets);
		s->disk.close(s->disk.ctx, fd);
		if (!mt_buf_add(&s->known, span_make(&k, sizeof(k))))
			rc = -ENOMEM;
	}
	mt_buf_fini(&numbers);
	return rc;
}

void spool_known_note(struct spool *s, const struct spool_segment *g)
{
	for (size_t i = s->known.len / sizeof(struct spool_known); i > 0; i--) {
		struct spool_known *k = spool_known_get(s, i - 1);
		if (k->number != g->number)
			continue;
		k->octets = g->written;
		k->lowest = g->lowest;
		return;
	}
}

void spool_status_get(const struct spool *s, struct spool_status *ret)
{
	const struct spool_known *all = (const void *)s->known.ptr;
	const struct spool_segment *g;

	*ret = s->status;
	ret->segment = s->segment != NULL ? s->segment->number : 0;
	ret->offset = s->at;
	ret->segments = (uint32_t)(s->known.len / sizeof(*all));
	for (uint32_t i = 0; i < ret->segments; i++)
		ret->octets += all[i].octets;
	TAILQ_FOREACH(g, &s->segments, link)
		ret->octets += g->written;
	s->disk.free_space(s->disk.ctx, s->directory, &ret->free, &ret->total);
}

static bool points_into(const struct spool_item *item, uint64_t number)
{
	struct spool_part part;
	uint64_t extent[3];

	if (item->type != SPOOL_ENTRY_COMMIT ||
		spool_part_decode(mt_buf_span(&item->payload), &part) != 0)
		return false;
	for (uint32_t i = 0; i < part.count; i++) {
		spool_extent_get(&part, i, extent);
		if (extent[0] == number)
			return true;
	}
	return false;
}

static bool is_needed(struct spool *s, uint64_t number)
{
	const struct spool_segment *g;
	const struct spool_item *item;
	const struct spool_mail *m;

	TAILQ_FOREACH(g, &s->segments, link)
		if (g->lowest <= number)
			return true;
	for (size_t i = 1; spool_known_get(s, i) != NULL; i++)
		if (spool_known_get(s, i)->lowest <= number &&
			spool_segment_find(s, spool_known_get(s, i)->number) == NULL)
			return true;
	TAILQ_FOREACH(m, &s->open, link)
		for (size_t i = 0; i < m->count; i++)
			if (m->extents[i][0] == number)
				return true;
	TAILQ_FOREACH(item, &s->items, link)
		if (points_into(item, number))
			return true;
	return false;
}

int spool_drop_oldest(struct spool *s)
{
	const struct spool_known *k = spool_known_get(s, 0);
	char path[SPOOL_PATH_SIZE], folder[SPOOL_PATH_SIZE];

	if (k == NULL)
		return -ENOENT;
	if (is_needed(s, k->number))
		return -EBUSY;
	if (!spool_file_segment(path, s->directory, k->number) ||
		!spool_file_path(folder, s->directory, "segments"))
		return -ENAMETOOLONG;
	int rc = s->disk.unlink(s->disk.ctx, path);
	if (rc != 0)
		return rc;
	s->known.len -= sizeof(*k);
	memmove(s->known.ptr, s->known.ptr + sizeof(*k), s->known.len);
	return s->disk.fsync_dir(s->disk.ctx, folder);
}
