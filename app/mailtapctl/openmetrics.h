// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Writes OpenMetrics text: families with type, unit and help, their samples with labels. Names
// are made to fit the rules: the unit ends the family's name, _total a counter's samples.

#include "mt_span.h"

#include <stdio.h>

enum openmetrics_type {
	OPENMETRICS_COUNTER,
	OPENMETRICS_GAUGE,
	OPENMETRICS_INFO,
	OPENMETRICS_STATESET,
	OPENMETRICS_HISTOGRAM,
};

struct openmetrics_label {
	const char *name;
	struct span value; // anything: escaped, what is not UTF-8 becomes ?
};

#define OPENMETRICS_NAME 160

struct openmetrics {
	FILE *to;
	enum openmetrics_type type;
	double scale; // of the values of this family
	char name[OPENMETRICS_NAME]; // of this family
};

void openmetrics_begin(struct openmetrics *m, FILE *to);
// A family: `name` of our own ("rx_octets"), its unit as we say it ("octets", "microseconds"; NULL
// or "" for none) and one line of help. Octets become bytes, times seconds.
void openmetrics_family(struct openmetrics *m, enum openmetrics_type type,
	const char *name, const char *unit, struct span help);
// One sample of it. suffix: behind the name ("" or "_bucket"; _total and _info come by
// themselves).
void openmetrics_sample(struct openmetrics *m, const char *suffix,
	const struct openmetrics_label *labels, size_t count, uint64_t value);
// "# EOF"
void openmetrics_end(struct openmetrics *m);
