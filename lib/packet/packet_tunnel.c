// SPDX-License-Identifier: BSD-3-Clause
#include "packet_walk.h"

#define PORT_VXLAN       4789
#define PORT_VXLAN_LINUX 8472 // what Linux used before there was a number, and still may
#define PORT_GENEVE      6081

#define PROTO_PPTP 0x880b

#define PPP_IPV4 0x0021
#define PPP_IPV6 0x0057

// RFC 3032 2.1: labels up to the bottom of the stack. Nothing names what follows: its first four
// bits are a version of IP, or 0 for the control word of an Ethernet pseudowire (RFC 4448 4.6).
enum packet_class packet_walk_mpls(struct walk *w)
{
	bool bottom = false;

	while (!bottom) {
		if (++w->depth > WALK_DEPTH_MAX)
			return PACKET_TOO_DEEP;
		if (!packet_walk_has(w, 4))
			return PACKET_CUT;
		bottom = packet_walk_here(w)[2] & 1;
		w->at += 4;
	}
	if (!packet_walk_has(w, 4))
		return PACKET_CUT;
	if (packet_walk_here(w)[0] >> 4 != 0)
		return packet_walk_on(w, WALK_IP, 0);
	w->at += 4;
	return packet_walk_on(w, WALK_ETHERNET, 0);
}

// From the protocol number on, of which a sender may leave the leading zero out (RFC 1661 6.5).
static enum packet_class walk_ppp(struct walk *w)
{
	if (!packet_walk_has(w, 2))
		return PACKET_CUT;
	const uint8_t *h = packet_walk_here(w);
	bool compressed = h[0] & 1;
	uint16_t protocol = compressed ? h[0] : packet_walk_get16(h);
	if (protocol != PPP_IPV4 && protocol != PPP_IPV6)
		return PACKET_NOT_IP;
	w->at += compressed ? 1 : 2;
	return packet_walk_on(w, WALK_IP, 0);
}

// RFC 2516 4: only session data carries packets.
enum packet_class packet_walk_pppoe(struct walk *w)
{
	if (!packet_walk_has(w, 8))
		return PACKET_CUT;
	const uint8_t *h = packet_walk_here(w);
	if (h[0] != 0x11)
		return PACKET_BAD_LINK;
	if (h[1] != 0)
		return PACKET_NOT_IP;
	w->at += 6;
	return walk_ppp(w);
}

// A mirror port sends frames so. Type II has a header of 8 octets, known by the sequence number
// that type I lacks; type III has 12, and 8 more when its last bit says so.
static enum packet_class walk_erspan(struct walk *w, uint16_t type, bool has_sequence)
{
	size_t len = has_sequence ? 8 : 0;

	if (type == ETHERTYPE_ERSPAN_3) {
		if (!packet_walk_has(w, 12))
			return PACKET_CUT;
		len = packet_walk_here(w)[11] & 1 ? 20 : 12;
	}
	if (!packet_walk_has(w, len))
		return PACKET_CUT;
	// Ten bits of session.
	if (len > 0)
		w->packet->tunnel = packet_walk_get16(packet_walk_here(w) + 2) & 0x3ff;
	w->at += len;
	return packet_walk_on(w, WALK_ETHERNET, 0);
}

// RFC 2637 4.1: PPP in GRE of version 1. Without a sequence number it is a bare acknowledgement. The
// call id differs between the directions and so is no tunnel id. What is compressed or encrypted
// shows a protocol of its own.
static enum packet_class walk_pptp(struct walk *w)
{
	const uint8_t *h = packet_walk_here(w);
	bool sequence = h[0] & 0x10, acknowledged = h[1] & 0x80;
	size_t len = 8 + (sequence ? 4u : 0u) + (acknowledged ? 4u : 0u);

	if (!sequence)
		return PACKET_NOT_TCP;
	if (!packet_walk_has(w, len + 2))
		return PACKET_CUT;
	// Address and control of HDLC stand in front unless both ends agreed to leave them out.
	bool framed = h[len] == 0xff && h[len + 1] == 0x03;
	w->at += len + (framed ? 2 : 0);
	return walk_ppp(w);
}

// RFC 2784 2, with key and sequence number of RFC 2890.
enum packet_class packet_walk_gre(struct walk *w)
{
	if (!packet_walk_has(w, 4))
		return PACKET_CUT;
	const uint8_t *h = packet_walk_here(w);
	bool checksum = h[0] & 0x80, key = h[0] & 0x20, sequence = h[0] & 0x10;
	uint16_t type = packet_walk_get16(h + 2);
	if ((h[1] & 7) == 1 && type == PROTO_PPTP)
		return walk_pptp(w);
	// Source routing is long gone.
	if ((h[1] & 7) != 0 || (h[0] & 0x40))
		return PACKET_NOT_TCP;
	size_t len = 4 + (checksum ? 4u : 0u) + (key ? 4u : 0u) + (sequence ? 4u : 0u);
	if (!packet_walk_has(w, len))
		return PACKET_CUT;
	if (key)
		w->packet->tunnel = packet_walk_get32(h + (checksum ? 8 : 4));
	w->at += len;
	if (type == ETHERTYPE_TRANSPARENT)
		return packet_walk_on(w, WALK_ETHERNET, 0);
	if (type == ETHERTYPE_ERSPAN || type == ETHERTYPE_ERSPAN_3)
		return walk_erspan(w, type, sequence);
	return packet_walk_on(w, WALK_TYPE, type);
}

// RFC 7348 5: a frame behind 8 octets with the flag for a valid id.
static enum packet_class walk_vxlan(struct walk *w)
{
	if (!packet_walk_has(w, 8))
		return PACKET_CUT;
	if (!(packet_walk_here(w)[0] & 0x08))
		return PACKET_NOT_TCP;
	w->packet->tunnel = packet_walk_get32(packet_walk_here(w) + 4) >> 8;
	w->at += 8;
	return packet_walk_on(w, WALK_ETHERNET, 0);
}

// RFC 8926 3.4: options in units of 4 octets, then what the type says.
static enum packet_class walk_geneve(struct walk *w)
{
	if (!packet_walk_has(w, 8))
		return PACKET_CUT;
	const uint8_t *h = packet_walk_here(w);
	size_t len = 8 + (size_t)(h[0] & 0x3f) * 4;
	uint16_t type = packet_walk_get16(h + 2);
	if (h[0] >> 6 != 0)
		return PACKET_NOT_TCP;
	if (!packet_walk_has(w, len))
		return PACKET_CUT;
	w->packet->tunnel = packet_walk_get32(h + 4) >> 8;
	w->at += len;
	if (type == ETHERTYPE_TRANSPARENT)
		return packet_walk_on(w, WALK_ETHERNET, 0);
	return packet_walk_on(w, WALK_TYPE, type);
}

bool packet_walk_is_tunnel(const struct walk *w)
{
	uint16_t port = packet_walk_get16(packet_walk_here(w) + 2);

	return port == PORT_VXLAN || port == PORT_VXLAN_LINUX || port == PORT_GENEVE;
}

enum packet_class packet_walk_udp(struct walk *w)
{
	if (!packet_walk_has(w, 8))
		return PACKET_NOT_TCP;
	uint16_t port = packet_walk_get16(packet_walk_here(w) + 2);
	w->at += 8;
	switch (port) {
	case PORT_VXLAN:
	case PORT_VXLAN_LINUX:
		return walk_vxlan(w);
	case PORT_GENEVE:
		return walk_geneve(w);
	default:
		return PACKET_NOT_TCP;
	}
}
