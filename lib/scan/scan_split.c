// SPDX-License-Identifier: BSD-3-Clause
#include "scan_split.h"

static bool is_cr(struct span s)
{
	return s.len == 1 && s.ptr[0] == '\r';
}

// What a line is after so much more of it.
static enum scan_line line_after(enum scan_line line, struct span more)
{
	if (more.len == 0)
		return line;
	return line == SCAN_LINE_BEGIN && is_cr(more) ? SCAN_LINE_CR : SCAN_LINE_INSIDE;
}

size_t scan_split_feed(struct scan_split *s, struct span text)
{
	size_t at = 0;

	while (at < text.len && !s->ended) {
		struct span rest = span_skip(text, at);
		size_t lf = span_find(rest, '\n');
		s->line = line_after(s->line, span_head(rest, lf));
		if (lf == rest.len)
			return text.len;
		s->ended = s->line != SCAN_LINE_INSIDE;
		s->line = SCAN_LINE_BEGIN;
		at += lf + 1;
	}
	return at;
}
