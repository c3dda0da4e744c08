// SPDX-License-Identifier: BSD-3-Clause
#include "mt_buf.h"

#include <stdio.h>
#include <stdlib.h>

void mt_buf_init(struct mt_buf *b, size_t max)
{
	*b = (struct mt_buf){.max = max};
}

void mt_buf_fini(struct mt_buf *b)
{
	free(b->ptr);
	mt_buf_init(b, b->max);
}

void mt_buf_clear(struct mt_buf *b)
{
	b->len = 0;
	b->full = false;
}

bool mt_buf_grow(struct mt_buf *b, size_t n)
{
	if (b->full || n > b->max - b->len) {
		b->full = true;
		return false;
	}
	if (n <= b->room - b->len)
		return true;
	size_t room = b->room < 256 ? 256 : b->room;
	while (room < b->len + n)
		room *= 2;
	if (room > b->max)
		room = b->max;
	uint8_t *ptr = realloc(b->ptr, room);
	if (ptr == NULL) {
		b->full = true;
		return false;
	}
	b->ptr = ptr;
	b->room = room;
	return true;
}

bool mt_buf_add_u64(struct mt_buf *b, uint64_t n)
{
	uint8_t digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (uint8_t)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	return mt_buf_add(b, span_make(digits + at, sizeof(digits) - at));
}

// Formats what was too long for the scratch of mt_buf_printf.
__attribute__((format(printf, 2, 0))) static bool add_long(
	struct mt_buf *b, const char *fmt, va_list ap)
{
	char *text;

	int n = vasprintf(&text, fmt, ap);
	if (n < 0) {
		b->full = true;
		return false;
	}
	bool added = mt_buf_add(b, span_make(text, (size_t)n));
	free(text);
	return added;
}

bool mt_buf_printf(struct mt_buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(small))
		return mt_buf_add(b, span_make(small, (size_t)n));
	va_start(ap, fmt);
	bool added = add_long(b, fmt, ap);
	va_end(ap);
	return added;
}
