// SPDX-License-Identifier: BSD-3-Clause

// Loss, skew, duplicates and half views: what goes up, when, and in which order.

#include "script.h"

#include <criterion/criterion.h>

#define HELLO "C S 99; S SA 299 100; C A 100 300;"

static const struct script_case cases[] = {
	{"octets go up when acknowledged",
		HELLO "C A 100 300 abc; C A 103 300 def; state; S A 300 103; S A 300 106",
		"!OPEN C:abcdef C. S."},
	{"a segment acknowledged in part goes up in part",
		HELLO "C A 100 300 abcdef; S A 300 102; state; S A 300 106",
		"C:ab !OPEN C:cdef C. S."},
	{"a reply follows what it answers",
		HELLO
		"S A 300 100 220; C A 100 303 helo; S A 303 104 250; C A 104 306 quit; "
		"S A 306 108 221; C A 108 309",
		"S:220 C:helo S:250 C:quit S:221 C. S."},
	{"the server's leg comes late",
		"C S 99; C A 100 300; C A 100 303 helo; C A 104 306 quit; C A 108 309; "
		"S SA 299 100; S A 300 100 220; S A 303 104 250; S A 306 108 221",
		"S:220 C:helo S:250 C:quit S:221 C. S."},
	{"the client's leg comes late",
		"S SA 299 100; S A 300 100 220; S A 303 104 250; S A 306 108 221; "
		"C S 99; C A 100 300; C A 100 303 helo; C A 104 306 quit; C A 108 309",
		"S:220 C:helo S:250 C:quit S:221 C. S."},
	{"an acknowledgement before its data is no hole",
		HELLO "S A 300 103; C A 100 300 abc", "C:abc C. S."},
	{"a hole is believed after the grace in time and packets",
		HELLO "C A 103 300 def; S A 300 106; age 1; state; wait 3; state",
		"!OPEN C-3 C:def !OPEN C. S."},
	{"packets alone do not end the grace",
		HELLO
		"C A 103 300 def; S A 300 106; state; state; state; wait 1; state; wait 5; state",
		"!OPEN !OPEN !OPEN !OPEN C-3 C:def !OPEN C. S."},
	{"a hole filled within the grace is none",
		HELLO "C A 103 300 def; S A 300 106; wait 3; C A 100 300 abc",
		"C:abcdef C. S."},
	{"a hole waited for is none yet when it is acknowledged",
		HELLO "C A 103 300 def; wait 50; S A 300 106; state; C A 100 300 abc",
		"!OPEN C:abcdef C. S."},
	{"acknowledged late, the graces of many holes do not add up",
		HELLO
		"C A 101 300 b; C A 103 300 d; C A 105 300 f; wait 50; S A 300 106; state; wait 10",
		"!OPEN C-1 C:b C-1 C:d C-1 C:f C. S."},
	{"a hole that the peer did not acknowledge is waited for",
		HELLO "C A 103 300 def; wait 500; state; C A 100 300 abc; S A 300 106",
		"!OPEN C:abcdef C. S."},
	{"the other side speaking proves no loss",
		HELLO
		"C A 100 300 abc; C A 106 300 ghi; S A 300 103 250; wait 50; state; "
		"C A 103 303 def; S A 303 109; C A 109 303",
		"C:abc !OPEN S:250 C:defghi C. S."},
	{"a hole acknowledged in part is a gap in part",
		HELLO
		"C A 106 300 ghi; S A 300 103; wait 50; state; S A 300 109; wait 50",
		"C-3 !OPEN C-3 C:ghi C. S."},
	{"the graces of many holes do not add up",
		HELLO
		"C A 101 300 b; C A 103 300 d; C A 105 300 f; C A 107 300 h; S A 300 108; wait 10",
		"C-1 C:b C-1 C:d C-1 C:f C-1 C:h C. S."},
	{"a tail that was acknowledged and never seen is a gap",
		HELLO "C A 100 300 abc; S A 300 109; wait 50; state",
		"C:abc C-6 !OPEN C. S."},
	{"one octet acknowledged beyond all is a FIN that was missed",
		HELLO "C A 100 300 abc; S A 300 104 221; wait 50", "C:abc S?221 C. S."},
	{"one missing octet with more behind it is a gap",
		HELLO
		"C A 100 300 abc; S A 300 104; wait 50; C A 104 300 efg; S A 300 107; wait 50; state",
		"C:abc C-1 C:efg !OPEN C. S."},
	{"an octet taken for a FIN may still come",
		HELLO "C A 100 300 abc; S A 300 104; wait 50; C A 103 300 d",
		"C:abcd C. S."},
	{"every packet twice goes up once",
		"C S 99; C S 99; S SA 299 100; S SA 299 100; C A 100 300; C A 100 300; "
		"C A 100 300 abc; C A 100 300 abc; S A 300 103; S A 300 103; C A 103 300 def; "
		"S A 300 106; C A 103 300 def",
		"C:abcdef C. S."},
	{"the client's half alone goes up marked",
		"C S 99; C A 100 300; C A 100 303 helo; C A 104 306 mail; C A 108 309; wait 20; state",
		"C?helomail !OPEN S-9 C. S."},
	{"the server's half alone goes up marked",
		"S SA 299 100; S A 300 100 220; S A 303 104 250; wait 20; state",
		"S?220250 !OPEN C-4 C. S."},
	{"a slow acknowledgement is not waited for for ever",
		HELLO "C A 100 300 abc; wait 90; state; wait 20; state",
		"!OPEN C?abc !OPEN C. S."},
	{"numbers wrap inside and between segments",
		"C S 4294967290; S SA 4294967295 4294967291; C A 4294967291 0; "
		"C A 4294967291 0 abcdefgh; S A 0 3; S A 0 3 220; C A 3 3; C A 3 3 ijk; S A 3 6",
		"C:abcdefgh S:220 C:ijk C. S."},
	{"order is restored across the wrap",
		"C S 4294967292; S SA 299 4294967293; C A 0 300 def; C A 3 300 ghi; S A 300 6; "
		"C A 4294967293 300 abc",
		"C:abcdefghi C. S."},
	{"octets far outside the window are not taken",
		HELLO
		"C A 100 300 abc; C A 50000100 300 evil; S A 300 103; C A 4000000000 300 evil",
		"!outside C:abc !outside C. S."},
	{"after an outage a run of segments is believed",
		HELLO
		"C A 100 300 abc; S A 300 103; C A 50000103 300 one; C A 50000106 300 two; "
		"C A 50000109 300 three; S A 300 50000114; wait 20; C A 50000114 300 four; "
		"S A 300 50000118",
		"C:abc !outside !outside C-50000006 C:threefour C. S."},
	{"an acknowledgement far beyond everything is not believed",
		HELLO
		"C A 100 300 abc; S A 300 3000000000; wait 20; S A 300 103; wait 50",
		"C:abc C. S."},
	{"a blocked direction does not hold the other one back",
		HELLO
		"block C; C A 100 300 data; S A 300 104 354; C A 104 303; state; free C",
		"S:354 !OPEN C:data C. S."},
	{"a retransmission with a newer acknowledgement closes no circle",
		HELLO "S A 300 103 250; C A 100 303 abc; S A 303 103",
		"C:abc S:250 C. S."},
	{"of a retransmission only what was answered goes before the answer",
		HELLO "S A 300 103 250; S A 303 106 221; C A 100 303 abcdef; C A 106 306",
		"C:abc S:250 C:def S:221 C. S."},
	{"what a packet far outside the window acknowledges is not believed",
		HELLO "S A 300 100 220; C A 900000000 303; state; C A 100 303",
		"!OPEN S:220 C. S."},
	{"relief hands up all that is held and steps over its holes",
		HELLO "C A 100 300 abc; C A 106 300 ghi; relieve; state",
		"C?abc C-3 C?ghi !OPEN C. S."},
	{"a full hold is relieved",
		HELLO
		"C A 101 300 b; C A 103 300 d; C A 105 300 f; C A 107 300 h; C A 109 300 j; "
		"C A 111 300 l; C A 113 300 n; C A 115 300 p; C A 117 300 r; state",
		"!full C-1 C?b C-1 C?d C-1 C?f C-1 C?h C-1 C?j !OPEN C-1 C?l C-1 C?n C-1 C?p C-1 C?r "
		"C. S."},
	{"a full hold declares no newer hole than it must",
		HELLO
		"C A 101 300 b; C A 103 300 d; C A 105 300 f; C A 107 300 h; C A 109 300 j; "
		"C A 112 300 m; C A 113 300 n; C A 114 300 o; C A 115 300 p; C A 110 300 kl; S A 300 116",
		"!full C-1 C?b C-1 C?d C-1 C?f C-1 C?h C-1 C?j C:klmnop C. S."},
};

Test(stream_order, what_goes_up_is_one_dialogue_in_its_true_order)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *log = script_play(cases[i].script);
		cr_expect_str_eq(log, cases[i].log, "%s\n got: %s\nwant: %s",
			cases[i].name, log, cases[i].log);
	}
}
