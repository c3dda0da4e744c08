// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Puts IP fragments of mail together on an rx lcore, before anybody hashes by ports. Bounded: a
// table of fixed size, a time-out in packet time, and DPDK's own limits (eight fragments a
// datagram; duplicates and overlaps give the datagram up). Every fragment is accounted for.

#include "packet.h"
#include "stats.h"

#include <rte_mbuf.h>

struct fragments;

// Room for so many datagrams in the making. NULL and rte_errno on failure.
struct fragments *fragments_create(uint32_t datagrams);
// fragments_flush must have been called; NULL is allowed.
void fragments_destroy(struct fragments *f);
// Takes a fragment that `packet` describes. Returns the whole datagram when this was its last
// part; NULL while it waits, or when it had to be given up. *ret_released: buffers freed.
struct rte_mbuf *fragments_take(struct fragments *f, struct rte_mbuf *m,
	const struct packet *packet, uint64_t now_us, struct stats_block *stats,
	uint64_t *ret_released);
// Gives up what has waited too long; `all`: everything. Returns buffers freed.
uint64_t fragments_flush(
	struct fragments *f, uint64_t now_us, bool all, struct stats_block *stats);
