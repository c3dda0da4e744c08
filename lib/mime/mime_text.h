// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Text for people and lists, made of octets from the wire: always valid UTF-8 on one line, without
// control characters, whatever was sent.

#include "mime_env.h"

#include "mt_odd.h"

// Octets that are not UTF-8 become U+FFFD each, and set `bad` in odds. A tab becomes a blank. Any
// other control character (C0, DEL, C1, U+2028, U+2029) becomes U+FFFD and sets
// MT_ODD_header_bad: a line end within a subject would make two lines of it in somebody's list.
void mime_text_add(
	struct mt_buf *out, struct span octets, enum mt_odd bad, uint64_t *odds);
// An unstructured field (Subject): encoded words wherever they stand are decoded.
void mime_text_add_unstructured(
	struct mime_env *env, struct span value, struct mt_buf *out, uint64_t *odds);
// A structured field of which only the text is wanted (Date): each run of blanks becomes one.
void mime_text_add_plain(struct span value, struct mt_buf *out, uint64_t *odds);
// Without blanks at either end.
struct span mime_text_trim(struct span s);

static inline bool mime_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}
