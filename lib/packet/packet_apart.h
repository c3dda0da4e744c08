// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What may hold two connections apart that have the same addresses and ports: customers with the
// same private network in VLANs or tunnels of their own. By default nothing does, because many
// taps give each direction of one connection a tag of its own.

#include "packet.h"

#define PACKET_APART_VLAN      1u // all tags that are kept, outermost first
#define PACKET_APART_TUNNEL    2u // VXLAN and Geneve network, GRE key, ERSPAN session
#define PACKET_APART_INTERFACE 4u // where it was captured

struct packet_apart {
	uint16_t vlan[PACKET_VLANS_MAX];
	uint16_t iface; // 1 and up; 0 for any
	uint32_t tunnel;
};

_Static_assert(sizeof(struct packet_apart) == 12, "it is hashed as plain octets");

// `includes`: a set of PACKET_APART_ bits; with none of them all is zero.
static inline struct packet_apart packet_apart_make(
	const struct packet *p, uint8_t iface, uint32_t includes)
{
	struct packet_apart a = {0};

	if (includes & PACKET_APART_VLAN)
		memcpy(a.vlan, p->vlan, sizeof(a.vlan));
	if (includes & PACKET_APART_TUNNEL)
		a.tunnel = p->tunnel;
	if (includes & PACKET_APART_INTERFACE)
		a.iface = (uint16_t)(iface + 1);
	return a;
}

static inline bool packet_apart_is_any(const struct packet_apart *a)
{
	static const struct packet_apart any;

	return memcmp(a, &any, sizeof(any)) == 0;
}
