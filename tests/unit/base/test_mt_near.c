// SPDX-License-Identifier: BSD-3-Clause
#include "mt_near.h"

#include <criterion/criterion.h>

Test(mt_near, counts_single_changes)
{
	cr_expect_eq(mt_near_changes(span_text(""), span_text("")), 0);
	cr_expect_eq(mt_near_changes(span_text("abc"), span_text("abc")), 0);
	cr_expect_eq(mt_near_changes(span_text("abc"), span_text("abd")), 1);
	cr_expect_eq(mt_near_changes(span_text("abc"), span_text("abcd")), 1);
	cr_expect_eq(mt_near_changes(span_text("abc"), span_text("bc")), 1);
	cr_expect_eq(mt_near_changes(span_text(""), span_text("abc")), 3);
	cr_expect_eq(mt_near_changes(span_text("kitten"), span_text("sitting")), 3);
}

Test(mt_near, looks_no_further_than_its_maximum)
{
	static char a[2 * MT_NEAR_MAX], b[2 * MT_NEAR_MAX];

	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	cr_expect_eq(mt_near_changes(span_make(a, sizeof(a)), span_make(b, sizeof(b))),
		MT_NEAR_MAX);
}

Test(mt_near, a_short_word_may_differ_in_two)
{
	cr_expect_eq(mt_near_limit(span_text("in")), 2);
	cr_expect_eq(mt_near_limit(span_text("signatures")), 3);
}
