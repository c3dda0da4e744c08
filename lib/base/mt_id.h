// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The name of a mail: 130 bits as 26 characters of Crockford's base32, so that names sort by
// time. 48 bits milliseconds of packet time, 32 bits appliance, 50 bits counter.

#include "mt_span.h"

#define MT_ID_LEN 26

struct mt_id {
	char text[MT_ID_LEN + 1]; // ends with a NUL
};

#define MT_ID_COUNTER_MAX ((1ULL << 50) - 1)

// Higher bits of each part are dropped.
struct mt_id mt_id_make(uint64_t ms, uint32_t appliance, uint64_t counter);
// The counter of an id; 0 when the text is none.
uint64_t mt_id_counter(const char text[MT_ID_LEN]);
// Whether this is an id in its one right spelling (capitals, no I, L, O, U).
bool mt_id_is_valid(struct span text);
