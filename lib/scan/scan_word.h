// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Lists of words that stand for values, and what to say to a word that is not in one.

#include "mt_buf.h"

struct scan_word {
	const char *name; // NULL: the end of the list
	uint32_t value;
};

// The word written, or NULL.
const struct scan_word *scan_word_find(
	const struct scan_word *words, const char *written);
// Adds "; did you mean x?" when one is near, and "; allowed: a, b" always.
void scan_word_advise(
	const struct scan_word *words, const char *written, struct mt_buf *out);
