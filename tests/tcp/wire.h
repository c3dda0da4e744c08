// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The sender's link: segments made by hand, sent past the kernel's own TCP, and a capture of what
// a tap on that link sees.

#include "gen_pcap.h"

#define WIRE_CLIENTS     8 // addresses: 198.51.100.1 and on, 2001:db8:100::1 and on
#define WIRE_PAYLOAD_MAX 1400
#define WIRE_OPTIONS_MAX 40

enum wire_damage {
	WIRE_SOUND,
	WIRE_TCP_SUM, // the TCP checksum is wrong
	WIRE_IP_SUM, // the IPv4 header's checksum is wrong (IPv6: the TCP one)
	WIRE_OFFSET, // a TCP header of fewer than 20 octets
};

struct wire_segment {
	bool ipv6;
	uint8_t client; // which of our addresses
	uint16_t client_port, server_port;
	uint32_t seq, ack;
	uint8_t flags;
	uint8_t ttl;
	uint16_t window, urgent;
	uint8_t options[WIRE_OPTIONS_MAX];
	uint8_t options_len; // a multiple of 4
	enum wire_damage damage;
	struct span payload; // at most WIRE_PAYLOAD_MAX octets
	uint8_t trailer; // octets behind the end of the IP packet
	bool unseen; // lost before the tap: it is in no capture
	bool lost; // lost behind the tap: it never arrives
};

struct wire {
	int fd; // AF_PACKET, bound to the link
	int index; // of the interface
	uint8_t self[6], gateway[6];
	struct gen_pcap pcap;
	bool recording;
	uint64_t sent, received, refused;
};

// Opens the link by its name, in the namespace of the caller. `gateway` is the other end's
// address, six octets. `path`: where the capture goes; NULL: nowhere. 0 or -errno.
int wire_open(struct wire *w, const char *name, const uint8_t *gateway, const char *path);
void wire_send(struct wire *w, const struct wire_segment *segment);
// The next segment that came from the server: true, its payload and options lent until the next call.
bool wire_receive(struct wire *w, struct wire_segment *ret);
// Packets that the kernel could not give us.
uint64_t wire_dropped(struct wire *w);
// 0, or -EIO when the capture could not be written.
int wire_close(struct wire *w);
uint64_t wire_now_ns(void);
