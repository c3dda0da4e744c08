// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Segments with a wrong checksum wait aside: a forged one comes to nothing, because the true one
// comes, too. But when the peer acknowledges their octets and no other copy was seen, it had them: the
// checksum was broken between it and us, or where the capture was made. Bounded by connection
// and by worker; without room they are dropped as wrong.

#include "conn.h"

// Whether the receiver drops this packet, too, for its checksum: then it was freed and counted as wrong,
// or waits aside for the receiver to show otherwise. c: of this packet; NULL for no connection yet.
bool doubt_refuses(struct worker *w, struct rte_mbuf *m, struct conn *c);
// A packet with ACK of this connection: the segments of the other side that it shows to be true go to the
// stream.
void doubt_settle(struct conn *c, const struct packet_meta *meta);
// The connection ends: octets that never came in another copy go up as any that nobody
// acknowledged, and the mail is marked so.
void doubt_end(struct conn *c);
