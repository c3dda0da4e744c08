// SPDX-License-Identifier: BSD-3-Clause
#include "mt_id.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct mt_id mt_id_make(uint64_t ms, uint32_t appliance, uint64_t counter)
{
	struct mt_id id;
	unsigned __int128 low;

	// The top two bits of the 130 are the top two of the milliseconds, all else fits in 128.
	ms &= (1ULL << 48) - 1;
	low = (unsigned __int128)ms << 82 | (unsigned __int128)appliance << 50 |
		(counter & MT_ID_COUNTER_MAX);
	for (int i = MT_ID_LEN - 1; i > 0; i--) {
		id.text[i] = digits[(unsigned)low & 31];
		low >>= 5;
	}
	id.text[0] = digits[ms >> 43];
	id.text[MT_ID_LEN] = '\0';
	return id;
}

static int value_of(char c)
{
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

bool mt_id_is_valid(struct span text)
{
	if (text.len != MT_ID_LEN)
		return false;
	for (size_t i = 0; i < MT_ID_LEN; i++)
		if (value_of((char)text.ptr[i]) < 0)
			return false;
	return true;
}

uint64_t mt_id_counter(const char text[MT_ID_LEN])
{
	uint64_t counter = 0;

	if (!mt_id_is_valid(span_make(text, MT_ID_LEN)))
		return 0;
	for (int i = MT_ID_LEN - 10; i < MT_ID_LEN; i++)
		counter = counter << 5 | (uint64_t)value_of(text[i]);
	return counter;
}
