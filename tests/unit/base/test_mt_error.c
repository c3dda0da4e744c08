// SPDX-License-Identifier: BSD-3-Clause
#include "mt_error.h"

#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

Test(mt_error, set_gives_the_code_back_negative)
{
	struct mt_error error;

	cr_expect_eq(mt_error_set(&error, ENOENT, "%s: %d", "a", 1), -ENOENT);
	cr_expect_str_eq(error.text, "a: 1");
}

Test(mt_error, a_prefix_goes_in_front)
{
	struct mt_error error;

	mt_error_set(&error, EINVAL, "inner");
	mt_error_prefix(&error, "outer %d: ", 2);
	cr_expect_str_eq(error.text, "outer 2: inner");
}

Test(mt_error, what_is_too_long_is_cut)
{
	struct mt_error error;

	mt_error_set(&error, EINVAL, "%600s", "x");
	cr_expect_eq(strlen(error.text), MT_ERROR_SIZE - 1);
	mt_error_prefix(&error, "outer: ");
	cr_expect_eq(strlen(error.text), MT_ERROR_SIZE - 1);
	cr_expect_eq(strncmp(error.text, "outer: ", 7), 0);
	mt_error_prefix(&error, "%600s", "y");
	cr_expect_eq(strlen(error.text), MT_ERROR_SIZE - 1);
}
