// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What comes from the wire or from another process and goes to a terminal: characters that are
// not printable in this locale, that turn the order of a line round or hide in it are shown as ?.

#include "mt_span.h"

#include <stdio.h>
#include <wchar.h>

// One character at the front of s (which is not empty): how many octets it takes, what to show
// and how many columns that needs (0: combining, 1 or 2).
size_t mask_next(struct span s, wchar_t *ret_shown, int *ret_columns);
// Columns of the whole text.
size_t mask_columns(struct span s);
// Writes it, masked.
void mask_print(FILE *to, struct span s);
// Whether this locale has more than ASCII to draw with.
bool mask_is_utf8(void);
