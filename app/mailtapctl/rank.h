// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Puts the items of a list into an order, by a field of theirs.

#include <jansson.h>
#include <stdbool.h>

#define RANK_MAX 4096 // items looked at

// Fills `order` with indices: the largest first (numbers) or in the order of the alphabet
// (texts), `reverse` turns it round; equals stay as they stand. Returns how many.
size_t rank_array(
	const json_t *items, const char *key, bool reverse, size_t order[RANK_MAX]);
