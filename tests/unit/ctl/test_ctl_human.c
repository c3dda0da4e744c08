// SPDX-License-Identifier: BSD-3-Clause
#include "human.h"

#include <criterion/criterion.h>

static const struct {
	enum human_kind kind;
	uint64_t n;
	const char *want;
} cases[] = {
	{HUMAN_COUNT, 0, "0"},
	{HUMAN_COUNT, 999, "999"},
	{HUMAN_COUNT, 1000, "1,000"},
	{HUMAN_COUNT, 18201334, "18,201,334"},
	{HUMAN_COUNT, UINT64_MAX, "18,446,744,073,709,551,615"},
	{HUMAN_RATE, 412, "412/s"},
	{HUMAN_RATE, UINT64_MAX, "18,446,744,073,709,551,615/s"},
	{HUMAN_OCTETS, 0, "0"},
	{HUMAN_OCTETS, 1023, "1023"},
	{HUMAN_OCTETS, 1024, "1.0K"},
	{HUMAN_OCTETS, 1536, "1.5K"},
	{HUMAN_OCTETS, 102399, "99.9K"},
	{HUMAN_OCTETS, 102400, "100K"},
	{HUMAN_OCTETS, (1u << 20) - 1, "1023K"},
	{HUMAN_OCTETS, 1u << 20, "1.0M"},
	{HUMAN_OCTETS, UINT64_MAX, "15.9E"},
	{HUMAN_BITS, 0, "0 b/s"},
	{HUMAN_BITS, 124, "992 b/s"},
	{HUMAN_BITS, 125, "1.00 kb/s"},
	{HUMAN_BITS, 387500000, "3.10 Gb/s"},
	{HUMAN_BITS, 1562500000, "12.5 Gb/s"},
	{HUMAN_BITS, UINT64_MAX, "18446744 Tb/s"},
	{HUMAN_PPM, 0, "0 %"},
	{HUMAN_PPM, 1, "0.0001 %"},
	{HUMAN_PPM, 9999, "0.9999 %"},
	{HUMAN_PPM, 10000, "1.00 %"},
	{HUMAN_PPM, 999999, "99.99 %"}, // not 100
	{HUMAN_PPM, 1000000, "100 %"},
	{HUMAN_PPM, 1500000, "150.00 %"},
	{HUMAN_TENTHS, 193, "19.3"},
	{HUMAN_AGE, 59, "59 s"},
	{HUMAN_AGE, 60, "1 min 00 s"},
	{HUMAN_AGE, 3599, "59 min 59 s"},
	{HUMAN_AGE, 3600, "1 h 00 min"},
	{HUMAN_AGE, 86399, "23 h 59 min"},
	{HUMAN_AGE, 1051860, "12 d 04:11"},
	{HUMAN_AGE, UINT64_MAX, "213503982334601 d 07:00"},
};

Test(ctl_human, numbers_are_written_as_people_read_them)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[HUMAN_SIZE];
		cr_expect_str_eq(human(cases[i].kind, cases[i].n, text), cases[i].want,
			"case %zu: %s, not %s", i, text, cases[i].want);
	}
}

Test(ctl_human, every_kind_fits_its_room)
{
	for (int kind = 0; kind < HUMAN_KIND_COUNT; kind++)
		for (uint64_t n = UINT64_MAX; n > 0; n /= 3) {
			char text[HUMAN_SIZE];
			human((enum human_kind)kind, n, text);
			cr_expect_lt(strlen(text), HUMAN_SIZE - 1, "%s", text);
		}
}

Test(ctl_human, shares_do_not_overflow)
{
	cr_expect_eq(human_ppm(0, 0), 0);
	cr_expect_eq(human_ppm(1, 3), 333333);
	cr_expect_eq(human_ppm(7, 7), 1000000);
	cr_expect_eq(human_ppm(UINT64_MAX, UINT64_MAX) / 10, 100000);
	cr_expect_eq(human_ppm(UINT64_MAX / 2, UINT64_MAX) / 10, 50000);
}
