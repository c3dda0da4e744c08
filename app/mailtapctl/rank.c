// SPDX-License-Identifier: BSD-3-Clause
#include "rank.h"

#include "field.h"

#include <stdlib.h>

struct ranked {
	const json_t *value;
	size_t index;
};

static int compare_values(const json_t *a, const json_t *b)
{
	if (json_is_string(a) || json_is_string(b)) {
		struct span x = field_string(a), y = field_string(b);
		int sign = memcmp(x.ptr, y.ptr, x.len < y.len ? x.len : y.len);
		return sign != 0 ? sign : (x.len > y.len) - (x.len < y.len);
	}
	json_int_t x = json_integer_value(a), y = json_integer_value(b);
	return (x < y) - (x > y);
}

static int compare(const void *a, const void *b, void *reverse)
{
	const struct ranked *x = a, *y = b;
	int sign = compare_values(x->value, y->value);

	if (sign != 0)
		return *(const bool *)reverse ? -sign : sign;
	return (x->index > y->index) - (x->index < y->index);
}

size_t rank_array(
	const json_t *items, const char *key, bool reverse, size_t order[RANK_MAX])
{
	struct ranked ranked[RANK_MAX];
	size_t count = json_array_size(items);

	if (count > RANK_MAX)
		count = RANK_MAX;
	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){
			json_object_get(json_array_get(items, i), key), i};
	qsort_r(ranked, count, sizeof(ranked[0]), compare, &reverse);
	for (size_t i = 0; i < count; i++)
		order[i] = ranked[i].index;
	return count;
}
