// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A TCP connection as a passive tap sees it: two streams, the states of RFC 9293 as far as they
// matter to an onlooker, and the order in which octets of the two directions were caused.
//
// Each packet says how far its sender had read the other direction (its ack). A reply is
// therefore handed up only after the octets it acknowledges: whatever the skew between two tap
// legs, what goes up is one dialogue in its true order. A direction that the reader has blocked
// (see stream_pair_next) does not hold the other one back.
//
// Which end is the client is the caller's to say; the handshake is not asked.

#include "stream.h"
#include "stream_option.h"

enum stream_dir {
	STREAM_CLIENT, // client to server
	STREAM_SERVER, // server to client
	STREAM_DIR_COUNT
};

// name, help: how a connection stands
#define STREAM_STATE_LIST(X)                     \
	X(NEW, "nothing seen yet")               \
	X(SYN, "the client asked")               \
	X(SYN_ACK, "the server answered")        \
	X(OPEN, "established, or joined late")   \
	X(CLOSING, "a FIN was seen")             \
	X(CLOSED, "both FINs were acknowledged") \
	X(RESET, "a RST in the window was seen")

enum stream_state {
#define X(name, help) STREAM_ST_##name,
	STREAM_STATE_LIST(X)
#undef X
	STREAM_ST_COUNT
};

// Private but for state, seen, joined_late, alive_after_reset and last_us. Sets of directions have
// bit (1 << dir) for each.
struct stream_pair {
	struct stream side[STREAM_DIR_COUNT];
	uint64_t last_us; // packet time of the last packet that had an effect
	uint64_t reset_us;
	uint32_t isn[STREAM_DIR_COUNT]; // of the SYN we follow
	uint32_t other_isn[STREAM_DIR_COUNT]; // of another SYN, until one is chosen
	uint8_t isn_known, other_isn_known; // sets
	uint8_t syn_seen, stamps, scaled,
		digests; // sets: of which SYN, and what it offered
	uint8_t scale[STREAM_DIR_COUNT]; // of the windows that this side advertises
	uint8_t end_told; // set
	uint8_t state; // enum stream_state
	uint8_t reset_by; // enum stream_dir: who seemed to send the RST
	bool seen[STREAM_DIR_COUNT]; // any packet of this direction
	bool joined_late;
	bool alive_after_reset; // traffic went on after the RST: it was forged or refused
};

// One TCP segment. `seg.ptr/len/seq` is its payload; SYN takes one sequence number before it.
struct stream_packet {
	struct stream_seg *seg; // never NULL; consumed
	enum stream_dir dir;
	uint32_t seq; // of the packet as in its header
	uint32_t ack;
	uint32_t missing; // payload octets behind seg beyond the snap length
	uint16_t window; // as in the header, not scaled
	uint16_t urgent; // the pointer, if URG
	struct span options; // of the TCP header
	uint8_t flags; // as PACKET_SYN ...: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32
};

enum stream_verdict {
	STREAM_TAKEN,
	STREAM_REUSED, // a SYN that begins a new connection on these ports. NOT consumed: the
		// caller ends this connection and offers the packet to a fresh pair
	STREAM_APART, // of the next connection on these ports, or forged, while this one is not over.
		// NOT consumed: the caller keeps it aside until that is, or drops it
	STREAM_IGNORED, // consumed, without effect (what no stack takes, RST or SYN that is not
		// credible, keep-alive)
};

// A SYN with a new number on a connection that is OPEN is a reuse only after such a silence: a
// forged one must not cut a connection that lives (RFC 5961 4).
#define STREAM_QUIET_US     60000000
// A RST counts where it is exact (RFC 5961 3.2): where the receiver or we saw the octets end. One
// that is not, but in the window, is answered by a challenge and counted. Of a direction whose
// peer was never seen to acknowledge anything, one this far beyond what was seen counts.
#define STREAM_RESET_WINDOW (1u << 20)
// Octets of the other side may be under way when a RST is sent. Later ones show that it was not
// taken; whoever seemed to send it and sends on shows so at once.
#define STREAM_FLIGHT_US    500000

// A zeroed pair is ready. stream_set_stack says of each side's octets who receives them. ret_push:
// set of STREAM_PUSH_ flags of the segment.
//
// No stack takes a segment without ACK (RFC 9293 3.10.7.4): it is ignored. A segment is doubtful
// that is the text of the first SYN (RFC 7413), lies beyond the window its receiver advertised, bears
// a digest (RFC 2385) on a connection that began without, has a timestamp older than what was
// acknowledged (PAWS, RFC 7323 5), or acknowledges what was not sent or was over before (RFC 5961
// 5.2): as far as the opening was seen. A doubtful one loses against any other copy and does not go
// up before it is acknowledged; of the last three kinds neither its FIN nor its acknowledgement is
// believed.
//
// An acknowledgement is believed where it may be the server's: who can send in its name, in the window, makes octets
// go up that it did not have. When it goes on to say that it has less, that is told (STREAM_PUSH_RETRACTS). What stays
// unknown: a forgery that the true octets follow before the server speaks again, for what went up is not
// kept to be compared; and one in the client's name, of replies.
//
// Of several SYNs the one is followed that the SYN/ACK acknowledges, or from which the client goes
// on. SYN with FIN has no effect; text in a RST is no data. A SYN with a new number is REUSED when
// the pair is over, when it was quiet for STREAM_QUIET_US, or when its answer is seen; APART when its
// number can only be of another connection.
enum stream_verdict stream_pair_push(struct stream_pair *p, struct stream_env *env,
	const struct stream_packet *packet, unsigned *ret_push);

// The next thing to hand up and its direction, in causal order. `blocked` has bit (1 << dir) for
// each direction whose reader took less than it was offered and waits for the other one: it is
// not offered, and the other direction does not wait for it. STREAM_END is told once a direction.
//
// Once closed, or relieved, no direction waits for octets of the other one that are not there:
// calls until STREAM_NOTHING hand up everything, unless the reader blocks both.
enum stream_item stream_pair_next(struct stream_pair *p, struct stream_env *env,
	uint64_t now_us, uint64_t number, unsigned blocked, enum stream_dir *ret_dir,
	struct stream_out *ret);
void stream_pair_take(
	struct stream_pair *p, struct stream_env *env, enum stream_dir dir, uint32_t n);

// Whether the connection is over by its own words (both FINs, or a RST nobody contradicted).
bool stream_pair_is_over(const struct stream_pair *p);
// Whether one direction alone was ever seen, and has ended: the other leg of the tap may be late by all of it, or
// there is none. Once legs are not so far apart it is over for whoever uses its ports again.
bool stream_pair_is_half_over(const struct stream_pair *p);
// Whether something is held or missing: the caller must look again as time passes.
bool stream_pair_waits(const struct stream_pair *p);
// End of capture, idle, or over: everything held goes up, holes at once.
void stream_pair_close(struct stream_pair *p);
void stream_pair_relieve(struct stream_pair *p);
// Releases what is still held, which counts as discarded.
void stream_pair_fini(struct stream_pair *p, struct stream_env *env);
