// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Packets that seem to be of the next connection on the same ports wait aside: on legs that are apart
// one end's next SYN, and what follows it, is seen before the other end's last words of the old one.
// When the old one is over they begin the new one. Bounded by connection and by worker: what finds
// no room is dropped, and the connection marked; what nobody asks for is dropped. Both are counted.

#include "conn.h"

// Takes the packet of a connection that is alive, or frees it.
void aside_keep(struct conn *c, struct rte_mbuf *m);
// The connection ends. When it is over by its own words they go to worker.returned, in their order;
// else they are dropped.
void aside_end(struct conn *c, bool over);
// A packet of a connection that has ended: the first of a new one on the same ports, or of one that goes
// on and is joined late. NULL: a late copy, or conn_create made none.
struct conn *aside_follow(struct conn *c, const struct packet_meta *meta);
// Takes the next out of worker.returned; NULL for none.
struct rte_mbuf *aside_next(struct worker *w);
// It could not be taken: it comes first again.
void aside_put_back(struct worker *w, struct rte_mbuf *m);
