// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Writes a capture file: classic pcap in the machine's byte order, microseconds or nanoseconds.

#include "mt_span.h"

#define GEN_PCAP_FRAME_MAX 65535

struct gen_pcap {
	int fd;
	bool nanoseconds;
	bool failed;
	uint8_t *buffer;
	size_t used;
	uint64_t octets; // written so far, headers too
	uint64_t packets;
};

// Creates the file ("-": standard output). 0 or -errno.
int gen_pcap_open(
	struct gen_pcap *pcap, const char *path, uint32_t link_type, bool nanoseconds);
// Room for one frame of up to GEN_PCAP_FRAME_MAX octets, to be filled before gen_pcap_commit.
uint8_t *gen_pcap_room(struct gen_pcap *pcap);
void gen_pcap_commit(struct gen_pcap *pcap, size_t len, uint64_t at_ns);
// 0, or -EIO when anything could not be written.
int gen_pcap_close(struct gen_pcap *pcap);
