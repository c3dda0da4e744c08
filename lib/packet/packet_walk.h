// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Between the files of this folder: the walk through the headers of one frame.

#include "packet.h"

#define ETHERTYPE_IPV4           0x0800
#define ETHERTYPE_TRANSPARENT    0x6558
#define ETHERTYPE_VLAN           0x8100
#define ETHERTYPE_IPV6           0x86dd
#define ETHERTYPE_MPLS           0x8847
#define ETHERTYPE_MPLS_MULTICAST 0x8848
#define ETHERTYPE_PPPOE          0x8864
#define ETHERTYPE_QINQ           0x88a8
#define ETHERTYPE_ERSPAN         0x88be
#define ETHERTYPE_ERSPAN_3       0x22eb
#define ETHERTYPE_QINQ_OLD       0x9100

// Headers walked before we give up: tags, labels, tunnels and extension headers together.
#define WALK_DEPTH_MAX 16

// The walk so far: `at` is the offset of the next header.
struct walk {
	struct span head;
	size_t frame_len;
	size_t at;
	size_t end; // one past the last octet of the innermost datagram, by its IP header
	int depth;
	uint8_t next; // enum walk_next, when a walk ends with WALK_ON
	uint16_t type; // of WALK_TYPE
	struct packet *packet;
};

// What stands inside an encapsulation.
enum walk_next {
	WALK_ETHERNET,
	WALK_IP,
	WALK_TYPE, // what walk.type says
};

// Not the class of a packet yet: the walk goes on at w->at with w->next. So nobody calls himself,
// however deep the packet is nested.
#define WALK_ON PACKET_CLASS_COUNT

static inline enum packet_class packet_walk_on(
	struct walk *w, enum walk_next next, uint16_t type)
{
	w->next = (uint8_t)next;
	w->type = type;
	return WALK_ON;
}

static inline uint16_t packet_walk_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t packet_walk_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// Whether n octets of the next header are in the contiguous front.
static inline bool packet_walk_has(const struct walk *w, size_t n)
{
	return w->head.len >= w->at && w->head.len - w->at >= n;
}

static inline const uint8_t *packet_walk_here(const struct walk *w)
{
	return w->head.ptr + w->at;
}

// Encapsulations, each at its own header: they end with WALK_ON, or say why not.
enum packet_class packet_walk_mpls(struct walk *w);
enum packet_class packet_walk_pppoe(struct walk *w);
enum packet_class packet_walk_gre(struct walk *w);
enum packet_class packet_walk_udp(struct walk *w); // VXLAN and Geneve, by their ports
// Whether the UDP header here, which must be in the front, is that of one of these.
bool packet_walk_is_tunnel(const struct walk *w);
