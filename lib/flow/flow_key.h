// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The name of a connection: its two ends in one order, so that both directions have the same key
// and meet on the same worker. VLAN tags and tunnel ids are part of it only where
// flow.key_includes says so.

#include "packet_apart.h"

struct flow_key {
	struct packet_addr low, high; // the lower (address, port) stands first
	uint16_t low_port, high_port;
	struct packet_apart apart; // zero by default
};

_Static_assert(sizeof(struct flow_key) == 48, "the key is hashed as plain octets");

static inline bool flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
	uint64_t x[6], y[6];

	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) |
		       (x[4] ^ y[4]) | (x[5] ^ y[5])) == 0;
}
// Returns whether the packet's source is the low end.
bool flow_key_make(
	const struct packet *p, const struct packet_apart *apart, struct flow_key *ret);
// Steers packets to workers. Fast, the same for both directions, not keyed: nothing but the
// spread over workers hangs on it.
uint32_t flow_key_steer(const struct flow_key *key);
