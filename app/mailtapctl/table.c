// SPDX-License-Identifier: BSD-3-Clause
#include "table.h"

#include "mask.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TEXT_MAX  (256u << 20)
#define NARROWEST 6
#define BETWEEN   2

struct table_cell {
	uint32_t at, len;
	uint32_t columns; // of the terminal
};

void table_init(struct table *t, const struct table_column *columns, size_t count)
{
	*t = (struct table){.columns = columns, .count = count};
	mt_buf_init(&t->text, TEXT_MAX);
	mt_buf_init(&t->cells, TEXT_MAX);
}

void table_fini(struct table *t)
{
	mt_buf_fini(&t->text);
	mt_buf_fini(&t->cells);
}

void table_add(struct table *t, struct span text)
{
	struct table_cell cell = {.at = (uint32_t)t->text.len};

	while (text.len > 0) {
		wchar_t shown;
		int columns;
		size_t len = mask_next(text, &shown, &columns);
		if (shown == L'?')
			mt_buf_add_char(&t->text, '?');
		else
			mt_buf_add(&t->text, span_head(text, len));
		cell.columns += (uint32_t)columns;
		text = span_skip(text, len);
	}
	cell.len = (uint32_t)t->text.len - cell.at;
	mt_buf_add(&t->cells, span_make(&cell, sizeof(cell)));
}

void table_add_text(struct table *t, const char *text)
{
	table_add(t, span_text(text));
}

void table_add_u64(struct table *t, uint64_t n)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	table_add_text(t, digits);
}

static const struct table_cell *cell_at(const struct table *t, size_t nth)
{
	return (const struct table_cell *)(const void *)t->cells.ptr + nth;
}

static size_t row_count(const struct table *t)
{
	return t->cells.len / sizeof(struct table_cell) / t->count;
}

static void measure(const struct table *t, size_t widths[TABLE_COLUMNS_MAX])
{
	for (size_t c = 0; c < t->count; c++)
		widths[c] = strlen(t->columns[c].title);
	for (size_t i = 0; i < row_count(t) * t->count; i++)
		if (cell_at(t, i)->columns > widths[i % t->count])
			widths[i % t->count] = cell_at(t, i)->columns;
}

// Takes from the widest column that gives, until the line fits or nothing is left to take.
static void shrink(const struct table *t, size_t widths[TABLE_COLUMNS_MAX], size_t width)
{
	size_t total = BETWEEN * (t->count - 1);

	for (size_t c = 0; c < t->count; c++)
		total += widths[c];
	while (total > width) {
		size_t widest = t->count;
		for (size_t c = 0; c < t->count; c++)
			if (t->columns[c].gives && widths[c] > NARROWEST &&
				(widest == t->count || widths[c] > widths[widest]))
				widest = c;
		if (widest == t->count)
			return;
		widths[widest]--;
		total--;
	}
}

// As much of the text as has a place, with a mark where it was cut. Returns the columns it took.
static size_t print_cut(FILE *to, struct span text, size_t room)
{
	size_t taken = 0;

	while (text.len > 0 && room > 0) {
		wchar_t shown;
		int columns;
		size_t len = mask_next(text, &shown, &columns);
		if (taken + (size_t)columns > room - 1)
			break;
		fwrite(text.ptr, 1, len, to);
		taken += (size_t)columns;
		text = span_skip(text, len);
	}
	if (room > 0)
		fputc('~', to);
	return taken + (room > 0);
}

static void pad(FILE *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fputc(' ', to);
}

struct line { // being printed
	FILE *to;
	size_t left; // columns of the terminal
	size_t owed; // blanks, if anything comes behind them
};

static void print_cell(struct line *line, const struct table_column *column,
	struct span text, size_t columns, size_t width)
{
	width = width < line->left ? width : line->left;
	size_t blank = columns < width ? width - columns : 0;

	if (columns == 0 || width == 0) {
		line->owed += width;
		line->left -= width;
		return;
	}
	pad(line->to, line->owed);
	if (column->right)
		pad(line->to, blank);
	if (columns > width)
		blank = width - print_cut(line->to, text, width);
	else
		fwrite(text.ptr, 1, text.len, line->to);
	line->left -= width;
	line->owed = column->right ? 0 : blank;
}

static void end_cell(struct line *line, bool last)
{
	size_t between = BETWEEN < line->left ? BETWEEN : line->left;

	if (last) {
		fputc('\n', line->to);
		return;
	}
	line->owed += between;
	line->left -= between;
}

void table_print(const struct table *t, FILE *to, size_t width)
{
	size_t widths[TABLE_COLUMNS_MAX];
	struct line line = {.to = to, .left = width};

	measure(t, widths);
	shrink(t, widths, width);
	for (size_t c = 0; c < t->count; c++) {
		const char *title = t->columns[c].title;
		print_cell(&line, &t->columns[c], span_text(title), strlen(title),
			widths[c]);
		end_cell(&line, c + 1 == t->count);
	}
	for (size_t i = 0; i < row_count(t) * t->count; i++) {
		const struct table_cell *cell = cell_at(t, i);
		size_t c = i % t->count;
		if (c == 0)
			line = (struct line){.to = to, .left = width};
		print_cell(&line, &t->columns[c],
			span_make(t->text.ptr + cell->at, cell->len), cell->columns,
			widths[c]);
		end_cell(&line, c + 1 == t->count);
	}
}

size_t table_width(FILE *to)
{
	struct winsize size;

	if (!isatty(fileno(to)) || ioctl(fileno(to), TIOCGWINSZ, &size) != 0 ||
		size.ws_col == 0)
		return TABLE_UNLIMITED;
	return size.ws_col;
}
