// SPDX-License-Identifier: BSD-3-Clause
#include "spool_chain.h"

#include "spool_file.h"

#include <errno.h>

#define LIST_MAX (64u << 20)

void spool_chain_init(
	struct spool_chain *c, const struct spool_disk *disk, const char *directory)
{
	*c = (struct spool_chain){.disk = disk, .directory = directory};
	mt_buf_init(&c->links, LIST_MAX);
	mt_buf_init(&c->numbers, LIST_MAX);
	spool_scan_init(&c->scan, disk);
}

void spool_chain_fini(struct spool_chain *c)
{
	mt_buf_fini(&c->links);
	mt_buf_fini(&c->numbers);
	spool_scan_fini(&c->scan);
}

size_t spool_chain_count(const struct spool_chain *c)
{
	return c->links.len / sizeof(struct spool_link);
}

static struct spool_link *link_get(const struct spool_chain *c, size_t nth)
{
	return &((struct spool_link *)(void *)c->links.ptr)[nth];
}

const struct spool_link *spool_chain_get(const struct spool_chain *c, size_t nth)
{
	return link_get(c, nth);
}

const struct spool_link *spool_chain_from(const struct spool_chain *c, uint64_t number)
{
	size_t low = 0, high = spool_chain_count(c);

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (link_get(c, middle)->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < spool_chain_count(c) ? link_get(c, low) : NULL;
}

static uint64_t first_sequence(struct spool_chain *c, uint64_t number)
{
	struct spool_entry e;
	uint64_t at, first = 0;

	if (spool_scan_open(&c->scan, c->directory, number, 0) == 0 &&
		spool_scan_next(&c->scan, &e, &at) == 1 && e.type == SPOOL_ENTRY_OPEN &&
		spool_scan_check(&c->scan, &e, at) == 0)
		first = e.sequence;
	spool_scan_close(&c->scan);
	return first;
}

// Merges the sorted numbers with what is known of them, from the back to the front in place.
static int merge(struct spool_chain *c)
{
	const uint64_t *numbers = (const void *)c->numbers.ptr;
	size_t count = c->numbers.len / sizeof(*numbers);
	struct mt_buf old = c->links;
	struct spool_chain before = {.links = old};

	mt_buf_init(&c->links, LIST_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct spool_link *known = spool_chain_from(&before, numbers[i]);
		struct spool_link x = {.number = numbers[i]};
		x.first = known != NULL && known->number == x.number && known->first != 0
			? known->first
			: first_sequence(c, x.number);
		mt_buf_add(&c->links, span_make(&x, sizeof(x)));
	}
	mt_buf_fini(&old);
	return c->links.full ? -ENOMEM : 0;
}

static void bind(struct spool_chain *c)
{
	uint64_t bound = UINT64_MAX;

	for (size_t i = spool_chain_count(c); i > 0; i--) {
		struct spool_link *x = link_get(c, i - 1);
		x->bound = bound;
		if (x->first != 0 && x->first < bound)
			bound = x->first;
	}
}

// Without the hint under state/ (a copied spool): the newest sync entry says it.
static uint64_t limit_from_log(struct spool_chain *c)
{
	struct spool_position p = {0};
	struct spool_entry e;
	struct span payload;
	uint64_t at;

	for (size_t i = spool_chain_count(c); i > 0 && p.sequence == 0; i--) {
		if (spool_scan_open(
			    &c->scan, c->directory, link_get(c, i - 1)->number, 0) != 0)
			continue;
		while (spool_scan_next(&c->scan, &e, &at) == 1)
			if (e.type == SPOOL_ENTRY_SYNC &&
				spool_scan_payload(&c->scan, &e, at, &payload) == 0)
				spool_position_decode(payload, &p);
		spool_scan_close(&c->scan);
	}
	return p.sequence;
}

int spool_chain_refresh(struct spool_chain *c)
{
	uint64_t hint[3] = {0};

	int told = spool_state_read(c->disk, c->directory, "state/synced", hint, 3);
	int rc = spool_file_list(c->disk, c->directory, &c->numbers);
	if (rc == 0)
		rc = merge(c);
	if (rc != 0)
		return rc;
	bind(c);
	if (told == 0 && hint[2] > c->limit)
		c->limit = hint[2];
	else if (told != 0 && c->limit == 0)
		c->limit = limit_from_log(c);
	return 0;
}

static int commits_from_seal(struct spool_chain *c, struct mt_buf *to)
{
	uint8_t text[SPOOL_TRAILER_SIZE];
	struct spool_trailer trailer;
	struct spool_index x;
	struct spool_entry e;
	struct span payload;
	uint64_t at;

	if (c->scan.size < sizeof(text) ||
		spool_file_read(c->disk, c->scan.fd, text, sizeof(text),
			c->scan.size - sizeof(text)) != 0 ||
		spool_trailer_decode(span_make(text, sizeof(text)), &trailer) != 0)
		return -ENOENT;
	c->scan.at = trailer.offset;
	if (trailer.offset % 8 != 0 || spool_scan_next(&c->scan, &e, &at) != 1 ||
		e.type != SPOOL_ENTRY_SEAL || c->scan.at != c->scan.size ||
		spool_scan_payload(&c->scan, &e, at, &payload) != 0)
		return -ENOENT;
	for (size_t i = 0; i < spool_index_count(payload); i++)
		if (spool_index_get(payload, i, &x) == 0)
			mt_buf_add(to, span_make(&x, sizeof(x)));
	return 0;
}

static void commits_from_walk(struct spool_chain *c, uint64_t bound, struct mt_buf *to)
{
	struct spool_part part;
	struct spool_entry e;
	struct span payload;
	uint64_t at;

	c->scan.at = 0;
	while (spool_scan_next(&c->scan, &e, &at) == 1 && e.sequence < bound) {
		if (e.type != SPOOL_ENTRY_COMMIT ||
			spool_scan_payload(&c->scan, &e, at, &payload) != 0 ||
			spool_part_decode(payload, &part) != 0)
			continue;
		struct spool_index x = {.id = part.id, .flags = part.flags, .offset = at};
		mt_buf_add(to, span_make(&x, sizeof(x)));
	}
}

int spool_chain_commits(
	struct spool_chain *c, const struct spool_link *link, struct mt_buf *to)
{
	uint64_t bound = link->bound < c->limit ? link->bound : c->limit;

	mt_buf_clear(to);
	int rc = spool_scan_open(&c->scan, c->directory, link->number, 0);
	if (rc != 0)
		return rc;
	if (commits_from_seal(c, to) != 0)
		commits_from_walk(c, bound, to);
	spool_scan_close(&c->scan);
	return to->full ? -ENOMEM : 0;
}
