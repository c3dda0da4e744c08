// SPDX-License-Identifier: BSD-3-Clause
#include "stream_option.h"

#define KIND_END    0
#define KIND_NOP    1
#define KIND_SCALE  3
#define KIND_STAMP  8
#define KIND_DIGEST 19

#define SCALE_MAX 14

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void take(const uint8_t *p, uint8_t len, struct stream_option *ret)
{
	if (p[0] == KIND_STAMP && len == 10) {
		ret->has_stamp = true;
		ret->stamp = get32(p + 2);
	}
	if (p[0] == KIND_SCALE && len == 3) {
		ret->has_scale = true;
		ret->scale = p[2] < SCALE_MAX ? p[2] : SCALE_MAX;
	}
	if (p[0] == KIND_DIGEST && len == 18)
		ret->has_digest = true;
}

void stream_option_read(struct span options, struct stream_option *ret)
{
	const uint8_t *p = options.ptr;
	size_t left = options.len;

	*ret = (struct stream_option){0};
	while (left > 0 && p[0] != KIND_END) {
		size_t len = p[0] == KIND_NOP ? 1 : left > 1 ? p[1] : 0;
		if (len > left || (p[0] != KIND_NOP && len < 2))
			return;
		if (len > 1)
			take(p, (uint8_t)len, ret);
		p += len;
		left -= len;
	}
}
