// SPDX-License-Identifier: BSD-3-Clause
#include "mask.h"
#include "table.h"

#include <locale.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#define WIDE "\xe6\xbc\xa2"

static const struct table_column columns[] = {
	{"id", false, false}, {"subject", false, true}, {"size", true, false}};

static void use_utf8(void)
{
	cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
}

TestSuite(ctl_table, .init = use_utf8);

static void fill(struct table *t)
{
	table_init(t, columns, 3);
	table_add_text(t, "A1");
	table_add_text(t, WIDE WIDE WIDE WIDE WIDE " and much more of it");
	table_add_u64(t, 7);
	table_add_text(t, "A2");
	table_add_text(t, "e\xcc\x81\33[2J\xff"); // combining, control, broken
	table_add_u64(t, 123456);
}

static char *printed(const struct table *t, size_t width)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	table_print(t, f, width);
	fclose(f);
	return text;
}

Test(ctl_table, columns_stand_below_their_titles)
{
	struct table t;

	fill(&t);
	char *text = printed(&t, 30);
	cr_expect_str_eq(text,
		"id  subject               size\n"
		"A1  " WIDE WIDE WIDE WIDE WIDE " and mu~       7\n"
		"A2  e\xcc\x81?[2J?              123456\n",
		"%s", text);
	free(text);
	table_fini(&t);
}

Test(ctl_table, no_width_is_exceeded)
{
	struct table t;

	fill(&t);
	for (size_t width = 1; width < 80; width++) {
		char *text = printed(&t, width), *line = text;
		for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
			cr_expect_leq(mask_columns(span_make(line, (size_t)(end - line))),
				width);
		free(text);
	}
	table_fini(&t);
}
