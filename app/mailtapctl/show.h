// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the plain verbs show: an answer of the appliance as a table. The views are data
// (show_views.c); a key that an answer lacks is shown as -.

#include "human.h"

#include <stddef.h>

enum show_shape {
	SHOW_FLAT, // one object: a line a key
	SHOW_ROWS, // an object of objects: a row each
	SHOW_PAGED, // a list of pages: a row an item
};

enum show_fit {
	SHOW_KEEP,
	SHOW_GIVES, // may be cut where the terminal is too narrow
	SHOW_WIDE, // has no place on a terminal that is not wide
};

// A terminal with fewer columns is not wide. What is no terminal is.
#define SHOW_WIDE_FROM 110

struct show_column {
	const char *key; // NULL: the name of the row itself
	const char *title;
	enum human_kind kind;
	enum show_fit fit;
};

struct show_view {
	const char *verb;
	const char *command;
	enum show_shape shape;
	const struct show_column *columns;
	size_t count;
	const char *nothing; // said where there is no row
};

// NULL: no view of that verb.
const struct show_view *show_view_find(const char *verb);
