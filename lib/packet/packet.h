// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Walks one captured frame from its link header to the TCP payload, on plain octets. It decides
// nothing about mail and keeps no state; what it cannot or will not read has a named class.

#include "mt_span.h"

// How a frame begins. Values are ours; packet_link_from_dlt translates libpcap's.
enum packet_link {
	PACKET_LINK_ETHERNET,
	PACKET_LINK_RAW, // an IPv4 or IPv6 header at once
	PACKET_LINK_NULL, // BSD loopback: four octets of address family, either byte order
	PACKET_LINK_LOOP, // OpenBSD loopback: the same in network order
	PACKET_LINK_SLL, // Linux cooked v1
	PACKET_LINK_SLL2, // Linux cooked v2
	PACKET_LINK_COUNT
};

// name, help
#define PACKET_CLASS_LIST(X)                                                     \
	X(TCP, "a TCP segment, all of its header read")                          \
	X(NOT_IP, "no IP inside (ARP, LLDP, an unknown EtherType)")              \
	X(NOT_TCP, "IP, but another protocol")                                   \
	X(FRAGMENT, "an IP fragment of TCP, of a tunnel, or of IPv6 extensions") \
	X(CUT, "the capture ends before the header does (snap length)")          \
	X(TOO_DEEP, "more tags, tunnels or extension headers than we follow")    \
	X(BAD_LINK, "a link header that contradicts itself")                     \
	X(BAD_IP, "an IP header that contradicts itself")                        \
	X(BAD_TCP, "a TCP header that contradicts itself")

enum packet_class {
#define X(name, help) PACKET_##name,
	PACKET_CLASS_LIST(X)
#undef X
	PACKET_CLASS_COUNT
};

#define PACKET_FIN 0x01
#define PACKET_SYN 0x02
#define PACKET_RST 0x04
#define PACKET_PSH 0x08
#define PACKET_ACK 0x10
#define PACKET_URG 0x20

#define PACKET_OPTIONS_MAX 40 // octets of TCP options (RFC 9293 3.1)
#define PACKET_VLANS_MAX   3

// An address of either family: IPv4 stands mapped (::ffff:a.b.c.d) so that all are compared alike.
struct packet_addr {
	uint8_t octet[16];
};

struct packet {
	struct packet_addr src, dst;
	uint16_t src_port, dst_port; // host order
	uint8_t version; // 4 or 6
	uint8_t flags; // PACKET_SYN ...
	uint8_t vlans; // how many of vlan[] hold a tag, outermost first
	bool cut; // fewer payload octets were captured than the IP header promises
	uint16_t vlan[PACKET_VLANS_MAX]; // 12-bit ids; priority tags (id 0) are left out
	uint32_t seq, ack;
	uint16_t window, urgent; // as in the header
	uint32_t
		tunnel; // id of the innermost tunnel that has one, 0 for none: see packet_apart.h
	uint32_t frag_id; // of PACKET_FRAGMENT: identification
	uint16_t frag_at; // where its octets stand in the datagram's payload
	bool frag_more; // it is not the last
	bool zero_len; // the length in the IP header is 0, as segmentation offload leaves it
	uint16_t ip_at; // offset of the innermost IP header in the frame
	uint16_t
		ip_header; // its length with extension headers, for IPv6 the fragment header too
	uint32_t ip_len; // length of that datagram or fragment, header included
	uint16_t payload_at; // offset of the TCP payload in the frame
	uint8_t options; // octets of TCP options before it
	uint8_t frag_protocol; // of PACKET_FRAGMENT: what follows the header of the whole
	uint32_t payload_len; // by the IP header; link padding never counts
	uint32_t captured_len; // of these, octets in the frame (less only when cut)
};

// The link type for a libpcap DLT_ / LINKTYPE_ value, or -1 when we cannot read it.
int packet_link_from_dlt(int dlt);
const char *packet_class_name(enum packet_class class);
const char *packet_class_help(enum packet_class class);

// Finds the TCP header of a frame. `head` is the contiguous front of the frame, `frame_len` the
// captured length of all of it (more than head.len when the frame is in several buffers; the
// headers must then still be inside head, else the class is PACKET_CUT). Fills *ret for
// PACKET_TCP, and its addresses, tags, ip_ and frag_ fields for PACKET_FRAGMENT. Reads no octet outside head.
enum packet_class packet_parse(
	struct span head, size_t frame_len, enum packet_link link, struct packet *ret);

// The cheap first look at an Ethernet frame with two tags at most: whether it is plainly IPv4 or IPv6 TCP with
// neither port in the set, and so needs no parsing. `ports` has one bit a port. False: undecided.
bool packet_is_foreign(struct span head, const uint64_t ports[1024]);

// Of a PACKET_FRAGMENT: whether it carries neither TCP nor IPv6 extensions, but a tunnel, perhaps.
bool packet_is_tunnel_fragment(const struct packet *p);

static inline bool packet_port_in(const uint64_t ports[1024], uint16_t port)
{
	return (ports[port >> 6] >> (port & 63)) & 1;
}
