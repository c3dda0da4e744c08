// SPDX-License-Identifier: BSD-3-Clause
#include "mime_text.h"

#include "mime_word.h"

#include "mt_utf8.h"

// C1, and the two that break lines: Unicode's own control characters.
static bool is_control(struct span character)
{
	const uint8_t *p = character.ptr;

	if (character.len == 1)
		return p[0] < 0x20 || p[0] == 0x7f;
	if (character.len == 2)
		return p[0] == 0xc2 && p[1] < 0xa0;
	return character.len == 3 && p[0] == 0xe2 && p[1] == 0x80 &&
		(p[2] == 0xa8 || p[2] == 0xa9);
}

void mime_text_add(struct mt_buf *out, struct span s, enum mt_odd bad, uint64_t *odds)
{
	while (s.len > 0 && !out->full) {
		size_t run = 0;
		while (run < s.len && s.ptr[run] >= 0x20 && s.ptr[run] < 0x7f)
			run++;
		mt_buf_add(out, span_head(s, run));
		s = span_skip(s, run);
		if (s.len == 0)
			break;
		size_t len = mt_utf8_length(s);
		if (s.ptr[0] == '\t') {
			mt_buf_add_char(out, ' ');
		} else if (len > 0 && !is_control(span_head(s, len))) {
			mt_buf_add(out, span_head(s, len));
		} else {
			mt_buf_add_text(out, MT_UTF8_REPLACEMENT);
			*odds |= mt_odd_bit(len > 0 ? MT_ODD_header_bad : bad);
		}
		s = span_skip(s, len > 0 ? len : 1);
	}
}

// Offset of the first "=?", or s.len.
static size_t find_word(struct span s)
{
	size_t at = 0;

	for (;;) {
		at += span_find(span_skip(s, at), '=');
		if (at + 1 >= s.len)
			return s.len;
		if (s.ptr[at + 1] == '?')
			return at;
		at++;
	}
}

void mime_text_add_unstructured(
	struct mime_env *env, struct span value, struct mt_buf *out, uint64_t *odds)
{
	while (value.len > 0) {
		size_t n = find_word(value);
		mime_text_add(out, span_head(value, n), MT_ODD_not_utf8, odds);
		value = span_skip(value, n);
		if (value.len == 0)
			return;
		n = mime_words_add(env, value, out, odds);
		if (n == 0) {
			mt_buf_add_text(out, "=?");
			n = 2;
		}
		value = span_skip(value, n);
	}
}

// Where blanks begin that are more than one space; s.len when there are none.
static size_t find_blanks(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '\t' ||
			(s.ptr[i] == ' ' && i + 1 < s.len && mime_is_blank(s.ptr[i + 1])))
			return i;
	return s.len;
}

void mime_text_add_plain(struct span value, struct mt_buf *out, uint64_t *odds)
{
	while (value.len > 0) {
		size_t n = find_blanks(value);
		mime_text_add(out, span_head(value, n), MT_ODD_not_utf8, odds);
		value = span_skip(value, n);
		for (n = 0; n < value.len && mime_is_blank(value.ptr[n]);)
			n++;
		value = span_skip(value, n);
		if (n > 0)
			mt_buf_add_char(out, ' ');
	}
}

struct span mime_text_trim(struct span s)
{
	while (s.len > 0 && mime_is_blank(s.ptr[0]))
		s = span_skip(s, 1);
	while (s.len > 0 && mime_is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}
