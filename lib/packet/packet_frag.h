// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Puts the fragments of IP datagrams together (RFC 791 3.2, RFC 8200 4.5). It copies no octet and
// knows no packet type: a part is memory of the caller (the private area of an mbuf), and octets
// are compared through a call. All memory is taken at the start.
//
// The aim is to have every datagram that the receiver had. As Linux does (6.18, tried for both
// families): a copy of what is there already is ignored, whatever is in it; what contradicts the
// end of the datagram, or differs where it overlaps, gives all of it up; then the next fragment
// begins anew. More lenient than Linux, because other systems are: an overlap with the same
// octets, and a fragment without octets, do no harm. What only we took comes again and is known
// as a copy by the stream; what only the receiver took would be a hole.

#include "packet_apart.h"

#include "mt_siphash.h"

// Parts of one datagram; a segment of 1460 octets in the smallest fragments has 185.
#define PACKET_FRAG_PARTS_MAX 256
// As long as Linux waits (net.ipv4.ipfrag_time).
#define PACKET_FRAG_WAIT_US   30000000

// One fragment. Owned by the table from packet_frag_take until it was released or returned.
struct packet_frag_part {
	struct packet_frag_part *next;
	uint32_t at, len; // of the datagram's payload
	uint32_t
		skip; // octets of the fragment's own that stand before `at` and do not count
	uint32_t buffers; // what it costs
};

// Octets are hashed and compared as they stand: begin with a zeroed one.
struct packet_frag_key {
	struct packet_addr src, dst;
	struct packet_apart apart;
	uint32_t id;
	uint32_t protocol; // of IPv4; 0 with IPv6, whose fragments need not agree on it
	uint32_t zero;
};

enum packet_frag_why {
	PACKET_FRAG_COPY, // nothing in it was new
	PACKET_FRAG_BAD, // no octets, or not in units of eight, or beyond 65535
	PACKET_FRAG_DIFFERS, // parts contradict each other: the datagram is given up
	PACKET_FRAG_LATE, // the others did not come in time
	PACKET_FRAG_FULL, // a limit was met: the oldest datagram is given up
	PACKET_FRAG_WHY_COUNT
};

struct packet_frag_calls {
	// Whether len octets are the same in both. a_at and b_at count from the fragments' own
	// first octets.
	bool (*equal)(void *ctx, const struct packet_frag_part *a, uint32_t a_at,
		const struct packet_frag_part *b, uint32_t b_at, uint32_t len);
	void (*release)(
		void *ctx, struct packet_frag_part *part, enum packet_frag_why why);
	void *ctx;
};

struct packet_frag_whole {
	struct packet_frag_part *parts; // in order, without overlap; the caller's again
	uint32_t len; // of the payload, at most 65535
	uint32_t count; // of parts
	bool doubtful; // a copy with other octets was ignored
};

struct packet_frag;

// Room for so many datagrams, which may hold so many buffers together. NULL and errno on failure.
struct packet_frag *packet_frag_create(
	uint32_t datagrams, uint32_t buffers, const struct packet_frag_calls *calls);
// Nothing may be held any more (packet_frag_flush); NULL is allowed.
void packet_frag_destroy(struct packet_frag *f);
// Takes a fragment: part->at, len and buffers are set; more: it is not the last. True when it made
// the datagram whole, which is in *ret. Else it is held or was released. Gives up the oldest
// datagrams when the room is full, and those whose time is over.
bool packet_frag_take(struct packet_frag *f, const struct packet_frag_key *key,
	struct packet_frag_part *part, bool more, uint64_t now_us,
	struct packet_frag_whole *ret);
// Gives up what waits since before now_us - PACKET_FRAG_WAIT_US; `all`: everything.
void packet_frag_flush(struct packet_frag *f, uint64_t now_us, bool all);
// Fragments held now, and their buffers.
uint32_t packet_frag_held(const struct packet_frag *f);
uint32_t packet_frag_buffers(const struct packet_frag *f);
