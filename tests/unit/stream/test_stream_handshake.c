// SPDX-License-Identifier: BSD-3-Clause

// How a connection begins, and who tries to begin it anew.

#include "script.h"

#include <criterion/criterion.h>

#define HELLO "C S 99; S SA 299 100; C A 100 300;"

static const struct script_case cases[] = {
	{"the states of an opening",
		"state; C S 99; state; S SA 299 100; state; C A 100 300; state",
		"!NEW !SYN !SYN_ACK !OPEN C. S."},
	{"over-strict SYN: an ack without the flag",
		"C S 99 7777; S SA 299 100; C A 100 300 abc; S A 300 103", "C:abc C. S."},
	{"desync: SYN with FIN and a SYN with another number in the middle",
		HELLO "C SF 5000 300; C S 7000; C A 100 300 abc; S A 300 103",
		"!ignored !ignored C:abc C. S."},
	{"several candidates: the server answers the first",
		"C S 99; C S 999; S SA 299 100; C A 100 300 abc; S A 300 103",
		"C:abc C. S."},
	{"several candidates: the server answers the second",
		"C S 99; C S 999; S SA 299 1000; C A 1000 300 abc; S A 300 1003",
		"C:abc C. S."},
	{"several candidates: the server's leg is missing",
		"C S 99; C S 999; C A 1000 300 abc; wait 20", "C?abc C. S."},
	{"several candidates: both are answered, the client goes on from the second",
		"C S 99; S SA 299 100; C S 999; S SA 399 1000; C A 1000 400 abc; S A 400 1003 250; "
		"C A 1003 403",
		"C:abc S:250 C. S."},
	{"several candidates: both are answered, the client goes on from the first",
		"C S 99; S SA 299 100; C S 999; S SA 299 100; C A 100 300 abc; S A 300 103 250; "
		"C A 103 303",
		"C:abc S:250 C. S."},
	{"a SYN/ACK for a SYN that nobody sent",
		"C S 99; S SA 777 5555; S SA 299 100; C A 100 300 abc; S A 300 103",
		"!ignored C:abc C. S."},
	{"handshake not pristine: the last ACK is lost, the server speaks first",
		"C S 99; S SA 299 100; S A 300 100 220; C A 100 303 abc; S A 303 103",
		"S:220 C:abc C. S."},
	{"handshake not pristine: the SYN is lost",
		"S SA 299 100; C A 100 300; S A 300 100 220; C A 100 303 abc; S A 303 103",
		"S:220 C:abc C. S."},
	{"handshake not pristine: the SYN/ACK is lost",
		"C S 99; C A 100 300; S A 300 100 220; C A 100 303 abc; S A 303 103",
		"S:220 C:abc C. S."},
	{"handshake not pristine: the SYN is lost, the server's leg comes when the client is done",
		"C A 100 303 abc; C A 103 306 def; C AF 106 309; S SA 299 100; S A 300 100 220; "
		"S A 303 103 250; S A 306 106 221; S AF 309 107; C A 107 310; state",
		"S:220 C:abc S:250 C:def S:221 C. S. !CLOSED !over"},
	{"handshake not pristine: the client's ACK is lost, the server's leg comes when the client is done",
		"C S 99; C A 100 303 abc; C AF 103 306; S SA 299 100; S A 300 100 220; S A 303 103 250; "
		"S AF 306 104; C A 104 307; state",
		"S:220 C:abc S:250 C. S. !CLOSED !over"},
	{"handshake not pristine: the client is done, and the banner overtakes the SYN/ACK",
		"C S 99; C A 100 300; C A 100 303 abc; C AF 103 306; S A 300 100 220; S SA 299 100; "
		"S A 303 103 250; S AF 306 104; C A 104 307; state",
		"S:220 !ignored C:abc S:250 C. S. !CLOSED !over"},
	{"handshake not pristine: the SYN comes behind the octets of a client who knows the answer",
		"C A 100 303 abc; C S 99; S SA 299 100; S A 300 100 220; S A 303 103",
		"S:220 C:abc C. S."},
	{"direction guess: four-way split handshake",
		"C S 99; S S 299; C SA 99 300; S A 300 100; S A 300 100 220; C A 100 303 abc; S A 303 103",
		"S:220 C:abc C. S."},
	{"direction guess: five-way split handshake",
		"C S 99; S A 5000 100; S S 299; C SA 99 300; S A 300 100; S A 300 100 220; "
		"C A 100 303 abc; S A 303 103",
		"S:220 C:abc C. S."},
	{"TFO: the server takes the octets on the SYN",
		"C S 99 0 EHLO; S SA 299 104; C A 104 300; S A 300 104 220; C A 104 303",
		"C:EHLO S:220 C. S."},
	{"TFO: the server does not take them and they come again",
		"C S 99 0 EHLO; S SA 299 100; C A 100 300 EHLO; S A 300 104",
		"C:EHLO C. S."},
	{"TFO: the second of two SYNs counts",
		"C S 99 0 EHLO; C S 999 0 QUIT; S SA 299 1000; C A 1000 300 QUIT; S A 300 1004",
		"C:QUIT C. S."},
	{"joined late: nothing before counts as a hole",
		"C A 5000 9000 abc; state; S A 9000 5003 250; C A 5003 9003",
		"!OPEN C:abc S:250 C. S."},
	{"joined late: older octets are not ours",
		"C A 5000 9000 abc; C A 4997 9000 old; S A 9000 5003",
		"!outside C:abc C. S."},
	{"joined late by the server's packet",
		"S A 9000 5000 220; C A 5000 9003 abc; S A 9003 5003",
		"S:220 C:abc C. S."},
	{"reuse: a SYN after both FINs",
		HELLO "C FA 100 300; S FA 300 101; C A 101 301; C S 77777",
		"C. S. !reused"},
	{"reuse: the old SYN again is none",
		HELLO "C FA 100 300; S FA 300 101; C A 101 301; C S 99", "C. S."},
	{"reuse: the first SYN over a leg that comes late is none",
		"S SA 299 100; C A 100 300 quit; S A 300 104; C FA 104 300; C S 99; state",
		"C:quit C. !CLOSING S."},
	{"reuse: a SYN after a RST", HELLO "C R 100; C S 77777", "!reused C. S."},
	{"reuse: what goes on from a SYN in the middle waits for the end of what is before",
		HELLO
		"C A 100 300 abc; S A 300 103; C FA 103 300; C S 99999; C A 100000 900; "
		"C A 100000 900 def; S FA 300 104; S SA 899 100000",
		"C:abc C. !apart !apart !apart S. !reused"},
	{"reuse: an answer waits, too, where the first one came behind the client's words",
		"C S 99; C A 100 300; S SA 299 100; C A 100 300 abc; S FA 300 103; "
		"S SA 899 50000; S A 900 50000 new; C FA 103 301",
		"C:abc S. !apart !apart C."},
	{"reuse: an answer waits where no first one was seen at all",
		"C A 100 300 abc; S A 300 103; S FA 300 103; S SA 899 50000; S A 900 50000 new; "
		"C FA 103 301",
		"C:abc S. !apart !apart C."},
	{"reuse: it waits for the other leg where one alone has shown its end",
		"S SA 299 100; S A 300 100 220; S FA 303 103; state; S SA 899 50000; S A 900 50000 new; "
		"C S 99; C A 100 303 abc; C FA 103 304",
		"!CLOSING !apart !apart S:220 C:abc S. C."},
	{"reuse: a number that may be of the old one tells it from none where one leg is seen alone",
		"S SA 299 100; S A 300 100 220; S FA 303 103; S SA 250 50000",
		"!reused S?220 C-3 C. S."},
	{"reuse: it takes nothing of what is in the window",
		HELLO "C S 199; C A 100 300 {; C A 101 300 }; S A 300 102",
		"!ignored C:{} C. S."},
	{"reuse: a SYN in the middle is forged, unless all was quiet for long",
		HELLO "C S 77777; age 59; C S 77777; age 2; C S 77777",
		"!ignored !ignored !reused C. S."},
};

Test(stream_handshake, the_connection_that_the_server_took_is_followed)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *log = script_play(cases[i].script);
		cr_expect_str_eq(log, cases[i].log, "%s\n got: %s\nwant: %s",
			cases[i].name, log, cases[i].log);
	}
}
