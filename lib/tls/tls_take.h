// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Takes numbers and vectors from the front of a span (RFC 8446 3.4). What is not there is zero or
// empty, and sets `bad`; nothing is ever read behind the end.

#include "mt_span.h"

struct tls_take {
	struct span rest;
	bool bad;
};

// A number of n octets, most significant first; n up to 4.
static inline uint32_t tls_take_number(struct tls_take *t, size_t n)
{
	uint32_t value = 0;

	if (t->rest.len < n) {
		t->bad = true;
		t->rest = span_skip(t->rest, t->rest.len);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		value = value << 8 | t->rest.ptr[i];
	t->rest = span_skip(t->rest, n);
	return value;
}

// So many octets; fewer where there are fewer.
static inline struct span tls_take_octets(struct tls_take *t, size_t n)
{
	struct span part = span_head(t->rest, n);

	t->bad |= part.len < n;
	t->rest = span_skip(t->rest, part.len);
	return part;
}

// A vector behind its length of n octets.
static inline struct span tls_take_vector(struct tls_take *t, size_t n)
{
	return tls_take_octets(t, tls_take_number(t, n));
}

// The nth number of two octets in a span that holds so many.
static inline uint16_t tls_number_at(struct span s, size_t nth)
{
	return (uint16_t)(s.ptr[2 * nth] << 8 | s.ptr[2 * nth + 1]);
}

// Values that clients throw in so that servers learn to pass over what they do not know (RFC 8701).
static inline bool tls_is_grease(uint16_t number)
{
	return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}
