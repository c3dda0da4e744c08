// SPDX-License-Identifier: BSD-3-Clause
#include "stream.h"

bool stream_has(const struct stream *s, uint32_t seq, uint32_t len)
{
	uint32_t at = stream_before(seq, s->next) ? s->next : seq, end = seq + len;

	if (!s->open)
		return false;
	for (const struct stream_seg *p = s->first; p != NULL && stream_before(at, end);
		p = p->next) {
		if (stream_before(at, p->seq))
			return false;
		if (stream_before(at, p->seq + p->len))
			at = p->seq + p->len;
	}
	return !stream_before(at, end);
}
