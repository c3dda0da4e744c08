// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_line.h"

size_t smtp_line_block(uint32_t limit)
{
	return (size_t)limit + 2;
}

static void keep(
	struct smtp_line *l, struct mt_pool *blocks, uint32_t limit, struct span text)
{
	// One octet more than the limit is kept apart: it may be the CR of the line's end.
	size_t most = (size_t)limit + 1;

	l->begun = true;
	if (text.len == 0)
		return;
	l->cr = text.ptr[text.len - 1] == '\r';
	if (l->block == NULL && !l->lost) {
		l->block = mt_pool_take(blocks);
		l->lost = l->block == NULL;
	}
	if (l->block != NULL && l->len < most) {
		size_t n = text.len < most - l->len ? text.len : most - l->len;
		memcpy(l->block + l->len, text.ptr, n);
	}
	l->len =
		text.len < UINT32_MAX - l->len ? l->len + (uint32_t)text.len : UINT32_MAX;
}

static void finish(
	struct span text, bool cr, uint32_t limit, size_t len, struct smtp_line_got *ret)
{
	len -= cr ? 1 : 0;
	ret->whole = true;
	ret->lf = !cr;
	ret->cut = len > limit;
	ret->len = len;
	ret->text = span_head(text, len < limit ? len : limit);
}

size_t smtp_line_feed(struct smtp_line *l, struct mt_pool *blocks, uint32_t limit,
	struct span text, struct smtp_line_got *ret)
{
	size_t at = span_find(text, '\n');

	*ret = (struct smtp_line_got){0};
	if (at == text.len) {
		keep(l, blocks, limit, text);
		return at;
	}
	if (!l->begun) {
		finish(text, at > 0 && text.ptr[at - 1] == '\r', limit, at, ret);
		return at + 1;
	}
	keep(l, blocks, limit, span_head(text, at));
	// finish() cuts it to what is kept.
	finish(span_make(l->block, l->lost ? 0 : l->len), l->cr, limit, l->len, ret);
	ret->lost = l->lost;
	if (l->lost)
		ret->text = span_text("");
	return at + 1;
}

struct span smtp_line_begun(const struct smtp_line *l, uint32_t limit)
{
	if (l->block == NULL)
		return span_text("");
	return span_make(l->block, l->len < limit + 1 ? l->len : limit + 1);
}

void smtp_line_done(struct smtp_line *l, struct mt_pool *blocks)
{
	if (l->block != NULL)
		explicit_bzero(l->block, l->len < blocks->size ? l->len : blocks->size);
	mt_pool_put(blocks, l->block);
	*l = (struct smtp_line){0};
}
