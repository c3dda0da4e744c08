// SPDX-License-Identifier: BSD-3-Clause

// Copies of the same octets: equal, different, on the left, on the right, across; and what each
// stack makes of those that wait behind a hole.

#include "script.h"
#include "stream_stack.h"

#include <stdio.h>

#include <criterion/criterion.h>

#define HELLO "stack first; C S 99; S SA 299 100; C A 100 300;"

static const struct script_case cases[] = {
	{"the first copy wins", HELLO "C A 100 300 good; C A 100 300 evil; S A 300 104",
		"!differs C:good C. S."},
	{"an equal copy is not told",
		HELLO "C A 100 300 good; C A 100 300 good; S A 300 104", "C:good C. S."},
	{"a longer copy adds its end",
		HELLO "C A 100 300 abc; C A 100 300 abcdef; S A 300 106",
		"C:abcdef C. S."},
	{"an overlap on the left keeps what is held",
		HELLO "C A 100 300 abc; C A 102 300 XYZ; S A 300 105",
		"!differs C:abcYZ C. S."},
	{"an overlap on the right keeps what is held",
		HELLO "C A 103 300 def; C A 100 300 abcXY; S A 300 106",
		"!differs C:abcdef C. S."},
	{"a segment across a held one gives both its ends",
		HELLO "C A 103 300 def; C A 100 300 abcXXXghi; S A 300 109",
		"!differs C:abcdefghi C. S."},
	{"a segment across two held ones fills between them",
		HELLO "C A 101 300 b; C A 103 300 d; C A 100 300 XXXXX; S A 300 105",
		"!differs C:XbXdX C. S."},
	{"segments across segments across segments",
		HELLO
		"C A 105 300 f; C A 104 300 EEE; C A 103 300 DDDDD; C A 101 300 BBBBBBBB; "
		"C A 100 300 AAAAAAAAAAA; S A 300 111",
		"!differs !differs !differs !differs C:ABBDEfEDBAA C. S."},
	{"an octet within a segment across others is a duplicate",
		HELLO
		"C A 104 300 e; C A 101 300 bcdXfgh; C A 102 300 cd; C A 106 300 gh; "
		"C A 100 300 a; S A 300 108",
		"!differs C:abcdefgh C. S."},
	{"a piece between two held ones is cut on both sides",
		HELLO "C A 100 300 abc; C A 105 300 fgh; C A 101 300 bcdefg; S A 300 108",
		"C:abcdefgh C. S."},
	{"a copy of what was handed up is dropped unseen",
		HELLO "C A 100 300 abc; S A 300 103; C A 100 300 XYZdef; S A 300 106",
		"C:abcdef C. S."},
	{"different cuts of the same octets",
		HELLO
		"C A 100 300 ab; C A 101 300 bcd; C A 103 300 defg; C A 100 300 abcdefgh; "
		"S A 300 108",
		"C:abcdefgh C. S."},
	{"an overlap across the wrap of numbers",
		"stack first; C S 4294967292; S SA 299 4294967293; C A 4294967295 300 cdX; C A 4294967293 300 abYdef; "
		"S A 300 3",
		"!differs C:abcdXf C. S."},
	{"a keep-alive with a wrong octet changes nothing",
		HELLO
		"C A 100 300 abc; S A 300 103; C A 102 300 X; C A 102 300; C A 103 300 def; "
		"S A 300 106",
		"C:abc !ignored !ignored C:def C. S."},
	{"a keep-alive of what is still held is no difference",
		HELLO "block C; C A 100 300 abc; S A 300 103; C A 102 300 X; free C",
		"!ignored C:abc C. S."},
	{"zero-window probes, some taken and some not",
		HELLO
		"C A 100 300 abc; S A 300 103; C A 103 300 d; S A 300 103; C A 103 300 d; "
		"S A 300 104; C A 104 300 e; S A 300 104; C A 104 300 efg; S A 300 107",
		"C:abc !ignored C:defg C. S."},
};

// The hole is at 100; what is held begins at 101 or behind it.
#define BEHIND "C S 99; S SA 299 100; C A 100 300;"
#define FILLED "; C A 100 300 .; S A 300 120"

static const struct {
	const char *name, *script;
	const char *octets[STREAM_STACK_COUNT];
} stack_cases[] = {
	{"begins before and ends inside",
		"C A 104 300 oooo; C A 102 300 nnnn; C A 101 300 -",
		{"-nnnnoo", "-nnoooo", "-nnnnoo", "-nnoooo", "-nnnnoo"}},
	{"begins before and ends alike", "C A 103 300 ooo; C A 101 300 nnnnn",
		{"nnnnn", "nnooo", "nnnnn", "nnooo", "nnnnn"}},
	{"begins before and ends behind", "C A 103 300 oo; C A 101 300 nnnnnn",
		{"nnnnnn", "nnoonn", "nnnnnn", "nnoonn", "nnnnnn"}},
	{"begins alike and ends inside", "C A 101 300 oooo; C A 101 300 nn",
		{"oooo", "oooo", "oooo", "oooo", "nnoo"}},
	{"the same place", "C A 101 300 ooo; C A 101 300 nnn",
		{"ooo", "ooo", "ooo", "ooo", "nnn"}},
	{"begins alike and ends behind", "C A 101 300 ooo; C A 101 300 nnnnn",
		{"nnnnn", "ooonn", "ooonn", "ooonn", "nnnnn"}},
	{"begins and ends inside", "C A 101 300 ooooo; C A 103 300 nn",
		{"ooooo", "ooooo", "ooooo", "ooooo", "oonno"}},
	{"begins inside and ends alike", "C A 101 300 oooo; C A 103 300 nn",
		{"oooo", "oooo", "oooo", "oooo", "oonn"}},
	{"begins inside and ends behind", "C A 101 300 oooo; C A 103 300 nnnn",
		{"oooonn", "oooonn", "oooonn", "oooonn", "oonnnn"}},
	{"a bridge between two", "C A 101 300 ooo; C A 106 300 ppp; C A 102 300 nnnnnn",
		{"ooonnnnp", "ooonnppp", "ooonnnnp", "ooonnppp", "onnnnnnp"}},
	{"Linux makes one of two that follow each other",
		"C A 101 300 ooo; C A 104 300 ppp; C A 102 300 nnnn",
		{"oooppp", "oooppp", "ooonnp", "oooppp", "onnnnp"}},
	{"what was in order is not changed", "C A 100 300 .ooo; C A 100 300 XXXXnn",
		{"ooonn", "ooonn", "ooonn", "ooonn", "ooonn"}},
};

Test(stream_overlap, each_stack_takes_its_own_copy)
{
	char script[512], want[64];

	for (size_t i = 0; i < sizeof(stack_cases) / sizeof(stack_cases[0]); i++) {
		for (enum stream_stack k = 0; k < STREAM_STACK_COUNT; k++) {
			snprintf(script, sizeof(script), "stack %s;" BEHIND "%s" FILLED,
				stream_stack_name(k), stack_cases[i].script);
			snprintf(want, sizeof(want), "C:.%s", stack_cases[i].octets[k]);
			const char *log = script_play(script);
			cr_expect(strstr(log, want) != NULL, "%s, %s\n got: %s\nwant: %s",
				stack_cases[i].name, stream_stack_name(k), log, want);
		}
	}
}

Test(stream_overlap, the_first_copy_of_an_octet_wins)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *log = script_play(cases[i].script);
		cr_expect_str_eq(log, cases[i].log, "%s\n got: %s\nwant: %s",
			cases[i].name, log, cases[i].log);
	}
}
