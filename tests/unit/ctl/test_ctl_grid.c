// SPDX-License-Identifier: BSD-3-Clause
#include "grid.h"
#include "guard.h"

#include <locale.h>

#include <criterion/criterion.h>

#define WIDE "\xe6\xbc\xa2" // a character of two columns

static void use_utf8(void)
{
	cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
}

TestSuite(ctl_grid, .init = use_utf8);

// What is printed of a grid.
static char *printed(const struct grid *g, bool colour)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	grid_print(g, f, colour);
	fclose(f);
	return text;
}

static void expect(const struct grid *g, const char *want)
{
	char *text = printed(g, false);

	cr_expect_str_eq(text, want, "\n%s---\n%s", text, want);
	free(text);
}

Test(ctl_grid, what_falls_outside_is_left_out)
{
	struct grid g;

	cr_assert(grid_init(&g, 2, 5));
	cr_expect_eq(grid_put(&g, 0, 3, GRID_PLAIN, span_text("abc")), 5);
	cr_expect_eq(grid_put(&g, 2, 0, GRID_PLAIN, span_text("abc")), 0);
	cr_expect_eq(grid_put(&g, 1, 9, GRID_PLAIN, span_text("abc")), 9);
	cr_expect_eq(
		grid_char(&g, 0, 5, GRID_PLAIN, L'x'), 5); // not the next row's first
	cr_expect_eq(grid_char(&g, 2, 0, GRID_PLAIN, L'x'), 0);
	expect(&g, "   ab\n");
	grid_fini(&g);
}

Test(ctl_grid, a_wide_character_keeps_both_halves)
{
	struct grid g;

	cr_assert(grid_init(&g, 3, 5));
	grid_put(&g, 0, 0, GRID_PLAIN, span_text(WIDE WIDE WIDE));
	grid_put_cut(&g, 1, 0, 4, GRID_PLAIN, span_text(WIDE WIDE WIDE));
	grid_put_cut(&g, 2, 0, 4, GRID_PLAIN, span_text(WIDE WIDE));
	expect(&g, WIDE WIDE "\n" WIDE "~\n" WIDE WIDE "\n");
	grid_fini(&g);
}

Test(ctl_grid, what_could_move_the_cursor_is_masked)
{
	static const char hostile[] = "a\33[2Jb\x9b\r\n\xff\xe2\x80\xae.";
	struct guard guard = guard_make(span_make(hostile, sizeof(hostile) - 1));
	struct grid g;

	cr_assert(grid_init(&g, 1, 40));
	grid_put(&g, 0, 0, GRID_PLAIN, guard.text);
	expect(&g, "a?[2Jb?????.\n");
	guard_free(&guard);
	grid_fini(&g);
}

Test(ctl_grid, words_go_on_in_the_next_row)
{
	struct grid g;

	cr_assert(grid_init(&g, 10, 12));
	size_t row = grid_wrap(
		&g, 0, 2, GRID_PLAIN, span_text("one two three unbreakableword"));
	cr_expect_eq(row, 4);
	expect(&g, "  one two\n  three\n  unbreakabl\n  eword\n");
	grid_fini(&g);
}

Test(ctl_grid, wrapping_ends_at_the_last_row_and_with_nothing)
{
	struct grid g;

	cr_assert(grid_init(&g, 2, 4));
	cr_expect_eq(
		grid_wrap(&g, 0, 0, GRID_PLAIN, span_text("aaaa bbbb cccc dddd")), 2);
	cr_expect_eq(grid_wrap(&g, 1, 0, GRID_PLAIN, span_text("")), 2);
	cr_expect_eq(grid_wrap(&g, 1, 4, GRID_PLAIN, span_text("x")), 2);
	cr_expect_eq(grid_wrap(&g, 1, 3, GRID_PLAIN, span_text(WIDE)), 2);
	grid_fini(&g);
}

Test(ctl_grid, numbers_end_where_they_should)
{
	struct grid g;

	cr_assert(grid_init(&g, 3, 8));
	grid_put_right(&g, 0, 6, GRID_PLAIN, span_text("12"));
	grid_put_right(&g, 1, 6, GRID_PLAIN, span_text("1234567"));
	expect(&g, "    12\n123456\n");
	grid_fini(&g);
}

Test(ctl_grid, colours_come_only_where_asked_for)
{
	struct grid g;

	cr_assert(grid_init(&g, 1, 8));
	grid_put(&g, 0, 0, GRID_BAD, span_text("no"));
	grid_put(&g, 0, 2, GRID_PLAIN, span_text("w"));
	expect(&g, "now\n");
	char *text = printed(&g, true);
	cr_expect_str_eq(text, "\33[0;1;31mno\33[0mw\n");
	free(text);
	grid_fini(&g);
}

Test(ctl_grid, no_memory_is_an_empty_grid)
{
	struct grid g;

	cr_expect_not(grid_init(&g, SIZE_MAX, SIZE_MAX));
	grid_put(&g, 0, 0, GRID_PLAIN, span_text("x"));
	grid_paint(&g, 0, GRID_BAR);
	grid_clear(&g);
	expect(&g, "");
	grid_fini(&g);
}
