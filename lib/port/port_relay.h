// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Reads a port on DPDK's interrupt thread and hands its packets to the rx lcores. The memif driver
// needs it: that thread unmaps the rings when the peer goes, and whoever reads them from another
// one at this instant reads freed memory. On one thread the two cannot meet.

#include <rte_mbuf.h>

struct port_relay;

// For a started port. NULL when memory runs out.
struct port_relay *port_relay_create(uint16_t port, uint16_t queues);
// Gives back what was not taken; before the port stops. Nobody may take any more. Takes NULL.
void port_relay_destroy(struct port_relay *r);
// Takes up to n packets that came by now, and has more of them fetched. One rx lcore a queue.
uint16_t port_relay_burst(
	struct port_relay *r, uint16_t queue, struct rte_mbuf **ret, uint16_t n);
