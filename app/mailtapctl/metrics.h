// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Which families `mailtapctl metrics` has beside the counters (those the appliance lists itself).
// What an answer lacks gives no sample; a family without samples is left out.

#include "openmetrics.h"

#include <jansson.h>
#include <stddef.h>

#define METRICS_LABELS_MAX 4

struct metrics_label {
	const char *name;
	const char *key; // of the row; NULL: the name of the row itself
};

struct metrics_family {
	const char *key; // in the row
	const char *name, *unit;
	enum openmetrics_type type;
	const char *help;
};

// Families whose samples are rows of an answer: an object of objects, the items of a list, or
// (flat) the answer itself.
struct metrics_source {
	const char *command;
	bool paged, flat;
	const struct metrics_label *labels;
	size_t label_count;
	const struct metrics_family *families;
	size_t count;
};

size_t metrics_source_count(void);
const struct metrics_source *metrics_source_get(size_t nth);

struct metrics_hist {
	const char *command; // its answer
	const char *name, *unit, *help;
};

size_t metrics_hist_count(void);
const struct metrics_hist *metrics_hist_get(size_t nth);
