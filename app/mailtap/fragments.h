// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Puts IP fragments of mail together on an rx lcore, before anybody hashes by ports, and those of
// what may be a tunnel around mail: a mirrored frame of full size no longer fits where it goes.
// What counts as a whole datagram is packet_frag's affair; here are the buffers. Bounded: two
// tables of fixed size and a time-out in packet time. Of the outer datagrams most may be
// nobody's (any UDP): they have a table of their own, so that they push out nothing of the mail's.
// Every fragment is accounted for.

#include "packet_frag.h"
#include "stats.h"

#include <rte_mbuf.h>

struct fragments;

// Room for so many buffers of fragments of mail, and half as many of outer datagrams. NULL on failure. `stats` counts what becomes of them.
struct fragments *fragments_create(uint32_t buffers, struct stats_block *stats);
// fragments_flush must have been called; NULL is allowed.
void fragments_destroy(struct fragments *f);
// Takes a fragment as classify describes it in the buffer's meta. Returns the whole datagram when this was its last
// part, as one frame with the headers of its first fragment, in the shape of one that was never
// cut (IPv6: an atomic fragment, RFC 6946); NULL while it waits, or when it had to be given up.
// *ret_released: buffers freed. *ret_doubtful: copies of octets differed (see packet_frag.h).
struct rte_mbuf *fragments_take(struct fragments *f, struct rte_mbuf *m,
	const struct packet_apart *apart, uint64_t now_us, uint64_t *ret_released,
	bool *ret_doubtful);
// Gives up what has waited too long; `all`: everything. Returns buffers freed.
uint64_t fragments_flush(struct fragments *f, uint64_t now_us, bool all);
