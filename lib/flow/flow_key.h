// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The name of a connection: its two ends in one order, so that both directions have the same key
// and meet on the same worker. Neither VLAN tags nor tunnel ids are part of it.

#include "packet.h"

struct flow_key {
	struct packet_addr low, high; // the lower (address, port) stands first
	uint16_t low_port, high_port;
	uint32_t zero;
};

_Static_assert(sizeof(struct flow_key) == 40, "the key is hashed as plain octets");

// Returns whether the packet's source is the low end.
bool flow_key_make(const struct packet *p, struct flow_key *ret);
// Steers packets to workers. Fast, the same for both directions, not keyed: nothing but the
// spread over workers hangs on it.
uint32_t flow_key_steer(const struct flow_key *key);
