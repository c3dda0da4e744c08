// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// One direction of a TCP connection as its receiver saw it: puts segments in order, decides about
// overlap as the receiver's stack does (stream_stack.h), holds what is early or not yet
// acknowledged, and finds holes. It never copies an octet and never sees a packet type: a segment is a span with an
// owner that is given back through a release call.
//
// Octets are handed up once each, in order, when the peer acknowledged them (architecture: "as the
// server took it"). Exceptions, each marked: the peer is silent or slow beyond the grace, the hold
// is full, or the connection ended. Sequence numbers are compared modulo 2^32 (RFC 9293 3.4).
//
// Two sums close at any time, over all streams of one env:
//   received = delivered + urgent + duplicate + outside + discarded + held
//   span     = delivered + urgent + lost + the sum of stream_open_span
// Octets of the span that stream_fini drops count as lost (and as discarded where they were held).

#include "stream_stack.h"

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
	// The receiver would have refused it as far as we saw (it lies beyond the window, is older
	// than what went before, acknowledges what was not sent): another copy counts instead.
	bool doubtful;
	bool differs; // another copy of some of its octets was not the same
	// It acknowledges octets that were not seen yet: of two copies that differ, one of these may be late.
	bool ahead;
	bool may_differ; // another copy that is ahead was not the same; private like `late`
	bool has_urgent; // urgent is an octet of it
	uint32_t urgent;
	uint32_t from; // where it began for the rules of the stack; private
	uint32_t late; // what the copy acknowledged that may be late, if may_differ
	uint64_t at_us;
	// Of the packet at this worker, or 0: where the grace in packets begins.
	uint64_t number;
};

struct stream_limits {
	// Held per direction. Beyond: relief, the oldest first, down to the half. Beyond the double:
	// discarded.
	uint32_t hold_octets;
	uint32_t hold_segments; // the same in segments
	uint64_t skew_us; // grace before an acknowledged hole is believed; flow.skew.ms
	uint64_t skew_packets; // flow.skew.packets: both must have passed
	uint64_t unacked_us; // octets in order but unacknowledged this long go up marked
};

struct stream_counters { // one writer, read with relaxed loads by others
	uint64_t received; // payload octets of pushed segments
	uint64_t delivered; // handed up and taken
	uint64_t urgent; // octets that the receiver's stack took out of the stream
	uint64_t duplicate; // octets already delivered, held, or given up as lost
	uint64_t
		outside; // octets outside the window, or after FIN, or before the first, or in
	// packets that no stack takes
	uint64_t discarded; // octets dropped: the connection ended or a limit was met
	uint64_t held; // octets held now
	uint64_t lost; // sequence space in declared holes, or dropped at the end
	uint64_t holes;
	uint64_t out_of_order; // segments that arrived before their predecessor
	uint64_t unacked; // octets handed up without acknowledgement
	uint64_t differs; // segments that overlapped with other octets
	uint64_t
		doubtful; // segments that the receiver would have refused as far as we saw
	uint64_t hold_full; // segments that met a limit of the hold
	uint64_t challenges; // RST and SYN in the window that are not exact (RFC 5961)
	uint64_t span; // sequence space from the first octet to the highest seen or lost
};

// What all streams of one worker share.
struct stream_env {
	struct stream_limits limits;
	void (*release)(void *ctx, struct stream_seg *seg);
	void *ctx;
	// Packet time of the newest packet, which may be ahead of the now_us that waits are measured by
	// (a wait without a segment to begin with begins here); 0: no packet is ahead of it.
	uint64_t newest_us;
	uint32_t held_segments; // over all streams of this worker
	uint32_t held_max; // at most so many; the caller relieves the oldest when met
	struct stream_counters count;
};

