// SPDX-License-Identifier: BSD-3-Clause
#include "conn.h"

void conn_keep_text(struct conn *c, uint8_t **block, struct span a, struct span b)
{
	if (*block == NULL)
		*block = mt_pool_take(&c->worker->texts);
	if (*block == NULL)
		return;
	a = span_head(a, CONN_TEXT_MAX);
	size_t len = a.len;
	memcpy(*block + 1, a.ptr, a.len);
	if (b.len > 0 && len + 1 < CONN_TEXT_MAX) {
		(*block)[1 + len++] = '\0';
		b = span_head(b, CONN_TEXT_MAX - len);
		memcpy(*block + 1 + len, b.ptr, b.len);
		len += b.len;
	}
	(*block)[0] = (uint8_t)len;
}

void conn_add_text(struct conn *c, uint8_t **block, struct span text)
{
	uint8_t *kept = *block;

	if (kept == NULL || kept[0] == 0) {
		conn_keep_text(c, block, text, span_make("", 0));
		return;
	}
	if (kept[0] >= CONN_TEXT_MAX)
		return;
	kept[1 + kept[0]++] = ' ';
	text = span_head(text, (size_t)CONN_TEXT_MAX - kept[0]);
	memcpy(kept + 1 + kept[0], text.ptr, text.len);
	kept[0] = (uint8_t)(kept[0] + text.len);
}

void conn_drop_text(struct conn *c, uint8_t **block)
{
	mt_pool_put(&c->worker->texts, *block);
	*block = NULL;
}

struct span conn_text(const uint8_t *block)
{
	return span_make(block + 1, block[0]);
}
