// SPDX-License-Identifier: BSD-3-Clause
#include "grid.h"

#include "mask.h"

#include <stdarg.h>
#include <stdlib.h>

#define CELLS_MAX (1u << 20)
#define TEXT_SIZE 512 // of one grid_printf

static const char *const escapes[GRID_STYLE_COUNT] = {
	[GRID_PLAIN] = "\33[0m",
	[GRID_BOLD] = "\33[0;1m",
	[GRID_DIM] = "\33[0;2m",
	[GRID_GOOD] = "\33[0;1;32m",
	[GRID_WARN] = "\33[0;1;33m",
	[GRID_BAD] = "\33[0;1;31m",
	[GRID_BAR] = "\33[0;7m",
};

bool grid_init(struct grid *g, size_t rows, size_t columns)
{
	*g = (struct grid){.rows = rows, .columns = columns};
	if (columns == 0 || rows <= CELLS_MAX / columns)
		g->cells = calloc(rows * columns + 1, sizeof(*g->cells));
	if (g->cells == NULL) {
		*g = (struct grid){0};
		return false;
	}
	grid_clear(g);
	return true;
}

void grid_fini(struct grid *g)
{
	free(g->cells);
	*g = (struct grid){0};
}

void grid_clear(struct grid *g)
{
	for (size_t i = 0; i < g->rows * g->columns; i++)
		g->cells[i] = (struct grid_cell){L' ', GRID_PLAIN};
	g->used = 0;
}

static size_t set(struct grid *g, size_t row, size_t column, enum grid_style style,
	wchar_t c, size_t width)
{
	if (row >= g->rows || column + width > g->columns)
		return column;
	struct grid_cell *cell = &g->cells[row * g->columns + column];
	cell[0] = (struct grid_cell){c, (uint8_t)style};
	if (width == 2)
		cell[1] = (struct grid_cell){0, (uint8_t)style};
	if (row + 1 > g->used)
		g->used = row + 1;
	return column + width;
}

static size_t put(struct grid *g, size_t row, size_t column, size_t end,
	enum grid_style style, struct span text)
{
	while (text.len > 0) {
		wchar_t c;
		int width;
		text = span_skip(text, mask_next(text, &c, &width));
		if (width == 0)
			continue; // a cell holds one character
		if (column + (size_t)width > end || column + (size_t)width > g->columns)
			break;
		column = set(g, row, column, style, c, (size_t)width);
	}
	return column;
}

size_t grid_put(struct grid *g, size_t row, size_t column, enum grid_style style,
	struct span text)
{
	return put(g, row, column, g->columns, style, text);
}

size_t grid_put_cut(struct grid *g, size_t row, size_t column, size_t width,
	enum grid_style style, struct span text)
{
	if (mask_columns(text) <= width)
		return put(g, row, column, column + width, style, text);
	if (width == 0)
		return column;
	column = put(g, row, column, column + width - 1, style, text);
	return set(g, row, column, style, L'~', 1);
}

size_t grid_put_right(struct grid *g, size_t row, size_t column, enum grid_style style,
	struct span text)
{
	size_t width = mask_columns(text);

	put(g, row, width < column ? column - width : 0, column, style, text);
	return column;
}

size_t grid_printf(struct grid *g, size_t row, size_t column, enum grid_style style,
	const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return grid_put(g, row, column, style, span_text(text));
}

size_t grid_char(
	struct grid *g, size_t row, size_t column, enum grid_style style, wchar_t c)
{
	return set(g, row, column, style, c, 1);
}

// Octets of the text that go into so many columns: up to a blank where there is one.
static size_t line_of(struct span text, size_t room)
{
	size_t at = 0, blank = 0, taken = 0;
	wchar_t c;
	int width;

	while (at < text.len) {
		size_t len = mask_next(span_skip(text, at), &c, &width);
		if (taken + (size_t)width > room)
			return blank > 0 ? blank : at > 0 ? at : len;
		if (c == L' ')
			blank = at;
		taken += (size_t)width;
		at += len;
	}
	return at;
}

size_t grid_wrap(struct grid *g, size_t row, size_t column, enum grid_style style,
	struct span text)
{
	if (column >= g->columns)
		return row + 1;
	do {
		size_t len = line_of(text, g->columns - column);
		grid_put(g, row++, column, style, span_head(text, len));
		text = span_skip(text, len);
		while (text.len > 0 && text.ptr[0] == ' ')
			text = span_skip(text, 1);
	} while (text.len > 0 && row < g->rows);
	return row;
}

void grid_copy(struct grid *g, size_t row, const struct grid *from, size_t rows)
{
	size_t columns = from->columns < g->columns ? from->columns : g->columns;

	for (size_t i = 0; i < rows && i < from->rows && row + i < g->rows; i++) {
		memcpy(&g->cells[(row + i) * g->columns], &from->cells[i * from->columns],
			columns * sizeof(*g->cells));
		if (row + i + 1 > g->used)
			g->used = row + i + 1;
	}
}

void grid_paint(struct grid *g, size_t row, enum grid_style style)
{
	if (row >= g->rows)
		return;
	for (size_t i = 0; i < g->columns; i++)
		g->cells[row * g->columns + i].style = (uint8_t)style;
	if (row + 1 > g->used)
		g->used = row + 1;
}

static size_t last_of(const struct grid_cell *line, size_t columns)
{
	while (columns > 0 && line[columns - 1].c == L' ' &&
		line[columns - 1].style != GRID_BAR)
		columns--;
	return columns;
}

void grid_print(const struct grid *g, FILE *to, bool colour)
{
	for (size_t row = 0; row < g->used; row++) {
		const struct grid_cell *line = &g->cells[row * g->columns];
		uint8_t style = GRID_PLAIN;
		size_t end = last_of(line, g->columns);
		for (size_t i = 0; i < end; i++) {
			if (colour && line[i].style != style)
				fputs(escapes[style = line[i].style], to);
			if (line[i].c != 0)
				fprintf(to, "%lc", (wint_t)line[i].c);
		}
		if (style != GRID_PLAIN)
			fputs(escapes[GRID_PLAIN], to);
		fputc('\n', to);
	}
}
