// SPDX-License-Identifier: BSD-3-Clause
#include "record_internal.h"

// The keywords of one path, as shown. What does not fit is left out: a client may send thousands.
struct keywords {
	uint8_t octets[1024];
	size_t used;
	struct span shown[32];
	size_t count;
};

#define KEYWORD_MAX 64

// Capitals, and plain ASCII whatever was sent, so that no two keys become alike afterwards.
static struct span show(uint8_t *to, struct span keyword)
{
	keyword = span_head(keyword, KEYWORD_MAX);
	for (size_t i = 0; i < keyword.len; i++) {
		uint8_t c = keyword.ptr[i];
		to[i] = c >= 'a' && c <= 'z'   ? c - 'a' + 'A'
			: c > 0x20 && c < 0x7f ? c
					       : '?';
	}
	return span_make(to, keyword.len);
}

// Empty when it was seen before or has no place: the first of two alike counts.
static struct span take_keyword(struct keywords *k, struct span keyword)
{
	const struct span none = span_make("", 0);

	if (k->count == sizeof(k->shown) / sizeof(k->shown[0]) ||
		sizeof(k->octets) - k->used < KEYWORD_MAX)
		return none;
	struct span shown = show(k->octets + k->used, keyword);
	for (size_t i = 0; i < k->count; i++)
		if (span_equal(k->shown[i], shown))
			return none;
	k->shown[k->count++] = shown;
	k->used += shown.len;
	return shown;
}

void record_add_params(struct mt_json *j, const char *key, struct span text)
{
	struct keywords k;

	if (text.len == 0)
		return;
	k.used = k.count = 0;
	mt_json_open(j, key, '{');
	while (text.len > 0) {
		struct span word = span_head(text, span_find(text, ' '));
		size_t name = span_find(word, '=');
		text = span_skip(text, word.len + 1);
		struct span shown = take_keyword(&k, span_head(word, name));
		if (shown.len == 0)
			continue;
		if (name < word.len)
			mt_json_pair(j, shown, span_skip(word, name + 1));
		else
			mt_json_pair_true(j, shown);
	}
	mt_json_close(j, '}');
}
