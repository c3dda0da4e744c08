// SPDX-License-Identifier: BSD-3-Clause

// What a lane shows, as letters: g right, w wrong, u unfinished, c cut; N* before one: so many. Upper case:
// of another connection on the same lane. What comes of each: . taken, b believed, d dropped; of a
// run only the last.

#include "checksums.h"
#include "checksums_sum.h"

#include <ctype.h>
#include <stdlib.h>

#include <criterion/criterion.h>

// clang-format off
static const struct {
	const char *name;
	enum conf_checksums mode;
	const char *shows, *expect;
} cases[] = {
	{"all right", CONF_CHECKSUMS_AUTO, "ggg", "..."},
	{"forged behind the handshake", CONF_CHECKSUMS_AUTO, "gw", ".d"},
	{"forged before anything is known", CONF_CHECKSUMS_AUTO, "wg", "b."},
	{"forged on a lane that is right", CONF_CHECKSUMS_AUTO, "100*Gw", ".d"},
	{"a lane that is not known yet", CONF_CHECKSUMS_AUTO, "40*Gw", ".b"},
	{"all wrong", CONF_CHECKSUMS_AUTO, "w100*w", "bb"},
	{"all wrong behind a right handshake", CONF_CHECKSUMS_AUTO, "g10*w100*w", ".dd"},
	{"all unfinished", CONF_CHECKSUMS_AUTO, "u200*u", "bb"},
	{"merged now and then", CONF_CHECKSUMS_AUTO, "30*gu30*gu30*gu", ".b.b.b"},
	{"pretends to be unfinished", CONF_CHECKSUMS_AUTO, "100*Ggu", "..d"},
	{"the lane changes", CONF_CHECKSUMS_AUTO, "5000*g5000*u", ".b"},
	{"and back", CONF_CHECKSUMS_AUTO, "5000*u30000*gu", "b.d"},
	{"all wrong, and back", CONF_CHECKSUMS_AUTO, "5000*W30000*Gw", "b.d"},
	{"cut", CONF_CHECKSUMS_AUTO, "c", "."},
	{"verified", CONF_CHECKSUMS_VERIFY, "gwuc", ".dd."},
	{"verified, all unfinished", CONF_CHECKSUMS_VERIFY, "500*u", "d"},
	{"ignored", CONF_CHECKSUMS_IGNORE, "gwu", "..."},
};
// clang-format on

static enum checksums_class class_of(char letter)
{
	switch (tolower(letter)) {
	case 'g':
		return CHECKSUMS_GOOD;
	case 'w':
		return CHECKSUMS_WRONG;
	case 'u':
		return CHECKSUMS_UNFINISHED;
	default:
		return CHECKSUMS_UNKNOWN;
	}
}

Test(checksums, a_wrong_one_is_dropped_where_right_ones_are_the_rule)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct checksums_lane lane = {0};
		struct checksums_side sides[2] = {{0}, {0}};
		char got[64] = "";
		for (const char *p = cases[i].shows; *p != '\0'; p++) {
			long times = 1;
			char *end;
			if (isdigit((unsigned char)*p)) {
				times = strtol(p, &end, 10);
				p = end + 1;
			}
			enum checksums_verdict v = CHECKSUMS_TAKE;
			while (times-- > 0)
				v = checksums_judge(cases[i].mode, &lane,
					&sides[isupper((unsigned char)*p) ? 1 : 0],
					class_of(*p));
			got[strlen(got)] = ".bd"[v];
		}
		cr_expect_str_eq(got, cases[i].expect, "%s: %s", cases[i].name, got);
	}
}

Test(checksums, a_packet_of_no_connection_yet_is_judged_by_its_lane)
{
	struct checksums_lane lane = {0};

	cr_expect_eq(checksums_judge(CONF_CHECKSUMS_AUTO, &lane, NULL, CHECKSUMS_WRONG),
		CHECKSUMS_BELIEVE);
	for (int i = 0; i < 100; i++)
		checksums_judge(CONF_CHECKSUMS_AUTO, &lane, NULL, CHECKSUMS_GOOD);
	cr_expect_eq(checksums_judge(CONF_CHECKSUMS_AUTO, &lane, NULL, CHECKSUMS_WRONG),
		CHECKSUMS_DROP);
}

// As RFC 1071 4.1 has it, a word at a time.
static uint16_t sum_plainly(const uint8_t *at, size_t len)
{
	uint32_t sum = 0;

	for (; len > 0; at += 2, len -= len > 1 ? 2 : 1) {
		uint8_t pair[2] = {at[0], len > 1 ? at[1] : 0};
		uint16_t word;
		memcpy(&word, pair, sizeof(word));
		sum += word;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)sum;
}

Test(checksums, sums_any_length_at_any_address)
{
	uint8_t octets[1600];
	uint32_t dice = 25;

	for (int kind = 0; kind < 3; kind++) {
		for (size_t i = 0; i < sizeof(octets); i++) {
			dice = dice * 1664525 + 1013904223;
			// Carries everywhere, none, and by chance.
			octets[i] = (uint8_t)(kind == 0 ? 0xff
					: kind == 1     ? 0
							: dice >> 24);
		}
		for (size_t from = 0; from < 17; from++)
			for (size_t len = 0; from + len <= sizeof(octets);
				len += len < 80 ? 1 : 37)
				cr_assert_eq(checksums_sum(octets + from, len),
					sum_plainly(octets + from, len));
	}
}
