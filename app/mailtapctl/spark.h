// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Small pictures of numbers: a line of what was, and bars. In block characters where the locale
// has them, else in ASCII.

#include "grid.h"

#define SPARK_MAX 256

// The newest values of something that is measured now and then.
struct spark {
	uint64_t value[SPARK_MAX];
	size_t next, count;
};

void spark_add(struct spark *s, uint64_t value);
// The age-th newest, from 0; 0 where there is none.
uint64_t spark_get(const struct spark *s, size_t age);
// As many as have a place, the newest on the right, the largest of them at full height.
void spark_line(
	struct grid *g, size_t row, size_t column, size_t width, const struct spark *s);
// part of whole; what is not 0 is seen.
void spark_bar(struct grid *g, size_t row, size_t column, size_t width, uint64_t part,
	uint64_t whole);
