// SPDX-License-Identifier: BSD-3-Clause
#include "damage.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define KEPT_MAX (1u << 30)

void damage_init(struct damage *d, bool json)
{
	*d = (struct damage){.json = json};
	mt_buf_init(&d->chunks, KEPT_MAX);
	mt_buf_init(&d->tombs, KEPT_MAX);
}

void damage_fini(struct damage *d)
{
	mt_buf_fini(&d->chunks);
	mt_buf_fini(&d->tombs);
}

static void print_json(
	uint64_t segment, uint64_t offset, const char *id, const char *what)
{
	json_t *line = json_pack("{sIsIss}", "segment", (json_int_t)segment, "offset",
		(json_int_t)offset, "what", what);

	if (id[0] != '\0')
		json_object_set_new(line, "id", json_string(id));
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

void damage_tell(struct damage *d, uint64_t segment, uint64_t offset, const char *id,
	const char *fmt, ...)
{
	char what[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	d->count++;
	if (d->json)
		print_json(segment, offset, id, what);
	else
		printf("damage %" PRIu64 ":%" PRIu64 "%s%s: %s\n", segment, offset,
			id[0] != '\0' ? " mail " : "", id, what);
}

static void keep(struct mt_buf *to, uint64_t segment, uint64_t offset)
{
	struct damage_chunk c = {segment, offset, false};

	mt_buf_add(to, span_make(&c, sizeof(c)));
}

void damage_add_chunk(struct damage *d, uint64_t segment, uint64_t offset)
{
	keep(&d->chunks, segment, offset);
}

void damage_add_tomb(struct damage *d, uint64_t segment, uint64_t offset)
{
	keep(&d->tombs, segment, offset);
}

static int compare(const void *a, const void *b)
{
	const struct damage_chunk *x = a, *y = b;

	if (x->segment != y->segment)
		return x->segment > y->segment ? 1 : -1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

void damage_sort(struct damage *d)
{
	if (d->tombs.len > 0)
		qsort(d->tombs.ptr, d->tombs.len / sizeof(struct damage_chunk),
			sizeof(struct damage_chunk), compare);
}

static struct damage_chunk *find(
	const struct mt_buf *in, uint64_t segment, uint64_t offset)
{
	struct damage_chunk key = {segment, offset, false};

	if (in->len == 0)
		return NULL;
	return bsearch(&key, in->ptr, in->len / sizeof(key), sizeof(key), compare);
}

bool damage_is_tomb(const struct damage *d, uint64_t segment, uint64_t offset)
{
	return find(&d->tombs, segment, offset) != NULL;
}

bool damage_take_chunk(struct damage *d, uint64_t segment, uint64_t offset)
{
	struct damage_chunk *c = find(&d->chunks, segment, offset);

	if (c != NULL)
		c->told = true;
	return c != NULL;
}

void damage_tell_rest(struct damage *d)
{
	const struct damage_chunk *c = (const void *)d->chunks.ptr;

	for (size_t i = 0; i < d->chunks.len / sizeof(*c); i++)
		if (!c[i].told && !damage_is_tomb(d, c[i].segment, c[i].offset))
			damage_tell(d, c[i].segment, c[i].offset, "",
				"content of no committed mail does not match its CRC");
}

bool damage_is_short(const struct damage *d)
{
	return d->chunks.full || d->tombs.full;
}
