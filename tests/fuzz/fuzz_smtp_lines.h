// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Feeds octets through smtp_line, whole, in single octets and cut, and logs what is seen in each
// line: the three logs must be the same.

#include "smtp_line.h"

#include "mt_assert.h"
#include "mt_buf.h"

#define FUZZ_LINE_LIMIT 100

static inline void fuzz_within(struct span part, struct span whole)
{
	MT_ASSERT(part.len == 0 ||
		(part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

static inline void fuzz_say(struct mt_buf *log, const char *what, struct span text)
{
	mt_buf_printf(log, " %s %zu ", what, text.len);
	mt_buf_add(log, text);
}

static inline struct mt_buf fuzz_read_lines(struct span text, size_t first, size_t step,
	void (*look)(struct span line, struct mt_buf *log))
{
	struct smtp_line l = {0};
	struct smtp_line_got got;
	struct mt_pool blocks;
	struct mt_buf log;

	mt_buf_init(&log, 1u << 20);
	MT_ASSERT(mt_pool_init(&blocks, smtp_line_block(FUZZ_LINE_LIMIT), 1) == 0);
	for (size_t size = first; text.len > 0; size = step) {
		struct span piece = span_head(text, size);
		text = span_skip(text, piece.len);
		while (piece.len > 0) {
			size_t n =
				smtp_line_feed(&l, &blocks, FUZZ_LINE_LIMIT, piece, &got);
			MT_ASSERT(n > 0 && n <= piece.len &&
				got.text.len <= FUZZ_LINE_LIMIT);
			piece = span_skip(piece, n);
			MT_ASSERT(got.whole || piece.len == 0);
			if (!got.whole)
				continue;
			mt_buf_printf(&log, "\n%d %d", got.lf, got.cut);
			look(got.text, &log);
			smtp_line_done(&l, &blocks);
		}
	}
	smtp_line_done(&l, &blocks);
	MT_ASSERT(blocks.used == 0);
	mt_pool_fini(&blocks);
	return log;
}

// The first octet says where the text is cut.
static inline void fuzz_compare_lines(const uint8_t *data, size_t size,
	void (*look)(struct span line, struct mt_buf *log))
{
	struct span text = span_make(data + 1, size - 1);
	size_t cut = 1u + data[0];
	struct mt_buf whole = fuzz_read_lines(text, SIZE_MAX, SIZE_MAX, look);
	struct mt_buf octets = fuzz_read_lines(text, 1, 1, look);
	struct mt_buf pieces = fuzz_read_lines(text, cut, 1u + data[0] % 16, look);

	MT_ASSERT(span_equal(mt_buf_span(&whole), mt_buf_span(&octets)));
	MT_ASSERT(span_equal(mt_buf_span(&whole), mt_buf_span(&pieces)));
	mt_buf_fini(&whole);
	mt_buf_fini(&octets);
	mt_buf_fini(&pieces);
}
