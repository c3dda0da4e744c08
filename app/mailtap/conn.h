// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// One connection of a worker: two streams, one session, and the tape of the mail in hand. This is
// where packets, SMTP and mail meet; the libraries do not know each other.

#include "classify.h"
#include "packet_meta.h"
#include "worker.h"

#define CONN_TEXT_MAX   255
#define CONN_TEXT_BLOCK (CONN_TEXT_MAX + 1)

enum conn_end {
	CONN_END_FIN,
	CONN_END_RESET,
	CONN_END_REUSED,
	CONN_END_IDLE,
	CONN_END_EVICTED,
	CONN_END_STOPPED,
};

// Oddities that touch the trust in what was read of a dialogue: with them a mail may be misread
// so that nothing of it is stored, and then the connection must say so.
#define CONN_DOUBTS                                                          \
	(mt_odd_bit(MT_ODD_overlap_differs) | mt_odd_bit(MT_ODD_hold_full) | \
		mt_odd_bit(MT_ODD_unacked) | mt_odd_bit(MT_ODD_gap) |        \
		mt_odd_bit(MT_ODD_out_of_step))

struct conn {
	TAILQ_ENTRY(conn) chunk_link, wait_link, linger_link, half_link, debt_link;
	struct flow_key key;
	struct stream_pair pair;
	struct smtp_session session;
	struct worker *worker;
	struct stream_seg *doubted; // with wrong checksums, the newest first
	struct mail_chunk *chunk; // being filled; NULL for none
	uint8_t *helo; // a block of worker.texts, length first; NULL for none
	uint8_t *auth; // the same: mechanism NUL user
	struct handshake *handshake; // being read; NULL: not yet, or no more
	uint8_t *xclient,
		*xforward; // the same: attributes; xforward's are the next mail's alone
	uint64_t start_us;
	uint64_t item_us; // packet time of what is being fed
	uint64_t open_us; // of the transaction
	uint64_t content_us; // packet time of the newest content
	uint64_t wait_us; // when to look at the held segments again
	uint64_t linger_us; // when a closed connection is forgotten
	uint64_t odds; // of the connection
	uint64_t odds_told; // those of them that the record of a mail has
	uint64_t mail_odds; // of the open transaction
	uint64_t delivered; // octets handed up
	uint32_t selection; // under which it was begun
	uint32_t transactions, mails;
	uint16_t vlan[PACKET_VLANS_MAX];
	uint16_t
		server; // its place in worker.servers, SERVERS_NONE before it is established
	uint8_t vlans, version, iface, hop;
	struct checksums_side checksums[2]; // by enum stream_dir
	uint8_t doubted_count;
	bool live; // this slab place is in use
	bool client_low; // the client is the key's low end
	bool tape_open; // a transaction is on the tape
	bool tape_lost; // no chunk could be had: the rest of this tape is given up
	bool indebted; // its END is still to be told
	bool in_waiting, in_lingering, in_half_open;
	bool ended; // accounted for; only lingering
	bool unnamed; // its key is another connection's already
	uint8_t ending; // conn_end was cut short: 1 + enum conn_end
	bool tls_offered, tls_refused, dark, refused_all, auth_ok;
	bool tls_implicit; // TLS from the first octet, seen or by its port
	bool handshake_over; // nothing more of it is kept
	bool chunk_fresh; // CONN is still to be written: first event of a tape
	struct conn_last { // the event that ends the tape, kept while indebted
		enum mail_event event;
		uint16_t aux;
		uint16_t len;
		uint8_t octets[48];
	} last;
};

// Which side of the connection sent it.
static inline enum stream_dir conn_dir(
	const struct conn *c, const struct packet_meta *meta)
{
	return meta->src_low == c->client_low ? STREAM_CLIENT : STREAM_SERVER;
}

// Makes the connection a packet begins. NULL when the packet begins none (stray) or the table is
// full; the reason is counted.
struct conn *conn_create(struct worker *w, const struct packet_meta *meta);
// One packet; consumes its mbufs. False: the worker must stop and resume with conn_pump.
// *ret_reused: the packet was not consumed, the connection has ended; make a new one.
bool conn_packet(struct conn *c, struct rte_mbuf *m, bool *ret_reused);
// A place for a new connection, begun by a SYN or joined in the middle. In a full table the place is
// taken from another one; conn_room.c says from which. NULL: none may be taken.
struct conn *conn_take_place(struct worker *w, bool syn);
// Tells the streams whose TCP receives the octets of each side. Of an end that is not registered
// nothing is known: it counts as Linux.
void conn_set_stacks(struct conn *c);
// Gives a packet to the streams. A frame in several buffers becomes several segments, each with its
// own owner. Consumes its mbufs unless STREAM_REUSED. ret_push: STREAM_PUSH_ flags of all of them.
enum stream_verdict conn_push(struct conn *c, struct rte_mbuf *m, unsigned *ret_push);
// A packet that was doubted, without handing anything up yet; consumes its mbufs. One that would begin
// another connection is dropped.
void conn_believe(struct conn *c, struct rte_mbuf *m);
// Hands up what can be handed up. False: out of chunks, call conn_resume later.
bool conn_pump(struct conn *c);
// Goes on where one of these calls was cut short.
bool conn_resume(struct conn *c);
// Ends it: everything held goes up, the session closes, the slab place is freed or lingers.
// False: out of chunks, call conn_resume later.
bool conn_end(struct conn *c, enum conn_end how);
// Keeps a text of at most CONN_TEXT_MAX octets in a block; what is longer is cut.
void conn_keep_text(struct conn *c, uint8_t **block, struct span a, struct span b);
// The same behind what is kept already, with a blank between.
void conn_add_text(struct conn *c, uint8_t **block, struct span text);
// Forgets it.
void conn_drop_text(struct conn *c, uint8_t **block);
struct span conn_text(const uint8_t *block);
// Puts it on worker.waiting when it holds segments.
void conn_wait(struct conn *c);
// Its time in worker.lingering is over: ends it if it is over indeed. False as above.
bool conn_lingered(struct conn *c);
// How a connection that is over came to its end; `otherwise` when it is not over.
enum conn_end conn_how(const struct conn *c, enum conn_end otherwise);
// Forgets a connection that has ended.
void conn_forget(struct conn *c);