// Private to this folder, but for `closing`, `relief` and `late`, which anybody may read.
struct stream {
	// Held, by sequence number. Where two overlap the octets of the later in the list count:
	// it lies inside the other one.
	struct stream_seg *first, *last;
	struct stream_seg *hint; // a held one; all before it end where it begins
	uint32_t next; // sequence number of the next octet to hand up
	uint32_t end; // one past the highest octet seen or declared lost
	uint32_t
		taken; // the receiver has everything before it in order, as far as we saw
	uint32_t edge; // where the receiver's window ends, if edge_seen
	uint32_t recent; // newest timestamp taken (RFC 7323 TS.Recent), if recent_seen
	uint32_t urgent; // newest urgent octet, if urgent_seen
	uint32_t urgent_doubt; // an octet that may have been urgent, if urgent_doubted
	uint32_t acked; // highest acknowledgement of the peer; may run ahead of end
	uint32_t fin; // sequence number of the FIN, if fin_seen
	uint32_t held_octets; // each octet once, however many copies are held
	uint32_t held_segments;
	uint32_t stray; // where a run of segments outside the window would go on
	uint8_t strays; // length of that run
	uint8_t waiting; // what the front waits for
	uint8_t stack; // enum stream_stack of the receiver
	bool edge_seen : 1;
	bool recent_seen : 1;
	bool urgent_seen : 1;
	bool urgent_doubted : 1;
	bool open : 1; // next is known
	bool fresh : 1; // nothing was handed up or lost yet
	bool ack_seen : 1; // the peer acknowledged something
	bool ack_placed : 1; // `acked` came in a packet that stood where the peer's octets ended
	bool fin_seen : 1;
	bool fin_lost : 1; // the one octet acknowledged beyond end was waited for: a FIN we missed
	bool closing : 1; // nothing more will come: all goes up, holes at once
	bool held_doubtful : 1; // some that is held is doubtful, or was
	bool held_differs : 1; // some that is held may differ, or did
	bool late : 1; // joined without SYN
	bool urgent_left : 1; // an urgent octet was left out since data was taken
	bool relief : 1; // hand up what is held now, acknowledged or not
	bool relief_half : 1; // but no more than makes half of the hold free
	bool passed_seen : 1;
	// How far the acknowledgement reached that passed the hole in front, if passed_seen.
	uint32_t passed;
	uint32_t waiting_number; // modulo 2^32
	uint64_t waiting_us; // since when the front waits, by the clock and by packets
};

enum stream_item {
	STREAM_NOTHING, // wait for more packets or time
	STREAM_DATA, // ret->data, take as much as you like with stream_take
	STREAM_GAP, // ret->gap octets will never come; stream_take(gap) steps over
	STREAM_END, // FIN reached, or closing and all was handed up
};

struct stream_out {
	struct span data;
	uint32_t gap; // exact; below 2^30
	bool differs; // another copy of these octets, or of others sent with them, was not the same
	bool urgent; // an urgent octet before these was left out, or one among what follows may be
	bool unacked; // the peer was not seen to acknowledge these octets
	bool has_ack;
	uint32_t ack; // see struct stream_seg
	uint64_t at_us; // when it was captured; of a gap: when the wait began
};

// stream_push tells what was odd about the segment.
#define STREAM_PUSH_DIFFERS   1u // an octet we hold differs from this copy
#define STREAM_PUSH_DUPLICATE 2u // nothing in it was new
#define STREAM_PUSH_HOLD_FULL 4u // the limits were met: relief was turned on
#define STREAM_PUSH_OUTSIDE   8u // nothing of it was in the window
#define STREAM_PUSH_URGENT    16u // it names an urgent octet, which leaves the stream
#define STREAM_PUSH_RETRACTS  32u // the server has less than was acknowledged in its name

// The legs of a tap may be skewed by many round trips, so the window that the peer advertised says
// little about what may be seen next: what lies beyond it is doubtful, not refused. Octets and
// acknowledgements are believed this far beyond what was acknowledged or handed up; the limits of
// the hold bound what that can cost.
#define STREAM_WINDOW (1u << 24)
// After an outage of the capture a connection may go on far beyond its window: so many segments in
// a row, each where the one before ended, are believed.
#define STREAM_STRAYS 3

