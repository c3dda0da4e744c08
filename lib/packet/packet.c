// SPDX-License-Identifier: BSD-3-Clause
#include "packet.h"

#include "packet_walk.h"

// Below this an Ethernet type is a length (IEEE 802.3).
#define ETHERTYPE_MIN 0x0600

#define PROTO_HOP_BY_HOP  0
#define PROTO_IPV4        4
#define PROTO_TCP         6
#define PROTO_UDP         17
#define PROTO_IPV6        41
#define PROTO_ROUTING     43
#define PROTO_FRAGMENT    44
#define PROTO_GRE         47
#define PROTO_AH          51
#define PROTO_DESTINATION 60

// RFC 9293 3.1.
static enum packet_class walk_tcp(struct walk *w)
{
	struct packet *p = w->packet;

	if (w->end < w->at + 20)
		return PACKET_BAD_TCP;
	if (!packet_walk_has(w, 20))
		return PACKET_CUT;
	const uint8_t *h = packet_walk_here(w);
	size_t header = (size_t)(h[12] >> 4) * 4;
	if (header < 20 || w->at + header > w->end)
		return PACKET_BAD_TCP;
	if (!packet_walk_has(w, header))
		return PACKET_CUT;
	p->src_port = packet_walk_get16(h);
	p->dst_port = packet_walk_get16(h + 2);
	p->seq = packet_walk_get32(h + 4);
	p->ack = packet_walk_get32(h + 8);
	p->flags = h[13] & 0x3f;
	p->window = packet_walk_get16(h + 14);
	p->urgent = packet_walk_get16(h + 18);
	p->options = (uint8_t)(header - 20);
	p->payload_at = (uint16_t)(w->at + header);
	p->payload_len = (uint32_t)(w->end - p->payload_at);
	size_t captured = w->frame_len - p->payload_at;
	p->captured_len = captured < p->payload_len ? (uint32_t)captured : p->payload_len;
	p->cut = p->captured_len < p->payload_len;
	return PACKET_TCP;
}

// What follows an IP header and its extensions. A tunnel over IP joins here.
static enum packet_class walk_protocol(struct walk *w, uint8_t protocol)
{
	switch (protocol) {
	case PROTO_TCP:
		return walk_tcp(w);
	case PROTO_IPV4:
	case PROTO_IPV6:
		return packet_walk_on(w, WALK_IP, 0);
	case PROTO_GRE:
		return packet_walk_gre(w);
	case PROTO_UDP:
		return packet_walk_udp(w);
	default:
		return PACKET_NOT_TCP;
	}
}

static void map_v4(struct packet_addr *to, const uint8_t *from)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	memcpy(to->octet, prefix, sizeof(prefix));
	memcpy(to->octet + 12, from, 4);
}

static void place_ip(struct walk *w, size_t header, size_t total)
{
	w->packet->ip_at = (uint16_t)w->at;
	w->packet->ip_header = (uint16_t)header;
	w->packet->ip_len = (uint32_t)total;
}

static bool is_extension(uint8_t next)
{
	return next == PROTO_HOP_BY_HOP || next == PROTO_ROUTING ||
		next == PROTO_FRAGMENT || next == PROTO_AH || next == PROTO_DESTINATION;
}

// Of a datagram that may end at TCP, itself or in a tunnel. UDP tells by its port in the first
// fragment; the others are taken for a tunnel's.
static enum packet_class class_of_fragment(const struct walk *w, uint8_t protocol)
{
	struct walk udp = *w;

	switch (protocol) {
	case PROTO_TCP:
	case PROTO_IPV4:
	case PROTO_IPV6:
	case PROTO_GRE:
		return PACKET_FRAGMENT;
	case PROTO_UDP:
		udp.at = (size_t)w->packet->ip_at + w->packet->ip_header;
		if (w->packet->frag_at != 0)
			return PACKET_FRAGMENT;
		if (!packet_walk_has(&udp, 8))
			return PACKET_CUT;
		return packet_walk_is_tunnel(&udp) ? PACKET_FRAGMENT : PACKET_NOT_TCP;
	default:
		return is_extension(protocol) ? PACKET_FRAGMENT : PACKET_NOT_TCP;
	}
}

static enum packet_class place_fragment(
	struct walk *w, uint32_t id, uint32_t at, bool more, uint8_t protocol)
{
	w->packet->frag_id = id;
	w->packet->frag_at = (uint16_t)at;
	w->packet->frag_more = more;
	w->packet->frag_protocol = protocol;
	return class_of_fragment(w, protocol);
}

bool packet_is_tunnel_fragment(const struct packet *p)
{
	return p->frag_protocol != PROTO_TCP && !is_extension(p->frag_protocol);
}

