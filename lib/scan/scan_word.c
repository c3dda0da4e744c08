// SPDX-License-Identifier: BSD-3-Clause
#include "scan_word.h"

#include "mt_near.h"

const struct scan_word *scan_word_find(const struct scan_word *words, const char *written)
{
	for (const struct scan_word *w = words; w->name != NULL; w++)
		if (strcmp(w->name, written) == 0)
			return w;
	return NULL;
}

static const struct scan_word *nearest(const struct scan_word *words, struct span written)
{
	const struct scan_word *found = NULL;
	size_t best = mt_near_limit(written) + 1;

	for (const struct scan_word *w = words; w->name != NULL; w++) {
		size_t d = mt_near_changes(written, span_text(w->name));
		if (d >= best || d >= strlen(w->name))
			continue;
		best = d;
		found = w;
	}
	return found;
}

void scan_word_advise(
	const struct scan_word *words, const char *written, struct mt_buf *out)
{
	const struct scan_word *near = nearest(words, span_text(written));

	if (near != NULL)
		mt_buf_printf(out, "; did you mean %s?", near->name);
	mt_buf_add_text(out, "; allowed: ");
	for (const struct scan_word *w = words; w->name != NULL; w++)
		mt_buf_printf(out, "%s%s", w == words ? "" : ", ", w->name);
}
