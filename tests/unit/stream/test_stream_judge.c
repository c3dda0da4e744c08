// SPDX-License-Identifier: BSD-3-Clause

// What a receiver refuses besides what is out of place: beyond its window, too old, without ACK,
// with a digest that nobody asked for; what it takes out of the stream; and RST and SYN that are not exact.

#include "script.h"

#include <criterion/criterion.h>

#define HELLO "C S 99; S SA 299 100; C A 100 300;"
#define STAMPED \
	"C S 99 0 ts=1000 scale=7; S SA 299 100 ts=500 scale=7; C A 100 300 ts=1000;"

static const struct script_case cases[] = {
	{"acknowledged: what the server goes on to say shows that it has less",
		HELLO "C A 100 300 FORGED; S A 300 106; S A 300 103 250; C A 100 303 abc",
		"C:FORGED !retracts S:250 C. S."},
	{"acknowledged: older words that come late show nothing",
		HELLO "C A 100 300 abc; S A 303 103; S A 300 100 220; C A 103 303",
		"C:abc S:220 C. S."},
	{"acknowledged: what is sent again may have been told less before",
		HELLO
		"C A 100 300 abc; S A 300 100 220; S A 300 103 220; S A 303 100 250; C A 103 306",
		"C:abc S:220250 C. S."},
	{"acknowledged: an older copy of what was said shows nothing",
		HELLO
		"C A 100 300 abc; S A 300 100 220; S A 303 103; S A 300 100 220; C A 103 303",
		"C:abc S:220 C. S."},
	{"acknowledged: a client that stands at the server's number shows nothing",
		"C S 302; S SA 299 303; C A 303 300 abc; S A 300 306 220; C A 303 300 abc; "
		"C A 306 303",
		"C:abc S:220 C. S."},
	{"acknowledged: nor may what the client says of replies",
		HELLO "S A 300 100 220; C A 100 303; C A 100 300 abc; S A 303 103",
		"S:220 C:abc C. S."},
	{"window: what lies beyond it loses against a copy inside",
		"C S 99; S SA 299 100 win=10; C A 100 300; C A 110 300 EVIL; C A 100 300 abcdefghij; "
		"S A 300 110 win=10; C A 110 300 true; S A 300 114",
		"C:abcdefghij !differs C:true C. S."},
	{"window: known from an answer that comes behind the client's words",
		"C S 99; C A 100 300; S SA 299 100 win=10; C A 110 300 EVIL; C A 100 300 abcdefghij; "
		"S A 300 110 win=10; C A 110 300 true; S A 300 114",
		"C:abcdefghij !differs C:true C. S."},
	{"window: a later copy beyond it does not replace one inside",
		"C S 99; S SA 299 100 win=8; C A 100 300; C A 104 300 true; C A 108 300 EVIL; "
		"C A 100 300 abcd; S A 300 108",
		"C:abcdtrue C?EVIL C. S."},
	{"window: what lies beyond it and is acknowledged was taken",
		"C S 99; S SA 299 100 win=4; C A 100 300 abcd; C A 104 300 efgh; S A 300 108",
		"C:abcdefgh C. S."},
	{"window: what lies beyond it does not go up unacknowledged before the end",
		"C S 99; S SA 299 100 win=4; C A 100 300 abcd; S A 300 104 win=0; C A 104 300 e; "
		"wait 200; state; S A 300 104 win=4; C A 104 300 efgh; S A 300 108",
		"C:abcd !OPEN C:efgh C. S."},
	{"window: scaled when both sides said so",
		"C S 99 0 scale=2; S SA 299 100 win=4 scale=2; C A 100 300 abcd; "
		"S A 300 104 win=4; C A 110 300 late; C A 110 300 EVIL; C A 104 300 efghij; S A 300 114",
		"C:abcd !differs C:efghijlate C. S."},
	{"window: not scaled when one side did not",
		"C S 99; S SA 299 100 win=4 scale=2; C A 100 300; C A 104 300 EVIL; C A 104 300 true; "
		"C A 100 300 abcd; S A 300 108",
		"!differs C:abcdEVIL C. S."},
	{"window: moves on with a leg that is ahead of the other",
		"C S 99; S SA 299 100 win=4; C A 100 300; S A 300 104 win=4; S A 300 108 win=4; "
		"S A 300 112 250 win=4; C A 100 300 abcd; C A 104 300 efgh; C A 108 300 ijkl; "
		"C A 112 303",
		"C:abcdefghijkl S:250 C. S."},
	{"window: unknown without the opening",
		"C A 100 300 a win=0; S A 300 101 win=0; C A 102 300 true; C A 102 300 EVIL; "
		"C A 101 300 b; S A 300 106",
		"C:a !differs C:btrue C. S."},
	{"window: the first zero of it is the last that was told",
		"C S 99; S SA 299 100 win=4; C A 100 300 abcd; S A 300 104 win=0; C A 104 300 e; "
		"S A 300 105 win=0; C A 105 300 X; S A 300 105 win=0; S A 300 105 win=9; "
		"C A 105 300 fgh; S A 300 108",
		"C:abcde !differs C:fgh C. S."},
	{"PAWS: an old duplicate whose numbers are good loses",
		STAMPED
		"C A 100 300 abc ts=2000; S A 300 103 ts=600; C A 103 300 def ts=2001; "
		"C A 106 300 OLD ts=900; C A 106 300 ghi ts=2002; S A 300 109 ts=601",
		"C:abc !differs C:defghi C. S."},
	{"PAWS: its acknowledgement and FIN are not believed",
		STAMPED
		"C A 100 300 abc ts=2000; S A 300 103 ts=600; S A 300 103 220 ts=601; "
		"C FA 103 303 ts=900; state; C A 103 303 def ts=2001; S A 303 106 ts=602",
		"C:abc !OPEN S:220 C:def C. S."},
	{"PAWS: one tick back is two processors",
		STAMPED
		"C A 100 300 abc ts=2000; S A 300 103 ts=600; C A 103 300 de ts=1999; "
		"C A 103 300 XX ts=2000; S A 300 105 ts=600",
		"C:abc !differs C:de C. S."},
	{"PAWS: time goes round",
		"C S 99 0 ts=4294967290; S SA 299 100 ts=1; C A 100 300 abc ts=4294967295; "
		"S A 300 103 ts=2; C A 103 300 def ts=3; C A 103 300 ZZZ ts=4294967200; S A 300 106 ts=3",
		"C:abc !differs C:def C. S."},
	{"PAWS: not when one side did not offer it",
		"C S 99 0 ts=1000; S SA 299 100; C A 100 300 abc ts=2000; S A 300 103; "
		"C A 103 300 def ts=5; C A 103 300 ZZZ ts=2001; S A 300 106",
		"C:abc !differs C:def C. S."},
	{"PAWS: a timestamp ahead of what was acknowledged poisons nothing",
		STAMPED
		"C A 100 300 abc ts=2000; C A 103 300 ts=900000; C A 103 300 def ts=2001; "
		"S A 300 106 ts=600",
		"C:abcdef C. S."},
	{"PAWS: a RST needs no good timestamp",
		STAMPED
		"C A 100 300 abc ts=2000; S A 300 103 ts=600; C R 103 0 ts=1; state",
		"C:abc !RESET !over C. S."},
	{"blind: an acknowledgement of what was not sent loses",
		HELLO
		"S A 300 100 220; C A 100 90000 EVIL; C A 100 303 true; S A 303 104",
		"!differs S:220 C:true C. S."},
	{"blind: what is acknowledged beyond the window that was told opens no hole",
		HELLO
		"S A 300 100 220; C A 100 90000; wait 50; C A 100 303 true; S A 303 104 250; "
		"C A 104 306",
		"S:220 C:true S:250 C. S."},
	{"blind: an acknowledgement from before the connection loses",
		HELLO "S A 300 100 220; C A 100 250 EVIL; C A 100 303 true; S A 303 104",
		"!differs S:220 C:true C. S."},
	{"no ACK: no stack takes it",
		HELLO
		"C - 100 0 EVIL; C P 100 0 EVIL; C F 100; C A 100 300 true; S A 300 104",
		"!ignored !ignored !ignored C:true C. S."},
	{"digest: loses on a connection that began without",
		HELLO "C A 100 300 EVIL md5=1; wait 200; C A 100 300 true; S A 300 104",
		"!differs C:true C. S."},
	{"digest: some do not know it and take what it is on",
		HELLO "C A 100 300 true md5=1; S A 300 104", "C:true C. S."},
	{"digest: its acknowledgement is nothing",
		HELLO "S A 300 104 md5=1; C A 100 300 true; state; S A 300 104",
		"!OPEN C:true C. S."},
	{"text on the SYN: not taken without an acknowledgement",
		"C S 99 0 EVIL; S SA 299 100; C A 100 300; wait 200; C A 100 300 true; S A 300 104",
		"!differs C:true C. S."},
	{"text on the SYN: taken by who says so",
		"C S 99 0 true; S SA 299 104; C A 104 300", "C:true C. S."},
	{"digest: taken on one that began with it",
		"C S 99 0 md5=1; S SA 299 100 md5=1; C A 100 300 true md5=1; S A 300 104 md5=1",
		"C:true C. S."},
	{"urgent: the octet before the pointer leaves the stream",
		HELLO "C AU 100 300 abXcd urg=3; S A 300 105", "!urgent C:abcd C. S."},
	{"urgent: alone, first and last",
		HELLO
		"C AU 100 300 X urg=1; S A 300 101; C AU 101 300 Xab urg=1; C AU 104 300 cdX urg=3; "
		"S A 300 107",
		"!urgent !urgent !urgent C:abcd C. S."},
	{"urgent: the pointer runs ahead of its octet",
		HELLO "C AU 100 300 ab urg=4; C A 102 300 cXd; S A 300 105",
		"!urgent C:abcd C. S."},
	{"urgent: ahead it is nothing to a BSD",
		"stack bsd;" HELLO "C AU 100 300 ab urg=4; C A 102 300 cXd; S A 300 105",
		"C:abcXd C. S."},
	{"urgent: a pointer of 0 is the first octet to Linux",
		HELLO "C AU 100 300 Xab urg=0; S A 300 103", "!urgent C:ab C. S."},
	{"urgent: a pointer of 0 is none to Windows",
		"stack windows;" HELLO "C AU 100 300 Xab urg=0; S A 300 103",
		"C:Xab C. S."},
	{"urgent: sent again it is not taken again",
		HELLO
		"C AU 100 300 aXb urg=2; S A 300 103; C AU 100 300 aXb urg=2; C A 103 300 c; S A 300 104",
		"!urgent C:abc C. S."},
	{"urgent: a flag without ACK's neighbours has no pointer",
		HELLO "C A 100 300 abc urg=2; S A 300 103", "C:abc C. S."},
	{"FIN: behind a hole it goes with its segment, and the segment loses",
		HELLO
		"C FA 103 300; C A 100 300 abcdef; S A 300 106; C A 106 300 g; S A 300 107",
		"C:abcdefg C. S."},
	{"FIN: with octets behind a hole, and one before them goes on",
		HELLO "C FA 103 300 d; C A 102 300 cDEF; C A 100 300 ab; S A 300 106",
		"!differs C:abcDEF C. S."},
	{"FIN: what begins inside its segment does not pass it",
		HELLO "C FA 102 300 cd; C A 103 300 DEF; C A 100 300 ab; S A 300 105",
		"!differs C:abcd C. S."},
	{"FIN: for who takes the first copy it stays",
		"stack windows;" HELLO "C FA 103 300; C A 100 300 abcdef; S A 300 104",
		"C:abc C. S."},
	{"FIN: in order it is the end",
		HELLO "C FA 100 300 abc; C A 100 300 abcdef; S A 300 104", "C:abc C. S."},
	{"RST: in the window and not exact is challenged",
		HELLO
		"C A 100 300 abc; S A 300 103; C R 104; C R 60000; state; C A 103 300 def; S A 300 106",
		"C:abc !ignored !ignored !OPEN C:def C. S."},
	{"RST: exact where the receiver is",
		HELLO "C A 100 300 abc; S A 300 103; C R 103; state",
		"C:abc !RESET !over C. S."},
	{"RST: exact behind the FIN",
		HELLO "C FA 100 300 abc; S A 300 104; C R 104; state",
		"C:abc C. !RESET !over S."},
	{"RST: exact where the highest octet ended",
		HELLO "S A 300 100; C A 103 300 def; C R 106; state",
		"!RESET !over C-3 C?def C. S."},
	{"RST: of one direction alone it may lie ahead",
		"C A 100 300 abc; C R 1000; state", "!RESET !over C?abc C. S."},
	{"SYN: on a half-closed connection it is challenged, its answer shows the reuse",
		HELLO
		"C FA 100 300 abc; S A 300 104; C S 7777; S A 300 104 250; C S 7777; S SA 9000 7778",
		"C:abc C. !apart !apart !reused S?250 S."},
};

Test(stream_judge, what_the_receiver_refuses_does_not_count)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *log = script_play(cases[i].script);
		cr_expect_str_eq(log, cases[i].log, "%s\n got: %s\nwant: %s",
			cases[i].name, log, cases[i].log);
	}
}
