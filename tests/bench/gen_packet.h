// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Builds frames: Ethernet (with or without a VLAN tag) or bare IP; IPv4 or IPv6; TCP or UDP, with
// right checksums.

#include "mt_span.h"

#define GEN_PACKET_HEADER_MAX 96

enum gen_link {
	GEN_LINK_ETHERNET,
	GEN_LINK_RAW,
};

enum {
	GEN_FIN = 0x01,
	GEN_SYN = 0x02,
	GEN_RST = 0x04,
	GEN_PSH = 0x08,
	GEN_ACK = 0x10,
};

struct gen_end {
	uint8_t addr[16]; // the first 4 for IPv4
	uint16_t port;
};

struct gen_packet {
	const struct gen_end *from, *to;
	enum gen_link link;
	bool ipv6, udp;
	uint16_t vlan; // 0 for none
	uint8_t flags; // TCP
	uint16_t id; // IPv4 identification
	uint32_t seq, ack;
	uint16_t mss; // option on SYN, 0 for none
	struct span payload;
};

// Writes the frame to ret, which has room for GEN_PACKET_HEADER_MAX and the payload. Returns its
// length. The payload is at most 65,400 octets.
size_t gen_packet_build(const struct gen_packet *p, uint8_t *ret);
