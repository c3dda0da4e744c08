// SPDX-License-Identifier: BSD-3-Clause
#include "spark.h"

#include "mask.h"

#define STEPS 8

// From nothing to full, in eighths: upwards, and from the left.
static const wchar_t up[2][STEPS + 1] = {
	{L' ', L'_', L'.', L',', L'-', L'=', L'+', L'*', L'#'},
	{L' ', L'\x2581', L'\x2582', L'\x2583', L'\x2584', L'\x2585', L'\x2586',
		L'\x2587', L'\x2588'},
};
static const wchar_t across[2][STEPS + 1] = {
	{L' ', L'#', L'#', L'#', L'#', L'#', L'#', L'#', L'#'},
	{L' ', L'\x258f', L'\x258e', L'\x258d', L'\x258c', L'\x258b', L'\x258a',
		L'\x2589', L'\x2588'},
};

void spark_add(struct spark *s, uint64_t value)
{
	s->value[s->next] = value;
	s->next = (s->next + 1) % SPARK_MAX;
	if (s->count < SPARK_MAX)
		s->count++;
}

uint64_t spark_get(const struct spark *s, size_t age)
{
	if (age >= s->count)
		return 0;
	return s->value[(s->next + SPARK_MAX - 1 - age) % SPARK_MAX];
}

// part of whole in steps, rounded up, so that only 0 is 0.
static size_t steps_of(uint64_t part, uint64_t whole, size_t steps)
{
	if (part >= whole)
		return whole > 0 ? steps : 0;
	return (size_t)(((unsigned __int128)part * steps + whole - 1) / whole);
}

void spark_line(
	struct grid *g, size_t row, size_t column, size_t width, const struct spark *s)
{
	size_t count = s->count < width ? s->count : width;
	uint64_t most = 0;

	for (size_t i = 0; i < count; i++)
		most = spark_get(s, i) > most ? spark_get(s, i) : most;
	for (size_t i = 0; i < count; i++)
		grid_char(g, row, column + width - 1 - i, GRID_PLAIN,
			up[mask_is_utf8()][steps_of(spark_get(s, i), most, STEPS)]);
}

void spark_bar(struct grid *g, size_t row, size_t column, size_t width, uint64_t part,
	uint64_t whole)
{
	size_t steps = steps_of(part, whole, width * STEPS);

	for (size_t i = 0; i < width && steps > 0; i++) {
		size_t here = steps < STEPS ? steps : STEPS;
		grid_char(g, row, column + i, GRID_PLAIN, across[mask_is_utf8()][here]);
		steps -= here;
	}
}
