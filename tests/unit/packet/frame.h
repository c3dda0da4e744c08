// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Builds frames from words, so that a test reads like the packet it means:
//   eth        addresses; the type comes with the next word
//   vlan:ID qinq:ID old:ID     tags 0x8100, 0x88a8, 0x9100
//   type:N     another EtherType; proto:N another IP protocol
//   ip4        header without options; ip4opt with 8 octets of them; frag4:N offset field N
//   ip6        header; hop route dest ah atomic: extension headers; frag6:N offset field N
//   zero       the length in the IP header stays 0
//   tcp        20 octets; tcpopt with 12 of options
//   =TEXT      payload; +N link padding of N octets behind the datagram
//   sll sll2 null loop raw     instead of eth
// Ports are 1025 and 25, seq 0x01020304, ack 0x05060708, flags PSH and ACK, window 0x1234.

#include "packet.h"

#define FRAME_MAX 2048

struct frame {
	uint8_t octets[FRAME_MAX];
	size_t len;
	enum packet_link link;
};

void frame_build(struct frame *f, const char *words);
