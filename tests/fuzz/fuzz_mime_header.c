// SPDX-License-Identifier: BSD-3-Clause

// A mail's header. The first octet says how long the pieces are, the second where a hole is (0:
// none). The same must be found as in one piece, and every text must be fit for a list: valid
// UTF-8 without control characters.

#include "mime_header.h"

#include "mt_assert.h"
#include "mt_utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct mime_limits limits = {
	.header = 8192, .list = 300, .addresses = 8, .received = 3};

static void check_text(struct span s)
{
	while (s.len > 0) {
		size_t n = mt_utf8_length(s);
		MT_ASSERT(n > 0);
		MT_ASSERT(n > 1 || (s.ptr[0] >= 0x20 && s.ptr[0] != 0x7f));
		MT_ASSERT(n != 2 || s.ptr[0] != 0xc2 || s.ptr[1] >= 0xa0);
		s = span_skip(s, n);
	}
}

static void check(const struct mime_headers *headers)
{
	for (enum mime_field f = 0; f < MIME_FIELD_COUNT; f++) {
		const struct mime_field_facts *facts = mime_field_get(f);
		size_t n = mime_headers_count(headers, f), octets = 0;
		for (size_t i = 0; i < n; i++) {
			struct span text = mime_headers_get(headers, f, i);
			check_text(text);
			octets += text.len;
			MT_ASSERT(facts->max == 0 || text.len <= facts->max);
		}
		MT_ASSERT(n == 0 || mime_headers_has(headers, f));
		MT_ASSERT(n <= (facts->many ? limits.received
					       : facts->kind == MIME_KIND_LIST
					       ? limits.addresses
					       : 1));
		MT_ASSERT(facts->kind != MIME_KIND_LIST || octets <= limits.list);
	}
}

static void feed(struct mime_header *h, struct span s, size_t piece)
{
	for (size_t at = 0; at < s.len; at += piece) {
		// A copy of its own, so that a sanitizer sees a step beyond its end.
		struct span part = span_head(span_skip(s, at), piece);
		uint8_t *copy = malloc(part.len);
		MT_ASSERT(copy != NULL);
		memcpy(copy, part.ptr, part.len);
		mime_header_feed(h, span_make(copy, part.len));
		free(copy);
	}
}

static const struct mime_headers *parse(
	struct mime_header *h, struct span s, size_t piece, size_t hole)
{
	mime_header_begin(h);
	if (hole == 0 || hole >= s.len) {
		feed(h, s, piece);
	} else {
		feed(h, span_head(s, hole), piece);
		mime_header_gap(h, hole);
		feed(h, span_skip(s, hole), piece);
	}
	return mime_header_end(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mime_env env;
	static bool ready;
	struct mime_header whole, cut;

	if (size < 2)
		return 0;
	if (!ready)
		mime_env_init(&env, &limits);
	ready = true;
	struct span s = span_make(data + 2, size - 2);
	mime_header_init(&whole, &env);
	mime_header_init(&cut, &env);
	const struct mime_headers *a = parse(&whole, s, s.len + 1, data[1]);
	const struct mime_headers *b = parse(&cut, s, data[0] % 32 + 1u, data[1]);
	check(a);
	MT_ASSERT(a->odds == b->odds && a->seen == b->seen);
	MT_ASSERT(span_equal(mt_buf_span(&a->texts), mt_buf_span(&b->texts)));
	MT_ASSERT(span_equal(mt_buf_span(&a->items), mt_buf_span(&b->items)));
	mime_header_fini(&whole);
	mime_header_fini(&cut);
	return 0;
}
