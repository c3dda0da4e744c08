// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A host drops a segment whose checksum is wrong, so a forged one must not be believed. But where a
// tap shows packets before the sender's card has completed them (a capture on the mail server, a
// virtual switch), or merged by a card, true segments have no right checksum. flow.checksums:
//
//   ignore  nothing is looked at
//   verify  what is not right is dropped
//   auto    what is wrong is doubted where right ones are the rule: in a direction of a connection
//           that had a right one, or on a lane that shows hardly any wrong ones. What is unfinished (the sum of the pseudo header alone, or
//           0, as cards get it) is doubted only on a lane that has shown none to speak of.
//           Octets that are doubted count when the peer acknowledges them and no other copy was
//           seen (doubt.h); else they are dropped.
//
// A lane is an interface and the end that sends: a capture on the server shows only the server's own
// segments unfinished. What is believed and contradicts a true segment is still told: the mail is
// marked overlap_differs.

#include "conf.h"
#include "packet.h"

struct rte_mbuf;

enum checksums_class {
	CHECKSUMS_UNKNOWN, // cut: nobody can say
	CHECKSUMS_GOOD,
	CHECKSUMS_WRONG,
	CHECKSUMS_UNFINISHED,
};

// Counts are halved from time to time, so that a lane may change.
struct checksums_lane {
	uint32_t seen, wrong, unfinished;
};

// Of one direction of a connection.
struct checksums_side {
	bool good; // it had a right one
};

enum checksums_verdict {
	CHECKSUMS_TAKE,
	CHECKSUMS_BELIEVE, // although it is not right
	CHECKSUMS_DROP,
};

// IPv4 header and TCP checksum of a segment; `joined` of fragments. What the card says of a segment
// outside any tunnel is not computed again.
enum checksums_class checksums_look(
	struct rte_mbuf *m, const struct packet *p, bool joined);
// Notes what was seen, and decides. side: NULL for a connection that is not known yet.
enum checksums_verdict checksums_judge(enum conf_checksums mode,
	struct checksums_lane *lane, struct checksums_side *side,
	enum checksums_class seen);
