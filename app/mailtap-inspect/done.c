// SPDX-License-Identifier: BSD-3-Clause
#include "done.h"

#include <stdlib.h>

#define IDS_MAX (1u << 30) // octets; the verdicts of a cursor's age are far fewer

void done_init(struct done *d)
{
	*d = (struct done){.sorted = true};
	mt_buf_init(&d->ids, IDS_MAX);
}

void done_fini(struct done *d)
{
	mt_buf_fini(&d->ids);
	d->sorted = true;
}

bool done_add(struct done *d, const struct mt_id *id)
{
	d->sorted = false;
	return mt_buf_add(&d->ids, span_make(id, sizeof(*id)));
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct mt_id *)a)->text, ((const struct mt_id *)b)->text);
}

bool done_has(struct done *d, const struct mt_id *id)
{
	size_t count = d->ids.len / sizeof(*id);

	if (count == 0)
		return false;
	if (!d->sorted)
		qsort(d->ids.ptr, count, sizeof(*id), compare);
	d->sorted = true;
	return bsearch(id, d->ids.ptr, count, sizeof(*id), compare) != NULL;
}
