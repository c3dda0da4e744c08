// SPDX-License-Identifier: BSD-3-Clause
#include "mt_utf8.h"

size_t mt_utf8_length(struct span s)
{
	static const struct {
		uint8_t from, to, low, high; // first octet, and bounds of the second
		uint8_t len;
	} forms[] = {
		{0x00, 0x7f, 0x00, 0xff, 1},
		{0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	if (s.len == 0)
		return 0;
	for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
		if (s.ptr[0] < forms[f].from || s.ptr[0] > forms[f].to)
			continue;
		size_t len = forms[f].len;
		if (len > s.len)
			return 0;
		if (len > 1 && (s.ptr[1] < forms[f].low || s.ptr[1] > forms[f].high))
			return 0;
		for (size_t i = 2; i < len; i++)
			if ((s.ptr[i] & 0xc0) != 0x80)
				return 0;
		return len;
	}
	return 0;
}

struct span mt_utf8_head(struct span s, size_t max)
{
	size_t n = max;

	if (s.len <= max)
		return s;
	// Back to where the character that crosses the edge begins: at most three octets.
	while (n > 0 && max - n < 4 && (s.ptr[n] & 0xc0) == 0x80)
		n--;
	return span_head(s, n + mt_utf8_length(span_skip(s, n)) > max ? n : max);
}
