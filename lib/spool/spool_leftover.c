// SPDX-License-Identifier: BSD-3-Clause
#include "spool_leftover.h"

#include "mt_crc32c.h"

#include <errno.h>

// A slot beyond this cannot be one of ours.
#define SLOTS_MAX (1u << 22)
#define LIST_MAX  (1u << 30)

void spool_leftover_init(
	struct spool_leftover *l, struct spool *s, struct mt_buf *corrupt)
{
	*l = (struct spool_leftover){.s = s, .corrupt = corrupt, .trusted = SPOOL_ALWAYS};
	mt_buf_init(&l->table, SLOTS_MAX * sizeof(struct spool_mail *));
	mt_buf_init(&l->tombs, LIST_MAX);
	mt_buf_init(&l->index, SPOOL_ENTRY_MAX - SPOOL_TRAILER_SIZE);
	mt_buf_init(&l->seal, SPOOL_ENTRY_MAX);
}

void spool_leftover_fini(struct spool_leftover *l)
{
	mt_buf_fini(&l->table);
	mt_buf_fini(&l->tombs);
	mt_buf_fini(&l->index);
	mt_buf_fini(&l->seal);
}

static void close_all(struct spool_leftover *l)
{
	struct spool_mail *m;

	while ((m = TAILQ_FIRST(&l->s->open)) != NULL)
		spool_mail_put(l->s, m);
	mt_buf_clear(&l->table);
}

void spool_leftover_restart(struct spool_leftover *l, uint64_t trusted)
{
	close_all(l);
	mt_buf_clear(l->corrupt);
	l->trusted = trusted;
	l->relied = 0;
}

void spool_leftover_segment(struct spool_leftover *l)
{
	mt_buf_clear(&l->index);
	l->lowest = SPOOL_ALWAYS;
}

static struct spool_mail **slot_get(struct spool_leftover *l, uint32_t slot)
{
	size_t needed = ((size_t)slot + 1) * sizeof(struct spool_mail *);

	if (slot == 0 || slot >= SLOTS_MAX)
		return NULL;
	if (l->table.len < needed) {
		size_t len = l->table.len;
		if (!mt_buf_reserve(&l->table, needed - len))
			return NULL;
		memset(l->table.ptr + len, 0, needed - len);
		l->table.len = needed;
	}
	return &((struct spool_mail **)(void *)l->table.ptr)[slot];
}

static void end_slot(struct spool_leftover *l, uint32_t slot)
{
	struct spool_mail **m = slot_get(l, slot);

	if (m == NULL || *m == NULL)
		return;
	spool_mail_put(l->s, *m);
	*m = NULL;
}

static void begin_slot(
	struct spool_leftover *l, uint32_t slot, const struct spool_part *part)
{
	uint64_t extent[3];

	end_slot(l, slot);
	struct spool_mail **m = slot_get(l, slot);
	if (m == NULL || (*m = spool_mail_take(l->s)) == NULL)
		return;
	(*m)->id = part->id;
	mt_buf_add(&(*m)->envelope, part->text);
	for (uint32_t i = 0; i < part->count; i++) {
		spool_extent_get(part, i, extent);
		spool_mail_extend(*m, extent);
	}
}

// The list in an open entry is the truth about what was open then.
static void take_open(struct spool_leftover *l, struct span payload)
{
	struct spool_opening opening;
	size_t offset = SPOOL_OPENING_SIZE;
	struct spool_part part;
	uint32_t slot;

	if (spool_opening_decode(payload, &opening) != 0)
		return;
	close_all(l);
	for (uint32_t i = 0; i < opening.count; i++) {
		if (spool_carried_next(payload, &offset, &slot, &part) != 0)
			return;
		begin_slot(l, slot, &part);
	}
}

static void take_chunk(struct spool_leftover *l, const struct spool_entry *e, uint64_t at)
{
	uint64_t extent[3] = {e->segment, at + SPOOL_ENTRY_SIZE, e->length};
	struct spool_mail **m = slot_get(l, e->slot);

	if (m != NULL && *m != NULL)
		spool_mail_extend(*m, extent);
}

static void take_commit(
	struct spool_leftover *l, const struct spool_part *part, uint64_t at)
{
	struct spool_index x = {.id = part->id, .flags = part->flags, .offset = at};
	uint8_t text[SPOOL_INDEX_SIZE];
	uint64_t extent[3];

	spool_index_encode(&x, text);
	mt_buf_add(&l->index, span_make(text, sizeof(text)));
	for (uint32_t i = 0; i < part->count && !(part->flags & SPOOL_PART_UNKEPT); i++) {
		spool_extent_get(part, i, extent);
		if (extent[0] < l->lowest)
			l->lowest = extent[0];
	}
}

