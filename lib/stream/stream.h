// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// One direction of a TCP connection as its receiver saw it: puts segments in order, decides about
// overlap (the first copy of an octet wins), holds what is early or not yet acknowledged, and
// finds holes. It never copies an octet and never sees a packet type: a segment is a span with an
// owner that is given back through a release call.
//
// Octets are handed up once each, in order, when the peer acknowledged them (architecture: "as the
// server took it"). Exceptions, each marked: the peer is silent or slow beyond the grace, the hold
// is full, or the connection ended. Sequence numbers are compared modulo 2^32 (RFC 9293 3.4).

#include "mt_span.h"

// A segment's payload, part of one captured packet. Lives in memory of the caller (the private
// area of an mbuf), is owned by the stream from stream_push until env.release was called for it.
struct stream_seg {
	struct stream_seg *next;
	const uint8_t *ptr;
	uint32_t len;
	uint32_t seq;
	uint32_t ack; // what the sender had seen of the other direction; valid if has_ack
	bool has_ack;
	bool retransmitted; // for the caller's use
	uint64_t at_us;
	uint64_t number; // of the packet at this worker: counts the grace in packets
};

struct stream_limits {
	uint32_t hold_octets; // held per direction; limits.hold
	uint32_t hold_segments; // held per direction
	uint64_t skew_us; // grace before an acknowledged hole is believed; flow.skew.ms
	uint64_t skew_packets; // flow.skew.packets: both must have passed
	uint64_t unacked_us; // octets in order but unacknowledged this long go up marked
};

struct stream_counters { // one writer, read with relaxed loads by others
	uint64_t received; // payload octets of pushed segments
	uint64_t delivered; // handed up and taken
	uint64_t duplicate; // octets already delivered or held
	uint64_t outside; // octets outside the window, or after FIN, or before the first
	uint64_t discarded; // octets dropped because the connection ended or a limit was met
	uint64_t held; // octets held now
	uint64_t lost; // octets of sequence space in declared holes
	uint64_t holes;
	uint64_t out_of_order; // segments that arrived before their predecessor
	uint64_t unacked; // octets handed up without acknowledgement
	uint64_t differs; // segments that overlapped with other octets
	uint64_t span; // sequence space covered: delivered + lost + (open: next..end seen)
};

// What all streams of one worker share.
struct stream_env {
	struct stream_limits limits;
	void (*release)(void *ctx, struct stream_seg *seg);
	void *ctx;
	uint32_t held_segments; // over all streams of this worker
	uint32_t held_max; // at most so many; the caller relieves the oldest hold when met
	struct stream_counters count;
};

struct stream {
	struct stream_seg *first, *last; // held, by sequence number, not overlapping
	uint32_t next; // sequence number of the next octet to hand up
	uint32_t end; // one past the highest octet seen (of the FIN's place: not counted)
	uint32_t acked; // highest acknowledgement of the peer
	uint32_t fin; // sequence number of the FIN, if fin_seen
	uint32_t held_octets;
	uint32_t held_segments;
	bool open; // next is known
	bool ack_seen; // the peer acknowledged something
	bool fin_seen;
	bool closing; // nothing more will come: all goes up, holes at once
	bool late; // joined without SYN
	bool relief; // hand up everything held now, acknowledged or not
	uint64_t waiting_us; // since when the front waits (for a hole or an acknowledgement); 0: not
	uint64_t waiting_number;
};

enum stream_item {
	STREAM_NOTHING, // wait for more packets or time
	STREAM_DATA, // ret->data, take as much as you like with stream_take
	STREAM_GAP, // ret->gap octets will never come; stream_take(gap) steps over
	STREAM_END, // FIN reached, or closing and all was handed up
};

struct stream_out {
	struct span data;
	uint32_t gap;
	bool unacked; // the peer was not seen to acknowledge these octets
	bool has_ack;
	uint32_t ack; // see struct stream_seg; hand up only after the other direction came so far
	uint64_t at_us; // when the packet was captured
};

// stream_push tells what was odd about the segment.
#define STREAM_PUSH_DIFFERS 1u // an octet we hold differs from this copy
#define STREAM_PUSH_DUPLICATE 2u // nothing in it was new
#define STREAM_PUSH_HOLD_FULL 4u // the limits were met: relief was turned on
#define STREAM_PUSH_OUTSIDE 8u // nothing of it was in the window

// A zeroed struct is a stream that knows nothing; these give it its start.
void stream_open(struct stream *s, uint32_t first_seq); // SYN seen: seq of the first octet
void stream_join(struct stream *s, uint32_t seq); // joined late: this is where we come in
// Takes a segment (len 0 is allowed: it is released at once). Always consumes it. Returns a set
// of STREAM_PUSH_ flags.
unsigned stream_push(struct stream *s, struct stream_env *env, struct stream_seg *seg);
void stream_fin(struct stream *s, struct stream_env *env, uint32_t seq);
// The peer acknowledged everything before ack. Old and impossible values are ignored.
void stream_ack(struct stream *s, struct stream_env *env, uint32_t ack);
// What can be handed up at this time. Changes nothing but the waiting mark.
enum stream_item stream_next(struct stream *s, struct stream_env *env, uint64_t now_us,
	uint64_t number, struct stream_out *ret);
// n octets of the last STREAM_DATA, or the whole gap, are done with.
void stream_take(struct stream *s, struct stream_env *env, uint32_t n);
// Nothing more will come: whatever is held goes up, holes are declared at once.
void stream_close(struct stream *s);
// Hands up what is held without waiting any longer (a limit was met).
void stream_relieve(struct stream *s);
// Releases what is still held (counted as discarded).
void stream_fini(struct stream *s, struct stream_env *env);

static inline bool stream_holds(const struct stream *s)
{
	return s->first != NULL;
}
// a < b, a <= b in sequence space.
static inline bool stream_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}
