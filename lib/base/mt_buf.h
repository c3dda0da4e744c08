// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Owned octets that grow up to a maximum given at init. Once something did not fit (or memory
// ran out) the buffer is "full": later calls add nothing, so a caller may append a whole text
// and ask once at the end. Not for the rx and worker paths: growing calls malloc.

#include "mt_span.h"

#include <stdarg.h>

struct mt_buf {
	uint8_t *ptr;
	size_t len;
	size_t room;
	size_t max;
	bool full;
};

// An empty buffer of at most max octets; takes no memory yet.
void mt_buf_init(struct mt_buf *b, size_t max);
// Gives the memory back; the buffer is empty and usable again.
void mt_buf_fini(struct mt_buf *b);
// Empties it, clears full, keeps the memory.
void mt_buf_clear(struct mt_buf *b);
// The slow half of mt_buf_reserve.
bool mt_buf_grow(struct mt_buf *b, size_t n);
// Makes sure n more octets fit. False: they do not, and the buffer is full now.
static inline bool mt_buf_reserve(struct mt_buf *b, size_t n)
{
	return (!b->full && n <= b->room - b->len) || mt_buf_grow(b, n);
}
// Each appends all or nothing; false when it did not fit.
static inline bool mt_buf_add(struct mt_buf *b, struct span s)
{
	if (!mt_buf_reserve(b, s.len))
		return false;
	if (s.len > 0)
		memcpy(b->ptr + b->len, s.ptr, s.len);
	b->len += s.len;
	return true;
}
static inline bool mt_buf_add_char(struct mt_buf *b, char c)
{
	if (!mt_buf_reserve(b, 1))
		return false;
	b->ptr[b->len++] = (uint8_t)c;
	return true;
}
static inline bool mt_buf_add_text(struct mt_buf *b, const char *text)
{
	return mt_buf_add(b, span_text(text));
}
bool mt_buf_add_u64(struct mt_buf *b, uint64_t n); // decimal
__attribute__((format(printf, 2, 3))) bool mt_buf_printf(
	struct mt_buf *b, const char *fmt, ...);
// Lends the contents until the next change.
static inline struct span mt_buf_span(const struct mt_buf *b)
{
	return span_make(b->ptr, b->len);
}
