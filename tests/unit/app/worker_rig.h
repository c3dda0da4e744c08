// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A worker as it is, between rings of its own, and connections whose segments a test makes. Starts an EAL
// without huge pages or ports, so once a process.

#include "conn.h"

#define RIG_CHUNKS  8
#define RIG_CONNS   16
#define RIG_PACKETS 127
#define RIG_PORT    40001 // of the client, unless told

extern struct worker rig_worker;
extern struct rte_mempool *rig_packets;

struct rig_segment {
	bool client; // sent it
	bool wrong; // its TCP checksum
	uint8_t flags; // PACKET_SYN ...
	uint32_t seq, ack;
	const char *text;
	uint16_t port; // of the client; 0: RIG_PORT
};

// held_max: as in struct stream_env.
void rig_make(uint32_t held_max);
// One more segment, a millisecond later, and the worker polls once.
void rig_give(const struct rig_segment *segment);
// So much time goes by before the next one.
void rig_wait(uint64_t us);
// The connection of this port of the client, or NULL.
struct conn *rig_conn(uint16_t port);
// The writer has read all, and the chunks come back. How many.
unsigned rig_write(void);
