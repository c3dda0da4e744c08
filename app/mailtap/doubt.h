// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Segments with a wrong checksum wait aside: a forged one comes to nothing, because the true one
// comes, too. But when the peer acknowledges their octets and no other copy was seen, it had them: the
// checksum was broken between it and us, or where the capture was made. Bounded by connection
// and by worker; without room they are dropped as wrong.

#include "conn.h"

// Takes the packet of a connection that is alive, or frees it and counts it as wrong.
void doubt_keep(struct conn *c, struct rte_mbuf *m);
// The peer acknowledges of direction dir what is before ack: the segments that this shows to be true
// go to the stream.
void doubt_settle(struct conn *c, enum stream_dir dir, uint32_t ack);
// The connection ends: octets that never came in another copy go up as any that nobody
// acknowledged, and the mail is marked so.
void doubt_end(struct conn *c);
