// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include <errno.h>
#include <fcntl.h>

struct spool_known *spool_known_get(struct spool *s, size_t nth)
{
	struct spool_known *all = (struct spool_known *)(void *)s->known.ptr;

	return nth < s->known.len / sizeof(*all) ? &all[nth] : NULL;
}

// What the seal says: the oldest segment that a commit of this one points into, and the number of
// commits. Without a seal nobody knows: 0.
static void read_seal(struct spool *s, int fd, struct spool_known *k)
{
	uint8_t text[SPOOL_TRAILER_SIZE], header[SPOOL_ENTRY_SIZE];
	struct spool_trailer trailer;
	struct spool_entry e;

	if (k->octets < sizeof(text) ||
		spool_file_read(&s->disk, fd, text, sizeof(text),
			k->octets - sizeof(text)) != 0 ||
		spool_trailer_decode(span_make(text, sizeof(text)), &trailer) != 0 ||
		trailer.offset >= k->octets ||
		spool_file_read(&s->disk, fd, header, sizeof(header), trailer.offset) !=
			0 ||
		spool_entry_decode(span_make(header, sizeof(header)), &e) != 0 ||
		e.type != SPOOL_ENTRY_SEAL || e.length < SPOOL_TRAILER_SIZE)
		return;
	k->lowest = trailer.lowest;
	k->mails = (e.length - SPOOL_TRAILER_SIZE) / SPOOL_INDEX_SIZE;
}

// When it was begun, as its open entry says. Damaged: 0, as old as can be.
static void read_opening(struct spool *s, int fd, struct spool_known *k)
{
	uint8_t text[SPOOL_ENTRY_SIZE + SPOOL_OPENING_SIZE];
	struct spool_opening o;
	struct spool_entry e;

	if (spool_file_read(&s->disk, fd, text, sizeof(text), 0) == 0 &&
		spool_entry_decode(span_make(text, SPOOL_ENTRY_SIZE), &e) == 0 &&
		e.type == SPOOL_ENTRY_OPEN &&
		spool_opening_decode(
			span_make(text + SPOOL_ENTRY_SIZE, SPOOL_OPENING_SIZE), &o) == 0)
		k->created_us = o.created_us;
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
		read_seal(s, fd, &k);
		read_opening(s, fd, &k);
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
		k->mails = g->mails;
		return;
	}
}

uint64_t spool_known_octets(const struct spool *s)
{
	const struct spool_known *all = (const void *)s->known.ptr;
	const struct spool_segment *g;
	uint64_t octets = 0;

	for (size_t i = 0; i < s->known.len / sizeof(*all); i++)
		octets += all[i].octets;
	TAILQ_FOREACH(g, &s->segments, link)
		octets += g->written;
	return octets;
}

void spool_status_get(const struct spool *s, struct spool_status *ret)
{
	const struct spool_known *all = (const void *)s->known.ptr;

	*ret = s->status;
	ret->segment = s->segment != NULL ? s->segment->number : 0;
	ret->offset = s->at;
	ret->segments = (uint32_t)(s->known.len / sizeof(*all));
	ret->octets = spool_known_octets(s);
	ret->oldest_us = ret->segments > 0 ? all[0].created_us : 0;
	s->disk.free_space(s->disk.ctx, s->directory, &ret->free, &ret->total);
}
