// SPDX-License-Identifier: BSD-3-Clause
#include "mt_id.h"

#include <criterion/criterion.h>

static const struct {
	uint64_t ms;
	uint32_t appliance;
	uint64_t counter;
	const char *text;
} cases[] = {
	{0, 0, 0, "00000000000000000000000000"},
	{0, 0, 1, "00000000000000000000000001"},
	{0, 0, 31, "0000000000000000000000000Z"},
	{0, 0, 32, "00000000000000000000000010"},
	{0, 1, 0, "00000000000000010000000000"},
	{1, 0, 0, "00000000040000000000000000"},
	{(1ULL << 48) - 1, UINT32_MAX, MT_ID_COUNTER_MAX, "ZZZZZZZZZZZZZZZZZZZZZZZZZZ"},
};

Test(mt_id, each_part_has_its_place)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mt_id id =
			mt_id_make(cases[i].ms, cases[i].appliance, cases[i].counter);
		cr_expect_str_eq(id.text, cases[i].text);
		cr_expect(mt_id_is_valid(span_text(id.text)));
		cr_expect_eq(mt_id_counter(id.text), cases[i].counter);
	}
}

Test(mt_id, higher_bits_of_a_part_do_not_reach_the_next)
{
	struct mt_id id = mt_id_make(1ULL << 48 | 5, 6, 1ULL << 50 | 7);

	cr_expect_str_eq(id.text, mt_id_make(5, 6, 7).text);
}

Test(mt_id, names_sort_by_time_then_appliance_then_counter)
{
	static const uint64_t steps[] = {
		0, 1, 31, 32, 1023, 1ULL << 31, 1ULL << 32, (1ULL << 48) - 1};
	struct mt_id last = mt_id_make(0, 0, 0);

	for (size_t m = 0; m < sizeof(steps) / sizeof(steps[0]); m++) {
		for (size_t a = 0; a < 6; a++) {
			for (size_t c = 0; c < sizeof(steps) / sizeof(steps[0]); c++) {
				struct mt_id id = mt_id_make(
					steps[m], (uint32_t)steps[a], steps[c]);
				cr_assert_leq(strcmp(last.text, id.text),
					m + a + c > 0 ? -1 : 0, "%s before %s", last.text,
					id.text);
				last = id;
			}
		}
	}
}

Test(mt_id, other_spellings_are_not_valid)
{
	static const char *const wrong[] = {
		"",
		"0000000000000000000000000",
		"000000000000000000000000000",
		"0000000000000000000000000a",
		"0000000000000000000000000I",
		"0000000000000000000000000L",
		"0000000000000000000000000O",
		"0000000000000000000000000U",
		"0000000000000000000000000-",
		" 0000000000000000000000000",
		"0000000000000000000000000\xff",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_not(mt_id_is_valid(span_text(wrong[i])), "\"%s\"", wrong[i]);
	cr_expect_not(mt_id_is_valid(span_make("0000000000000000000000000\0", 26)));
	cr_expect_eq(mt_id_counter("0000000000000000000000001a"), 0);
}
