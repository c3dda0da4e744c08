// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Plays a small script of packets to one connection and returns what came of it as text.
//
// A script is steps with ';' between them. A packet is "DIR FLAGS SEQ ACK TEXT": C or S, letters
// of S A F R U or '-', numbers (ACK and TEXT may be left out). Anywhere behind it: "win=N" (65535
// unless told), "urg=N" the urgent pointer, and the options "ts=N", "scale=N", "md5=N". Every step
// takes 1 ms and one packet.
//   stack NAME     both receivers are of this kind
//   wait N     N ms and as many packets go by
//   age N      N seconds go by, no packets
//   state      tells the state
//   block D    the reader takes nothing of direction D any more; free D ends that
//   relieve, close
// Grace: 10 ms and 4 packets; unacknowledged octets go up after 100 ms; the hold is 64 octets or
// 8 segments. At the end the connection is closed, and the sums of the counters are checked.
//
// The log: "C:text" handed up, "C?text" the same unacknowledged, "C-5" a gap, "C." the end, and
// "!word" for verdicts, flags of the push and states. Text of one direction in a row is joined.

struct script_case {
	const char *name, *script, *log;
};

// The log is good until the next call.
const char *script_play(const char *script);
