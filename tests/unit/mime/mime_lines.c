// SPDX-License-Identifier: BSD-3-Clause
#include "mime_lines.h"

static void add_line(struct mt_buf *out, const char *name, struct span text)
{
	mt_buf_add_text(out, name);
	mt_buf_add_text(out, ": ");
	mt_buf_add(out, text);
	mt_buf_add_char(out, '\n');
}

void mime_lines_add(struct mt_buf *out, const struct mime_headers *headers)
{
	for (enum mime_field f = 0; f < MIME_FIELD_COUNT; f++) {
		size_t n = mime_headers_count(headers, f);
		for (size_t i = 0; i < n; i++)
			add_line(out, mime_field_get(f)->name,
				mime_headers_get(headers, f, i));
		if (n == 0 && mime_headers_has(headers, f))
			add_line(out, mime_field_get(f)->name, span_text("(nothing)"));
	}
	for (enum mt_odd o = 0; o < MT_ODD_COUNT; o++)
		if (headers->odds & mt_odd_bit(o))
			add_line(out, "odd", span_text(mt_odd_name(o)));
}