void spool_leftover_tomb(struct spool_leftover *l, struct spool_scan *scan,
	const struct spool_entry *e, uint64_t at)
{
	struct spool_part part;
	struct span payload;
	struct spool_grave g = {.sequence = e->sequence};

	if (spool_scan_payload(scan, e, at, &payload) != 0 ||
		spool_part_decode(payload, &part) != 0)
		return;
	for (uint32_t i = 0; i < part.count; i++) {
		spool_extent_get(&part, i, g.extent);
		mt_buf_add(&l->tombs, span_make(&g, sizeof(g)));
	}
}

static const struct spool_grave *graves(const struct spool_leftover *l, size_t *ret_count)
{
	*ret_count = l->tombs.len / sizeof(struct spool_grave);
	return (const void *)l->tombs.ptr;
}

bool spool_leftover_is_purged(
	struct spool_leftover *l, const struct spool_entry *e, uint64_t at)
{
	size_t count;
	const struct spool_grave *g = graves(l, &count);

	for (; e->type == SPOOL_ENTRY_CHUNK && count > 0; count--, g++) {
		if (g->sequence >= l->trusted || g->extent[0] != e->segment ||
			g->extent[1] != at + SPOOL_ENTRY_SIZE ||
			g->extent[2] != e->length)
			continue;
		if (g->sequence > l->relied)
			l->relied = g->sequence;
		return true;
	}
	return false;
}

static void take_part(struct spool_leftover *l, const struct spool_entry *e, uint64_t at,
	const struct spool_part *part)
{
	uint64_t counter = mt_id_counter(part->id.text);

	if (counter >= l->s->counter)
		l->s->counter = counter + 1;
	switch (e->type) {
	case SPOOL_ENTRY_BEGIN:
		begin_slot(l, e->slot, part);
		break;
	case SPOOL_ENTRY_COMMIT:
		take_commit(l, part, at);
		end_slot(l, e->slot);
		break;
	case SPOOL_ENTRY_ABORT:
		end_slot(l, e->slot);
		break;
	default:
		break;
	}
}

void spool_leftover_take(struct spool_leftover *l, struct spool_scan *scan,
	const struct spool_entry *e, uint64_t at)
{
	struct spool_part part;
	struct span payload;

	if (e->type == SPOOL_ENTRY_CHUNK)
		take_chunk(l, e, at);
	if (e->type == SPOOL_ENTRY_RECORD && e->slot != 0)
		end_slot(l, e->slot);
	if (e->type == SPOOL_ENTRY_CHUNK || e->type == SPOOL_ENTRY_RECORD ||
		e->type == SPOOL_ENTRY_SYNC || e->type == SPOOL_ENTRY_SEAL ||
		spool_scan_payload(scan, e, at, &payload) != 0)
		return;
	if (e->type == SPOOL_ENTRY_OPEN)
		take_open(l, payload);
	else if (spool_part_decode(payload, &part) == 0)
		take_part(l, e, at, &part);
}

void spool_leftover_damage(struct spool_leftover *l, const struct spool_damage *d)
{
	mt_buf_add(l->corrupt, span_make(d, sizeof(*d)));
}

bool spool_leftover_seal(struct spool_leftover *l, const struct spool_position *at)
{
	struct spool_entry e = {.type = SPOOL_ENTRY_SEAL,
		.segment = at->segment,
		.sequence = at->sequence};
	struct spool_trailer trailer = {.lowest = l->lowest, .offset = at->offset};
	uint8_t header[SPOOL_ENTRY_SIZE], text[SPOOL_TRAILER_SIZE];

	if (trailer.lowest > at->segment)
		trailer.lowest = at->segment;
	spool_trailer_encode(&trailer, text);
	e.length = (uint32_t)(l->index.len + sizeof(text));
	e.crc = mt_crc32c(
		mt_crc32c(0, mt_buf_span(&l->index)), span_make(text, sizeof(text)));
	spool_entry_encode(&e, header);
	mt_buf_clear(&l->seal);
	mt_buf_add(&l->seal, span_make(header, sizeof(header)));
	mt_buf_add(&l->seal, mt_buf_span(&l->index));
	return mt_buf_add(&l->seal, span_make(text, sizeof(text)));
}

int spool_leftover_end(struct spool_leftover *l)
{
	size_t count;
	const struct spool_grave *g = graves(l, &count);

	if (l->tombs.full || l->corrupt->full || l->table.full)
		return -ENOMEM;
	for (; count > 0; count--, g++)
		if (g->sequence < l->trusted)
			spool_purge(l->s, g->extent);
	return 0;
}
