// SPDX-License-Identifier: BSD-3-Clause

// How a connection ends, and who tries to end it.

#include "script.h"

#include <criterion/criterion.h>

#define HELLO "C S 99; S SA 299 100; C A 100 300;"

static const struct script_case cases[] = {
	{"the states of a closing",
		HELLO
		"C FA 100 300 quit; state; S A 300 105 221; S FA 303 105; C A 105 304; state",
		"!CLOSING C:quit C. S:221 S. !CLOSED !over"},
	{"early close: the segment with the FIN overtakes the one before",
		HELLO "C FA 103 300 .; C A 100 300 abc; S A 300 105", "C:abc. C. S."},
	{"early close: octets behind the FIN are nobody's",
		HELLO "C FA 100 300 abc; C A 103 300 evil; S A 300 104",
		"!outside C:abc C. S."},
	{"early close: octets sent again after the FIN",
		HELLO "C A 100 300 abc; C FA 103 300 .; C A 100 300 abc.; S A 300 105",
		"C:abc. C. S."},
	{"early close: a FIN before octets that were seen is not the end",
		HELLO
		"C A 100 300 abcdef; C FA 103 300; S A 300 106; C A 106 300 ghi; S A 300 109",
		"C:abcdefghi C. S."},
	{"early close: the peer reads on beyond a forged FIN",
		HELLO
		"C FA 100 300; C A 100 300 abc; S A 300 103; state; C A 100 300 abc; S A 300 103",
		"C. !outside !OPEN C:abc S."},
	{"flush both: the last reply comes with the FIN and is never acknowledged",
		HELLO "C A 100 300 data; S FA 300 104 250; state",
		"C:data !CLOSING S?250 C. S."},
	{"a FIN before octets that never came is no end before the close",
		HELLO "C FA 103 300 def; S FA 300 100; wait 50; state",
		"S. !CLOSING !over C-3 C?def C."},
	{"a tail before the FIN that was never seen is a gap",
		HELLO "C A 100 300 abc; S A 300 103; C FA 110 300", "C:abc C-7 C. S."},
	{"forged teardown: a RST during the opening and a SYN/ACK after it",
		"C S 99; S RA 0 100; state; S SA 299 100; C A 100 300 abc; S A 300 103; state",
		"!RESET !over C:abc !OPEN C. S."},
	{"forged teardown: a RST that acknowledges nothing of ours",
		"C S 99; S RA 0 4711; state", "!ignored !SYN C. S."},
	{"forged teardown: the client goes on after its RST",
		HELLO
		"C A 100 300 abc; C R 103; state; C A 103 300 def; state; S A 300 106",
		"!RESET !over !OPEN C:abcdef C. S."},
	{"forged teardown: the server acknowledges on after the client's RST",
		HELLO
		"C A 100 300 abc; C R 103; C A 103 300 def; C R 106; age 1; S A 300 106; state",
		"C?abcdef !OPEN C. S."},
	{"what was under way when the RST was sent does not revive",
		HELLO "C R 100; S A 300 100 220; state", "!RESET !over S?220 C. S."},
	{"a RST outside the window", HELLO "C R 90; C R 5000000; state",
		"!ignored !ignored !OPEN C. S."},
	{"text inside a RST is no data", HELLO "C A 100 300 abc; C R 103 0 killed; state",
		"!RESET !over C?abc C. S."},
	{"unacknowledged octets at the RST go up without a gap",
		HELLO "C A 100 300 abc; C A 103 300 .; S A 300 103; S R 300; state",
		"C:abc !RESET !over C?. C. S."},
	{"closing hands up holes at once", HELLO "C A 103 300 def; close",
		"C-3 C?def C. S."},
	{"closing keeps the order", HELLO "C A 100 300 abc; C A 103 303 def; close",
		"C?abc S-3 C?def C. S."},
	{"nothing was ever seen", "close", "C. S."},
};

Test(stream_close, the_end_is_the_one_both_ends_saw)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *log = script_play(cases[i].script);
		cr_expect_str_eq(log, cases[i].log, "%s\n got: %s\nwant: %s",
			cases[i].name, log, cases[i].log);
	}
}
