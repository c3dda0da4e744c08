// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What rx learned about a packet, in the mbuf's private area, so that nobody parses twice. The
// segment descriptor of the stream lives here too: holding a packet costs no other memory.

#include "flow_key.h"
#include "packet_frag.h"
#include "stream.h"

#include <rte_mbuf.h>

struct packet_meta {
	union {
		struct stream_seg seg;
		struct packet_frag_part part; // while it waits on the rx lcore
	};
	struct flow_key key;
	struct packet packet;
	uint64_t at_us;
	uint64_t read_us; // live: what arrived before had been read (watermark.h)
	uint8_t iface;
	bool src_low; // the packet's source is the key's low end
	bool joined; // of fragments
	bool doubtful; // of these, copies differed
	bool outer; // a fragment, perhaps of a tunnel's outer datagram
};

// A multiple of RTE_MBUF_PRIV_ALIGN.
#define PACKET_META_SIZE ((sizeof(struct packet_meta) + 15) & ~(size_t)15)

static inline struct packet_meta *packet_meta_of(struct rte_mbuf *m)
{
	return rte_mbuf_to_priv(m);
}

static inline struct rte_mbuf *packet_meta_mbuf(struct stream_seg *seg)
{
	// The segment stands at the front, and the private area follows the mbuf at once.
	return (struct rte_mbuf *)((uint8_t *)seg - sizeof(struct rte_mbuf));
}
