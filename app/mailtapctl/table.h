// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Columns of text, as wide as their contents and no wider than the terminal. Cells may hold
// anything from the wire: what is not printable in this locale is shown as ?.

#include "mt_buf.h"

#include <stdio.h>

#define TABLE_COLUMNS_MAX 16
#define TABLE_UNLIMITED   SIZE_MAX

struct table_column {
	const char *title;
	bool right; // numbers
	bool gives; // may be cut where the terminal is too narrow
};

struct table {
	const struct table_column *columns;
	size_t count;
	struct mt_buf text; // all cells, masked
	struct mt_buf cells; // struct table_cell[]
};

// columns must live as long as the table; at most TABLE_COLUMNS_MAX.
void table_init(struct table *t, const struct table_column *columns, size_t count);
void table_fini(struct table *t);
// The next cell, row by row. Where memory runs out, what follows is left out.
void table_add(struct table *t, struct span text);
void table_add_text(struct table *t, const char *text);
void table_add_u64(struct table *t, uint64_t n);
// Title line and rows; a row that is not finished is left out.
void table_print(const struct table *t, FILE *to, size_t width);
// Columns of the terminal behind this file; TABLE_UNLIMITED when it is none.
size_t table_width(FILE *to);
