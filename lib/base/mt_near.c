// SPDX-License-Identifier: BSD-3-Clause
#include "mt_near.h"

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t mt_near_changes(struct span a, struct span b)
{
	size_t row[MT_NEAR_MAX + 1];

	a = span_head(a, MT_NEAR_MAX);
	b = span_head(b, MT_NEAR_MAX);
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t replaced = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
			diagonal = row[j];
			row[j] = smaller(replaced, smaller(row[j], row[j - 1]) + 1);
		}
	}
	return row[b.len];
}
