// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Whole TCP segments in buffers, with right checksums, as rx hands them to a worker.

#include "packet_meta.h"

#define FRAME_IP_HEADER  20 // without options
#define FRAME_TCP_HEADER 20

// Puts an IP header of p->version, a TCP header and the text into m, an empty mbuf with room for them in one
// buffer, behind `before` octets of something else. Of p the addresses, ports, numbers, flags and version are read;
// where what stands is filled in. `options` are so many octets of the IPv4 header, a multiple of 4; TCP has none.
void frame_put(struct rte_mbuf *m, struct packet *p, const char *text, uint16_t before);
