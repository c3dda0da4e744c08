// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include "mt_crc32c.h"

#include <stdlib.h>

// Memory of an item is kept for the next one, unless it was a giant.
#define KEPT_ROOM (64u << 10)

static struct spool_item *item_take(struct spool *s)
{
	struct spool_item *item = TAILQ_FIRST(&s->free_items);

	if (item != NULL) {
		TAILQ_REMOVE(&s->free_items, item, link);
		return item;
	}
	item = calloc(1, sizeof(*item));
	if (item != NULL)
		mt_buf_init(&item->payload, SPOOL_ENTRY_MAX);
	return item;
}

static void add_part(struct mt_buf *to, const struct spool_mail *m, uint16_t flags)
{
	uint8_t head[SPOOL_PART_SIZE], extent[SPOOL_EXTENT_SIZE];

	spool_part_encode(&m->id, flags, (uint32_t)m->count, head);
	mt_buf_add(to, span_make(head, sizeof(head)));
	for (size_t i = 0; i < m->count; i++) {
		spool_extent_encode(m->extents[i], extent);
		mt_buf_add(to, span_make(extent, sizeof(extent)));
	}
}

struct spool_item *spool_item_add(struct spool *s, enum spool_entry_type type,
	const struct spool_mail *m, uint16_t flags, struct span text)
{
	struct spool_item *item = item_take(s);

	if (item == NULL)
		return NULL;
	mt_buf_clear(&item->payload);
	if (m != NULL && type != SPOOL_ENTRY_RECORD)
		add_part(&item->payload, m, flags);
	mt_buf_add(&item->payload, text);
	if (item->payload.full) {
		TAILQ_INSERT_HEAD(&s->free_items, item, link);
		return NULL;
	}
	item->type = type;
	item->again = true;
	item->lost = 0;
	item->at = (struct spool_position){.sequence = SPOOL_ALWAYS};
	item->slot = m != NULL ? m->slot : 0;
	if (m != NULL)
		item->id = m->id;
	item->crc = mt_crc32c(0, mt_buf_span(&item->payload));
	TAILQ_INSERT_TAIL(&s->items, item, link);
	s->again_octets += item->payload.len;
	s->appended++;
	s->status.unannounced++;
	return item;
}

void spool_item_tell_lost(struct spool *s, struct spool_item *item)
{
	if (item->lost != 0)
		s->settings.lost(s->settings.ctx, &item->id, item->lost);
	item->lost = 0;
}

void spool_item_drop(struct spool *s, struct spool_item *item)
{
	TAILQ_REMOVE(&s->items, item, link);
	if (item->again)
		s->again_octets -= item->payload.len;
	if (item->payload.room > KEPT_ROOM)
		mt_buf_fini(&item->payload);
	TAILQ_INSERT_HEAD(&s->free_items, item, link);
	s->status.unannounced--;
}

struct span spool_item_text(const struct spool_item *item)
{
	struct span payload = mt_buf_span(&item->payload);
	struct spool_part part;

	if (item->type == SPOOL_ENTRY_RECORD || spool_part_decode(payload, &part) != 0)
		return payload;
	return part.text;
}

void spool_items_fini(struct spool_items *items)
{
	struct spool_item *item;

	while ((item = TAILQ_FIRST(items)) != NULL) {
		TAILQ_REMOVE(items, item, link);
		mt_buf_fini(&item->payload);
		free(item);
	}
}
