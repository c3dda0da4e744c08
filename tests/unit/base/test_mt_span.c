// SPDX-License-Identifier: BSD-3-Clause
#include "mt_span.h"

#include <criterion/criterion.h>

Test(mt_span, head_and_skip_stay_inside)
{
	struct span s = span_text("abc");

	cr_expect(span_equal(span_head(s, 2), span_text("ab")));
	cr_expect(span_equal(span_head(s, 9), s));
	cr_expect(span_equal(span_skip(s, 2), span_text("c")));
	cr_expect_eq(span_skip(s, 3).len, 0);
	cr_expect_eq(span_skip(s, 9).len, 0);
	cr_expect_eq(span_skip(s, 9).ptr, s.ptr + 3);
}

Test(mt_span, comparing_needs_the_same_length)
{
	cr_expect(span_equal(span_make(NULL, 0), span_text("")));
	cr_expect_not(span_equal(span_text("ab"), span_text("abc")));
	cr_expect_not(span_equal(span_text("ab"), span_text("aB")));
	cr_expect(span_equal_nocase(span_text("aB"), span_text("Ab")));
	cr_expect_not(span_equal_nocase(span_text("aB"), span_text("A")));
	cr_expect(span_equal_nocase(span_make(NULL, 0), span_text("")));
}

Test(mt_span, find_gives_the_length_when_there_is_none)
{
	cr_expect_eq(span_find(span_text("abcabc"), 'c'), 2);
	cr_expect_eq(span_find(span_text("abc"), 'x'), 3);
	cr_expect_eq(span_find(span_make("a\0b", 3), 0), 1);
	cr_expect_eq(span_find(span_make(NULL, 0), 'x'), 0);
}
