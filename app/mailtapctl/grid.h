// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A screen as cells: what is drawn here can be printed, put on a terminal, or looked at by a
// test. Whatever falls outside is left out; a wide character never loses a half. All text is
// masked (mask.h).

#include "mt_span.h"

#include <stdio.h>
#include <wchar.h>

enum grid_style {
	GRID_PLAIN,
	GRID_BOLD,
	GRID_DIM,
	GRID_GOOD,
	GRID_WARN,
	GRID_BAD,
	GRID_BAR, // of titles, over the whole width
	GRID_STYLE_COUNT
};

struct grid_cell {
	wchar_t c; // 0: the right half of a wide character
	uint8_t style;
};

struct grid {
	size_t rows, columns;
	size_t used; // rows down to the last one with something in it
	struct grid_cell *cells;
};

// Blank. False: no memory (or absurdly large); the grid is empty then and takes nothing.
bool grid_init(struct grid *g, size_t rows, size_t columns);
void grid_fini(struct grid *g);
void grid_clear(struct grid *g);

// Each draws from a place on and returns the column behind what was drawn.
size_t grid_put(struct grid *g, size_t row, size_t column, enum grid_style style,
	struct span text);
// At most `width` columns; what is longer ends in ~.
size_t grid_put_cut(struct grid *g, size_t row, size_t column, size_t width,
	enum grid_style style, struct span text);
// So that it ends before `column`.
size_t grid_put_right(struct grid *g, size_t row, size_t column, enum grid_style style,
	struct span text);
__attribute__((format(printf, 5, 6))) size_t grid_printf(struct grid *g, size_t row,
	size_t column, enum grid_style style, const char *fmt, ...);
// One drawn character of width 1.
size_t grid_char(
	struct grid *g, size_t row, size_t column, enum grid_style style, wchar_t c);
// Words, going on in the next row at the same column. Returns the row behind.
size_t grid_wrap(struct grid *g, size_t row, size_t column, enum grid_style style,
	struct span text);
// The first rows of another grid, from that row on.
void grid_copy(struct grid *g, size_t row, const struct grid *from, size_t rows);
// Gives a whole row one style.
void grid_paint(struct grid *g, size_t row, enum grid_style style);

// The used rows as lines, without blanks at their ends; in colours or without.
void grid_print(const struct grid *g, FILE *to, bool colour);
