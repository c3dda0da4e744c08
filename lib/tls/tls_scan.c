// SPDX-License-Identifier: BSD-3-Clause
#include "tls_scan.h"

#define CLIENT_HELLO 1

uint32_t tls_scan_sslv2(const uint8_t *head)
{
	bool version = (head[3] == 0x03 && head[4] <= 0x04) ||
		(head[3] == 0x00 && head[4] == 0x02);

	if (!(head[0] & 0x80) || head[2] != CLIENT_HELLO || !version)
		return 0;
	return (uint32_t)(head[0] & 0x7f) << 8 | head[1];
}

static void on_head(struct tls_scan *s)
{
	uint32_t len = (uint32_t)s->head[3] << 8 | s->head[4];
	uint32_t sslv2 = s->kept == TLS_HEAD ? tls_scan_sslv2(s->head) : 0;

	s->have = 0;
	if (sslv2 > 3) {
		s->left = sslv2 - 3;
		return;
	}
	if (s->head[0] < TLS_CHANGE_CIPHER_SPEC || s->head[0] > TLS_APPLICATION_DATA ||
		s->head[1] != 0x03 || len > TLS_RECORD)
		s->end = TLS_END_BROKEN;
	else if (s->head[0] == TLS_APPLICATION_DATA)
		s->end = TLS_END_DATA;
	s->left = len;
}

size_t tls_scan_feed(struct tls_scan *s, struct span text, uint32_t limit)
{
	size_t at = 0;

	while (at < text.len && s->end == TLS_OPEN) {
		uint32_t room = limit > s->kept ? limit - s->kept : 0;
		size_t n = s->left > 0 ? s->left : (size_t)TLS_HEAD - s->have;
		if (room == 0) {
			s->end = TLS_END_LIMIT;
			break;
		}
		n = n < text.len - at ? n : text.len - at;
		n = n < room ? n : room;
		s->kept += (uint32_t)n;
		if (s->left > 0) {
			s->left -= (uint32_t)n;
		} else {
			memcpy(s->head + s->have, text.ptr + at, n);
			s->have = (uint8_t)(s->have + n);
			if (s->have == TLS_HEAD)
				on_head(s);
		}
		at += n;
	}
	return at;
}

void tls_scan_gap(struct tls_scan *s)
{
	if (s->end == TLS_OPEN)
		s->end = TLS_END_GAP;
}
