// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The terminal, taken over while a live screen runs: shows a grid, gives keys, follows its size,
// and is given back as it was, also when a signal ends the program.

#include "grid.h"

#include "mt_error.h"

struct term;

// What term_wait returns beside characters.
enum {
	TERM_NONE = 0, // nothing, or the size changed
	TERM_END = -1, // q, a signal, or the terminal is gone
};

// 0; EX_USAGE with error text when there is no terminal, or none that is known.
int term_open(struct term **ret, bool colour, struct mt_error *error);
void term_close(struct term *t);
// A grid of the terminal's size now; lent until the next call. NULL: no memory.
struct grid *term_grid(struct term *t);
void term_show(struct term *t);
// Waits for a key at most so long.
int term_wait(struct term *t, int ms);
