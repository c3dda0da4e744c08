// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// How near two words are, so that an error can ask "did you mean ...?". For what an operator
// wrote, not for the wire.

#include "mt_span.h"

#define MT_NEAR_MAX 255

// Single-octet changes that make a into b (Levenshtein); only the first MT_NEAR_MAX octets of
// either count.
size_t mt_near_changes(struct span a, struct span b);
// How many changes a misspelt word may be away from the one that was meant.
static inline size_t mt_near_limit(struct span written)
{
	return written.len / 3 > 2 ? written.len / 3 : 2;
}
