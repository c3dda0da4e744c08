// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_ahead.h"

struct smtp_ahead_block {
	struct smtp_ahead_block *next;
	uint32_t used; // octets behind this header
	uint32_t unused;
};

static uint8_t *octets_of(struct smtp_ahead_block *block)
{
	return (uint8_t *)(block + 1);
}

static bool add_block(struct smtp_ahead *a, struct mt_pool *blocks)
{
	struct smtp_ahead_block *block =
		a->blocks < SMTP_AHEAD_BLOCKS ? mt_pool_take(blocks) : NULL;

	if (block == NULL)
		return false;
	*block = (struct smtp_ahead_block){0};
	if (a->tail == NULL)
		a->head = block;
	else
		a->tail->next = block;
	a->tail = block;
	a->blocks++;
	return true;
}

size_t smtp_ahead_push(struct smtp_ahead *a, struct mt_pool *blocks, struct span text)
{
	size_t room = blocks->size - sizeof(struct smtp_ahead_block), taken = 0;

	while (taken < text.len) {
		if ((a->tail == NULL || a->tail->used == room) && !add_block(a, blocks))
			break;
		struct span part =
			span_head(span_skip(text, taken), room - a->tail->used);
		memcpy(octets_of(a->tail) + a->tail->used, part.ptr, part.len);
		a->tail->used += (uint32_t)part.len;
		taken += part.len;
	}
	return taken;
}

struct span smtp_ahead_front(const struct smtp_ahead *a)
{
	return smtp_ahead_at(a, 0);
}

struct span smtp_ahead_at(const struct smtp_ahead *a, size_t skip)
{
	size_t at = a->at + skip;

	for (struct smtp_ahead_block *b = a->head; b != NULL; b = b->next) {
		if (at < b->used)
			return span_make(octets_of(b) + at, b->used - at);
		at -= b->used;
	}
	return span_text("");
}

void smtp_ahead_take(struct smtp_ahead *a, struct mt_pool *blocks, size_t n)
{
	struct smtp_ahead_block *block = a->head;

	a->at += (uint32_t)n;
	if (block == NULL || a->at < block->used)
		return;
	a->head = block->next;
	a->tail = a->head == NULL ? NULL : a->tail;
	a->at = 0;
	a->blocks--;
	mt_pool_put(blocks, block);
}

size_t smtp_ahead_clear(struct smtp_ahead *a, struct mt_pool *blocks)
{
	size_t len = 0;

	while (a->head != NULL) {
		size_t n = smtp_ahead_front(a).len;
		smtp_ahead_take(a, blocks, n);
		len += n;
	}
	return len;
}