// A zeroed struct is a stream that knows nothing; these give it its start: the sequence number of
// its first octet, from the SYN or the handshake's acknowledgement, or where we joined in.
void stream_open(struct stream *s, uint32_t first_seq);
void stream_join(struct stream *s, uint32_t seq);
// Whose receiver this is; kept when the stream is opened anew. LINUX unless told.
void stream_set_stack(struct stream *s, enum stream_stack stack);
// The octet at seq is urgent: the receiver takes it out of the stream, as stacks do for programs
// that did not ask for it in line (RFC 6093), and so do we. False, and ignored, when it was taken
// already or an urgent octet at or behind it is known. Until the peer acknowledges it that is only
// likely, since what we saw before may have been lost behind us: then octets are marked up to it.
bool stream_set_urgent(struct stream *s, uint32_t seq);
// The octet at seq may be urgent, in a packet that the receiver may have refused: it stays, and
// what is handed up as far as it says so.
void stream_doubt_urgent(struct stream *s, uint32_t seq);
// Takes a segment (len 0 is allowed: it is released at once). Always consumes it. Returns a set
// of STREAM_PUSH_ flags. A stream that is not open joins here.
unsigned stream_push(struct stream *s, struct stream_env *env, struct stream_seg *seg);
// The FIN stands at seq. Ignored when octets beyond it were seen, or seq is not in the window. Those
// that are doubtful are discarded then.
void stream_fin(struct stream *s, struct stream_env *env, uint32_t seq);
// The peer acknowledged everything before ack. Old and impossible values are ignored. One beyond
// the FIN shows that the FIN was forged: it is forgotten.
void stream_ack(struct stream *s, uint32_t ack);
// The same, in a packet of the peer at seq whose octets, if any, were seen for the first time. A copy that
// acknowledges more than was sent before it came after it, or was refused (RFC 9293 3.10.7.4): what differed in it
// was not taken.
void stream_ack_at(struct stream *s, uint32_t ack, uint32_t seq);
// What can be handed up at this time. Changes nothing but the waiting mark, and
// steps over urgent octets. now_us: what was captured
// before has been pushed, so that a wait is over when enough of it was; may be behind seg->at_us.
//
// A hole is declared as far as the peer acknowledged it, once skew_us and skew_packets have both
// passed since the segment behind it was captured and since that acknowledgement was. One acknowledged octet beyond all that was seen, with
// nothing behind it, is taken for a FIN that was missed, not for a hole. (Where the FIN and octets
// before it were both missed, the gap is longer by the FIN's one.)
enum stream_item stream_next(struct stream *s, struct stream_env *env, uint64_t now_us,
	uint64_t number, struct stream_out *ret);
// n octets of the last STREAM_DATA, or the whole gap, are done with.
void stream_take(struct stream *s, struct stream_env *env, uint32_t n);
// Nothing more will come: whatever is held goes up, holes are declared at once, and so is a tail
// that was acknowledged or stands before a FIN but was never seen.
void stream_close(struct stream *s);
// Hands up what is held without waiting any longer (a limit was met).
void stream_relieve(struct stream *s);
// Releases what is still held. The stream knows nothing afterwards but its stack.
void stream_fini(struct stream *s, struct stream_env *env);

// Whether all of these octets were handed up, given up as lost, or are held.
bool stream_has(const struct stream *s, uint32_t seq, uint32_t len);

static inline bool stream_holds(const struct stream *s)
{
	return s->first != NULL;
}

// Octets of the span neither handed up nor lost yet.
static inline uint32_t stream_open_span(const struct stream *s)
{
	return s->end - s->next;
}

// a < b in sequence space.
static inline bool stream_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}
