// SPDX-License-Identifier: BSD-3-Clause
#include "bucket.h"

#include "field.h"

#include <errno.h>
#include <stdlib.h>

static bool read_bound(const char *key, uint64_t *ret)
{
	char *end;

	if (strcmp(key, "inf") == 0) {
		*ret = UINT64_MAX;
		return true;
	}
	errno = 0;
	unsigned long long n = strtoull(key, &end, 10);
	if (errno != 0 || end == key || *end != '\0')
		return false;
	*ret = n;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct bucket *x = a, *y = b;

	return (x->bound > y->bound) - (x->bound < y->bound);
}

size_t bucket_read(const json_t *answer, struct bucket to[BUCKET_MAX])
{
	json_t *all = json_object_get(answer, "le"), *value;
	size_t count = 0;
	const char *key;

	json_object_foreach(all, key, value)
	{
		if (count < BUCKET_MAX && read_bound(key, &to[count].bound))
			to[count++].below = field_u64(all, key);
	}
	qsort(to, count, sizeof(to[0]), compare);
	for (size_t i = 1; i < count; i++)
		if (to[i].below < to[i - 1].below)
			to[i].below = to[i - 1].below;
	return count;
}
