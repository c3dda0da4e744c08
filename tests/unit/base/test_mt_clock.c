// SPDX-License-Identifier: BSD-3-Clause
#include "mt_clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

static const struct {
	uint64_t at_us;
	const char *text;
} cases[] = {
	{0, "1970-01-01T00:00:00.000000+0000"},
	{1, "1970-01-01T00:00:00.000001+0000"},
	{951782399999999, "2000-02-28T23:59:59.999999+0000"},
	{951782400000000, "2000-02-29T00:00:00.000000+0000"},
	{1785466800123456, "2026-07-31T03:00:00.123456+0000"},
	{4102444800000000, "2100-01-01T00:00:00.000000+0000"},
	{253402300799000000, "9999-12-31T23:59:59.000000+0000"},
};

Test(mt_clock, text_is_utc_with_microseconds)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[MT_CLOCK_TEXT_SIZE];
		cr_expect_eq(mt_clock_text(cases[i].at_us, text), strlen(cases[i].text));
		cr_expect_str_eq(text, cases[i].text);
	}
}

Test(mt_clock, a_time_beyond_four_digits_of_year_still_fits)
{
	static const uint64_t late[] = {253402300800000000, UINT64_MAX, INT64_MAX};

	for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++) {
		char text[MT_CLOCK_TEXT_SIZE];
		cr_expect_eq(mt_clock_text(late[i], text), 31);
		cr_expect_eq(strncmp(text, "9999-12-31T23:59:59.", 20), 0, "%s", text);
	}
}

Test(mt_clock, does_not_follow_the_time_zone)
{
	char text[MT_CLOCK_TEXT_SIZE];

	setenv("TZ", "Asia/Seoul", 1);
	tzset();
	mt_clock_text(0, text);
	cr_expect_str_eq(text, "1970-01-01T00:00:00.000000+0000");
}

Test(mt_clock, clocks_go_forward)
{
	uint64_t before = mt_clock_mono_us();

	cr_expect_geq(mt_clock_mono_us(), before);
	cr_expect_gt(mt_clock_wall_us(), 1600000000000000);
}
