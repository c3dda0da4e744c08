// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Ends of IPv4 connections that all have one CRC-32C over their ordered addresses and ports, as
// somebody would choose them who knows how packets are steered to workers.

#include "gen_packet.h"

struct gen_collide {
	struct {
		uint32_t change, bits;
	} basis[32]; // by the highest bit of change: what bits of the client's address do to the CRC
	uint32_t candidate; // the next to look at: server and port
	bool ready;
};

// The next pair of ends; servers: how many stand at 192.0.2.25 and on. False when there is no more:
// about 7,900 a server.
bool gen_collide_next(struct gen_collide *c, uint32_t servers, struct gen_end *ret_client,
	struct gen_end *ret_server);
