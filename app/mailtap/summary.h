// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What a run shows a person at its end: packets by class, connections, mails, the ledger, speed.

#include "recent.h"
#include "stats.h"

#include <stdio.h>

void summary_print(FILE *to, const struct stats_sum *sum, bool balanced, double seconds);
// The newest mails, oldest first, as a table of at most `width` columns.
void summary_print_mails(FILE *to, const struct recent *recent, int width);
