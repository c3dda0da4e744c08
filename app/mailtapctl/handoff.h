// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What mailtap-inspect says about its outputs: files <name>.status under SPOOL/state/inspect/, one
// JSON object each, put there anew every second or so. No files, nothing to show.

#include "grid.h"

#include "mt_clock.h"

#include <jansson.h>

struct handoff {
	json_t *outputs; // an array of those objects
	char stale[MT_CLOCK_TEXT_SIZE]; // a status from before this time stands still
};

void handoff_read(struct handoff *h, const char *spool, uint64_t now_us);
void handoff_fini(struct handoff *h);
// A line an output. Returns the row behind.
size_t handoff_draw(struct grid *g, size_t row, const struct handoff *h);
