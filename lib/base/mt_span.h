// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A span is borrowed octets: somebody else owns them and nobody ends them with a NUL.
// Whoever gets one may read it until the call that lent it returns, no longer.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct span {
	const uint8_t *ptr;
	size_t len;
};

static inline struct span span_make(const void *ptr, size_t len)
{
	return (struct span){ptr, len};
}

// A span over a C string, without its NUL.
static inline struct span span_text(const char *text)
{
	return span_make(text, strlen(text));
}

// The first n octets, or all of them when there are fewer.
static inline struct span span_head(struct span s, size_t n)
{
	return span_make(s.ptr, n < s.len ? n : s.len);
}

// What is left behind the first n octets; empty when there are not so many.
static inline struct span span_skip(struct span s, size_t n)
{
	if (n > s.len)
		n = s.len;
	// Nothing is added to a pointer that may be NULL.
	return n > 0 ? span_make(s.ptr + n, s.len - n) : s;
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

// ASCII letters compare without case; the C locale is assumed.
static inline bool span_equal_nocase(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	// Most differ in their first letter already.
	return a.len == 0 ||
		((a.ptr[0] | 0x20) == (b.ptr[0] | 0x20) &&
			strncasecmp((const char *)a.ptr, (const char *)b.ptr, a.len) ==
				0);
}

// Offset of the first such octet, or s.len when there is none.
static inline size_t span_find(struct span s, uint8_t octet)
{
	const uint8_t *at = s.len > 0 ? memchr(s.ptr, octet, s.len) : NULL;

	return at != NULL ? (size_t)(at - s.ptr) : s.len;
}
