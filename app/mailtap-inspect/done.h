// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The ids of mails that have their verdict although the cursor does not say so yet: what is read
// from the end of the verdicts at a start.

#include "mt_buf.h"
#include "mt_id.h"

struct done {
	struct mt_buf ids; // struct mt_id[]
	bool sorted;
};

void done_init(struct done *d);
void done_fini(struct done *d); // empty, and usable again
bool done_add(struct done *d, const struct mt_id *id); // false: memory is short
bool done_has(struct done *d, const struct mt_id *id);
