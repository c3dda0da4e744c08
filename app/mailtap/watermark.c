// SPDX-License-Identifier: BSD-3-Clause
#include "watermark.h"

void watermark_round(struct watermark_reader *w, uint64_t now_us)
{
	if (w->sources == 0 && now_us > w->us)
		w->us = now_us;
	if (w->behind > 0 && !w->untouched)
		return;
	w->next_us = now_us;
	w->untouched = true;
	w->behind = w->sources;
	for (uint32_t i = 0; i < w->sources; i++)
		w->left[i] = w->depth[i];
}

void watermark_read(
	struct watermark_reader *w, uint32_t source, uint32_t got, uint32_t asked)
{
	uint32_t *left = &w->left[source];

	if (*left == 0)
		return;
	w->untouched = false;
	if (got == asked && got < *left) {
		*left -= got;
		return;
	}
	*left = 0;
	if (--w->behind == 0 && w->next_us > w->us)
		w->us = w->next_us;
}

uint64_t watermark_lag_us(const struct watermark_reader *w, uint64_t now_us)
{
	return now_us > w->us ? now_us - w->us : 0;
}

void watermark_input(struct watermark_merge *m, uint32_t input, uint64_t us)
{
	if (us <= m->of[input])
		return;
	bool was_oldest = m->of[input] == m->us;
	m->of[input] = us;
	if (!was_oldest)
		return;
	for (uint32_t i = 0; i < m->inputs; i++)
		if (m->of[i] < us)
			us = m->of[i];
	m->us = us;
}