// One IPv6 extension header (RFC 8200 4), or AH, which IPv4 has too (RFC 4302 2). Moves on and returns true, with *next the type of
// what follows; false with *ret_class otherwise.
static bool skip_extension(struct walk *w, uint8_t *next, enum packet_class *ret_class)
{
	*ret_class = PACKET_CUT;
	if (++w->depth > WALK_DEPTH_MAX) {
		*ret_class = PACKET_TOO_DEEP;
		return false;
	}
	if (!packet_walk_has(w, 8))
		return false;
	const uint8_t *h = packet_walk_here(w);
	size_t len = *next == PROTO_AH ? ((size_t)h[1] + 2) * 4 : ((size_t)h[1] + 1) * 8;
	if (*next == PROTO_FRAGMENT) {
		// An atomic fragment (RFC 6946) is whole; others go to reassembly.
		if ((packet_walk_get16(h + 2) & 0xfff9) != 0) {
			w->packet->ip_header = (uint16_t)(w->at + 8 - w->packet->ip_at);
			*ret_class = place_fragment(w, packet_walk_get32(h + 4),
				packet_walk_get16(h + 2) & 0xfff8, h[3] & 1, h[0]);
			return false;
		}
		len = 8;
	}
	*next = h[0];
	w->at += len;
	return true;
}

// RFC 791 3.1.
static enum packet_class walk_ipv4(struct walk *w)
{
	if (!packet_walk_has(w, 20))
		return PACKET_CUT;
	const uint8_t *h = packet_walk_here(w);
	size_t header = (size_t)(h[0] & 15) * 4, total = packet_walk_get16(h + 2);
	if (h[0] >> 4 != 4 || header < 20)
		return PACKET_BAD_IP;
	// Segmentation offload leaves 0 here: then the frame is as long as it is.
	w->packet->zero_len = total == 0;
	if (total == 0)
		total = w->frame_len - w->at;
	if (total < header)
		return PACKET_BAD_IP;
	map_v4(&w->packet->src, h + 12);
	map_v4(&w->packet->dst, h + 16);
	w->packet->version = 4;
	place_ip(w, header, total);
	// More fragments, or an offset.
	if ((packet_walk_get16(h + 6) & 0x3fff) != 0) {
		return place_fragment(w, packet_walk_get16(h + 4),
			(packet_walk_get16(h + 6) & 0x1fff) * 8u, h[6] & 0x20, h[9]);
	}
	if (!packet_walk_has(w, header))
		return PACKET_CUT;
	w->end = w->at + total;
	w->at += header;
	uint8_t protocol = h[9];
	enum packet_class class;
	if (protocol == PROTO_AH && !skip_extension(w, &protocol, &class))
		return class;
	if (w->at > w->end)
		return PACKET_BAD_IP;
	w->packet->ip_header = (uint16_t)(w->at - w->packet->ip_at);
	return walk_protocol(w, protocol);
}

static enum packet_class walk_ipv6(struct walk *w)
{
	enum packet_class class;

	if (!packet_walk_has(w, 40))
		return PACKET_CUT;
	const uint8_t *h = packet_walk_here(w);
	if (h[0] >> 4 != 6)
		return PACKET_BAD_IP;
	size_t payload = packet_walk_get16(h + 4);
	// A jumbogram and segmentation offload leave 0 here.
	w->end = payload > 0 ? w->at + 40 + payload : w->frame_len;
	uint8_t next = h[6];
	memcpy(w->packet->src.octet, h + 8, 16);
	memcpy(w->packet->dst.octet, h + 24, 16);
	w->packet->version = 6;
	w->packet->zero_len = payload == 0;
	place_ip(w, 40, w->end - w->at);
	w->at += 40;
	while (is_extension(next)) {
		if (!skip_extension(w, &next, &class))
			return class;
		if (w->at > w->end)
			return PACKET_BAD_IP;
	}
	w->packet->ip_header = (uint16_t)(w->at - w->packet->ip_at);
	return walk_protocol(w, next);
}

static enum packet_class walk_tag(struct walk *w, uint16_t *type)
{
	struct packet *p = w->packet;

	if (++w->depth > WALK_DEPTH_MAX)
		return PACKET_TOO_DEEP;
	if (!packet_walk_has(w, 4))
		return PACKET_CUT;
	// Id 0 is a priority, not a VLAN (IEEE 802.1Q 9.6).
	uint16_t id = packet_walk_get16(packet_walk_here(w)) & 0x0fff;
	if (id != 0 && p->vlans < PACKET_VLANS_MAX)
		p->vlan[p->vlans++] = id;
	*type = packet_walk_get16(packet_walk_here(w) + 2);
	w->at += 4;
	return PACKET_TCP;
}

// What follows an EtherType. A new encapsulation joins here.
static enum packet_class walk_type(struct walk *w, uint16_t type)
{
	while (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ ||
		type == ETHERTYPE_QINQ_OLD) {
		enum packet_class class = walk_tag(w, &type);
		if (class != PACKET_TCP)
			return class;
	}
	switch (type) {
	case ETHERTYPE_IPV4:
		return walk_ipv4(w);
	case ETHERTYPE_IPV6:
		return walk_ipv6(w);
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_MULTICAST:
		return packet_walk_mpls(w);
	case ETHERTYPE_PPPOE:
		return packet_walk_pppoe(w);
	default:
		return PACKET_NOT_IP;
	}
}

