// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What a counter is to a person: something that only grows, a figure of now, or a loss. Every
// loss has a line that says what to do about it.

#include "stats.h"

enum stats_kind {
	STATS_KIND_COUNT, // only grows
	STATS_KIND_GAUGE, // as it stands now
	STATS_KIND_LOSS, // only grows, and should be 0
};

enum stats_kind stats_kind(enum stats_counter c);
// "count", "gauge" or "loss".
const char *stats_kind_name(enum stats_kind kind);
// What to do about a loss, at most 127 characters; "" for what is none.
const char *stats_hint(enum stats_counter c);
