// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_pending.h"

#include "mt_assert.h"

struct smtp_pending_block {
	struct smtp_pending_block *next;
	uint32_t used; // octets of records behind this header
	uint32_t unused;
};

struct head {
	uint16_t a, b;
	uint8_t kind;
	uint8_t unused[3];
};

size_t smtp_pending_block(uint32_t limit)
{
	return sizeof(struct smtp_pending_block) + sizeof(struct head) + (size_t)limit +
		8;
}

static size_t record_size(size_t a, size_t b)
{
	return (sizeof(struct head) + a + b + 7) & ~(size_t)7;
}

static uint8_t *block_at(struct smtp_pending_block *block, size_t at)
{
	return (uint8_t *)(block + 1) + at;
}

static const uint8_t *octets_at(const struct smtp_pending_block *block, size_t at)
{
	return (const uint8_t *)(block + 1) + at;
}

static struct head head_at(const struct smtp_pending_block *block, size_t at)
{
	struct head h;

	memcpy(&h, octets_at(block, at), sizeof(h));
	return h;
}

static bool add_block(struct smtp_pending *p, struct mt_pool *blocks)
{
	if (p->blocks == SMTP_PENDING_BLOCKS)
		return false;
	struct smtp_pending_block *block = mt_pool_take(blocks);
	if (block == NULL)
		return false;
	*block = (struct smtp_pending_block){0};
	if (p->tail == NULL)
		p->head = block;
	else
		p->tail->next = block;
	p->tail = block;
	p->blocks++;
	return true;
}

bool smtp_pending_push(
	struct smtp_pending *p, struct mt_pool *blocks, const struct smtp_record *record)
{
	size_t size = record_size(record->a.len, record->b.len);
	size_t room = blocks->size - sizeof(struct smtp_pending_block);
	struct head h = {
		(uint16_t)record->a.len, (uint16_t)record->b.len, record->kind, {0}};

	if (size > room || p->count == UINT16_MAX)
		return false;
	if ((p->tail == NULL || p->tail->used + size > room) && !add_block(p, blocks))
		return false;
	uint8_t *at = block_at(p->tail, p->tail->used);
	memcpy(at, &h, sizeof(h));
	if (h.a > 0)
		memcpy(at + sizeof(h), record->a.ptr, h.a);
	if (h.b > 0)
		memcpy(at + sizeof(h) + h.a, record->b.ptr, h.b);
	p->tail->used += (uint32_t)size;
	p->count++;
	return true;
}

// Returns how many octets of the block it has.
static size_t record_at(
	const struct smtp_pending_block *block, size_t at, struct smtp_record *ret)
{
	struct head h = head_at(block, at);
	const uint8_t *text = octets_at(block, at) + sizeof(h);

	*ret = (struct smtp_record){
		h.kind, span_make(text, h.a), span_make(text + h.a, h.b)};
	return record_size(h.a, h.b);
}

bool smtp_pending_front(const struct smtp_pending *p, struct smtp_record *ret)
{
	if (p->count == 0)
		return false;
	record_at(p->head, p->at, ret);
	return true;
}

bool smtp_pending_next(const struct smtp_pending *p, struct smtp_pending_place *place,
	struct smtp_record *ret)
{
	if (place->block == NULL && p->head != NULL)
		*place = (struct smtp_pending_place){p->head, p->at};
	if (place->block != NULL && place->at == place->block->used &&
		place->block->next != NULL)
		*place = (struct smtp_pending_place){place->block->next, 0};
	if (place->block == NULL || place->at == place->block->used)
		return false;
	place->at += record_at(place->block, place->at, ret);
	return true;
}

void smtp_pending_pop(struct smtp_pending *p, struct mt_pool *blocks)
{
	MT_ASSERT(p->count > 0);
	struct smtp_pending_block *block = p->head;
	struct head h = head_at(block, p->at);

	p->at += (uint16_t)record_size(h.a, h.b);
	p->count--;
	if (p->at < block->used)
		return;
	p->head = block->next;
	if (p->head == NULL)
		p->tail = NULL;
	p->at = 0;
	p->blocks--;
	mt_pool_put(blocks, block);
}

bool smtp_pending_has(const struct smtp_pending *p, uint8_t kind)
{
	size_t at = p->at;

	for (struct smtp_pending_block *b = p->head; b != NULL; b = b->next, at = 0) {
		while (at < b->used) {
			struct head h = head_at(b, at);
			if (h.kind == kind)
				return true;
			at += record_size(h.a, h.b);
		}
	}
	return false;
}

void smtp_pending_clear(struct smtp_pending *p, struct mt_pool *blocks)
{
	while (p->count > 0)
		smtp_pending_pop(p, blocks);
}
