// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the inspection process says about its outputs: files <name>.status under
// SPOOL/state/inspect/, one JSON object each. No files, nothing to show.

#include "grid.h"

#include <jansson.h>

struct handoff {
	json_t *inspectors; // an array of those objects, each with its "name"
};

void handoff_read(struct handoff *h, const char *spool);
void handoff_fini(struct handoff *h);
// A line an output. Returns the row behind.
size_t handoff_draw(struct grid *g, size_t row, const struct handoff *h);