static enum packet_class walk_ethernet(struct walk *w)
{
	if (!packet_walk_has(w, 14))
		return PACKET_CUT;
	uint16_t type = packet_walk_get16(packet_walk_here(w) + 12);
	w->at += 14;
	return type < ETHERTYPE_MIN ? PACKET_NOT_IP : walk_type(w, type);
}

static enum packet_class walk_raw(struct walk *w)
{
	if (!packet_walk_has(w, 1))
		return PACKET_CUT;
	switch (packet_walk_here(w)[0] >> 4) {
	case 4:
		return walk_ipv4(w);
	case 6:
		return walk_ipv6(w);
	default:
		return PACKET_NOT_IP;
	}
}

static bool is_ip_family(uint32_t family)
{
	static const uint8_t families[] = {2, 10, 24, 28, 30};

	return memchr(families, (int)family, sizeof(families)) != NULL;
}

// The number of IPv6 differs between systems, and of byte orders both are met. Which version it
// is the IP header says itself.
static enum packet_class walk_null(struct walk *w)
{
	if (!packet_walk_has(w, 4))
		return PACKET_CUT;
	uint32_t family = packet_walk_get32(packet_walk_here(w));
	if (family > 0xff)
		family = __builtin_bswap32(family);
	if (family > 0xff)
		return PACKET_BAD_LINK;
	w->at += 4;
	return is_ip_family(family) ? walk_raw(w) : PACKET_NOT_IP;
}

// Linux cooked: 16 octets with the protocol last (v1), 20 with it first (v2).
static enum packet_class walk_sll(struct walk *w)
{
	if (!packet_walk_has(w, 16))
		return PACKET_CUT;
	uint16_t type = packet_walk_get16(packet_walk_here(w) + 14);
	w->at += 16;
	return walk_type(w, type);
}

static enum packet_class walk_sll2(struct walk *w)
{
	if (!packet_walk_has(w, 20))
		return PACKET_CUT;
	uint16_t type = packet_walk_get16(packet_walk_here(w));
	w->at += 20;
	return walk_type(w, type);
}

// Inside an encapsulation.
static enum packet_class walk_inside(struct walk *w)
{
	if (++w->depth > WALK_DEPTH_MAX)
		return PACKET_TOO_DEEP;
	switch ((enum walk_next)w->next) {
	case WALK_ETHERNET:
		return walk_ethernet(w);
	case WALK_IP:
		return walk_raw(w);
	case WALK_TYPE:
		return walk_type(w, w->type);
	}
	return PACKET_NOT_IP;
}

enum packet_class packet_parse(
	struct span head, size_t frame_len, enum packet_link link, struct packet *ret)
{
	static enum packet_class (*const walks[PACKET_LINK_COUNT])(struct walk *) = {
		[PACKET_LINK_ETHERNET] = walk_ethernet,
		[PACKET_LINK_RAW] = walk_raw,
		[PACKET_LINK_NULL] = walk_null,
		[PACKET_LINK_LOOP] = walk_null,
		[PACKET_LINK_SLL] = walk_sll,
		[PACKET_LINK_SLL2] = walk_sll2,
	};
	struct packet packet;
	struct walk w = {.head = head, .frame_len = frame_len, .packet = &packet};

	if (frame_len < head.len)
		w.head.len = frame_len;

	packet.vlans = 0;
	packet.tunnel = 0;
	memset(packet.vlan, 0, sizeof(packet.vlan));
	enum packet_class class = walks[link](&w);
	while (class == WALK_ON)
		class = walk_inside(&w);
	if (class == PACKET_TCP || class == PACKET_FRAGMENT)
		*ret = packet;
	return class;
}

bool packet_is_foreign(struct span head, const uint64_t ports[1024])
{
	const uint8_t *tcp;

	if (head.len < 54)
		return false;
	const uint8_t *ip = head.ptr + 14;
	uint16_t type = packet_walk_get16(ip - 2);
	for (int tags = 0; tags < 2; tags++) {
		if (type != ETHERTYPE_VLAN && type != ETHERTYPE_QINQ)
			break;
		ip += 4;
		type = packet_walk_get16(ip - 2);
	}
	size_t len = head.len - (size_t)(ip - head.ptr);
	if (type == ETHERTYPE_IPV4 && len >= 40) {
		// No options, no fragment: the ports are at a fixed place.
		if (ip[0] != 0x45 || ip[9] != PROTO_TCP ||
			(packet_walk_get16(ip + 6) & 0x3fff) != 0)
			return false;
		tcp = ip + 20;
	} else if (type == ETHERTYPE_IPV6 && len >= 60 && ip[6] == PROTO_TCP) {
		tcp = ip + 40;
	} else {
		return false;
	}
	return !packet_port_in(ports, packet_walk_get16(tcp)) &&
		!packet_port_in(ports, packet_walk_get16(tcp + 2));
}
