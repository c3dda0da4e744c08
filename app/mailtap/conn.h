// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// One connection of a worker: two streams, one session, and the tape of the mail in hand. This is
// where packets, SMTP and mail meet; the libraries do not know each other.

#include "classify.h"
#include "packet_meta.h"
#include "worker.h"

#define CONN_TEXT_MAX 255

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

// What a connection needs only while something of it is in hand: it opens, closes, waits, is in a
// mail or in debt. One at rest has none. worker.works has one for every connection, so there
// always is one; memory is touched only for as many as were in use at one time.
struct conn_work {
	TAILQ_ENTRY(conn_work) chunk_link, wait_link, debt_link;
	TAILQ_ENTRY(conn_work) link; // of worker.half_open or worker.lingering
	struct conn *conn;
	struct mail_chunk *chunk; // being filled; NULL for none
	struct stream_seg *doubted; // with wrong checksums, the newest first
	struct handshake *handshake; // being read; NULL: not yet, or no more
	uint64_t open_us; // of the transaction
	uint64_t content_us; // packet time of the newest content
	uint64_t mail_odds; // of the open transaction
	uint64_t wait_us; // when to look at the held segments again
	uint64_t linger_us; // when a closed connection is forgotten
	uint8_t doubted_count;
	struct conn_last { // the event that ends the tape, kept while indebted
		enum mail_event event;
		uint16_t aux;
		uint16_t len;
		uint8_t octets[48];
	} last;
};

// The facts about a connection that are texts.
enum conn_fact {
	CONN_HELO,
	CONN_AUTH, // mechanism NUL user
	CONN_XCLIENT, // attributes
	CONN_XFORWARD, // the same; those of the next mail alone
};

struct conn {
	struct flow_key key;
	struct stream_pair pair;
	struct smtp_session session;
	struct worker *worker;
	struct conn_work *work; // NULL at rest
	struct conn_text *texts; // one a fact that is known; see conn_text.c
	struct stream_seg
		*aside; // of the next connection on these ports, the newest first
	uint64_t start_us;
	uint64_t item_us; // packet time of what is being fed
	uint64_t odds; // of the connection
	uint32_t selection; // under which it was begun
	uint32_t transactions, mails;
	uint16_t aside_count;
	uint16_t vlan[PACKET_VLANS_MAX];
	uint16_t
		server; // its place in worker.servers, SERVERS_NONE before it is established
	uint8_t vlans, version, iface, hop;
	struct checksums_side checksums[2]; // by enum stream_dir
	uint8_t ending; // conn_end was cut short: 1 + enum conn_end
	bool live : 1; // this slab place is in use
	bool client_low : 1; // the client is the key's low end
	bool used : 1; // octets went up
	bool doubts_untold : 1; // some of CONN_DOUBTS that no record of a mail has
	bool tape_open : 1; // a transaction is on the tape
	bool tape_lost : 1; // no chunk could be had: the rest of this tape is given up
	bool indebted : 1; // its END is still to be told
	bool in_waiting : 1, in_lingering : 1, in_half_open : 1;
	bool ended : 1; // accounted for; only lingering
	bool unnamed : 1; // its key is another connection's already
	bool tls_offered : 1, tls_refused : 1, dark : 1, refused_all : 1, auth_ok : 1;
	bool tls_implicit : 1; // TLS from the first octet, seen or by its port
	bool handshake_over : 1; // nothing more of it is kept
	bool chunk_fresh : 1; // CONN is still to be written: first event of a tape
};

// What a connection at rest may take of its worker's memory.
_Static_assert(sizeof(struct conn) <= 608, "a million of them must fit");

// Its working memory, taken where it has none.
struct conn_work *conn_work(struct conn *c);
// Gives it back when nothing is in hand any more.
void conn_rest(struct conn *c);

static inline bool conn_has_chunk(const struct conn *c)
{
	return c->work != NULL && c->work->chunk != NULL;
}

static inline struct handshake *conn_handshake(const struct conn *c)
{
	return c->work != NULL ? c->work->handshake : NULL;
}

// What was odd beside any mail.
static inline void conn_odd(struct conn *c, uint64_t odds)
{
	if (odds & ~c->odds & CONN_DOUBTS)
		c->doubts_untold = true;
	c->odds |= odds;
}

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
// own owner. Consumes its mbufs unless STREAM_REUSED or STREAM_APART. ret_push: STREAM_PUSH_ flags of all of them.
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
// Keeps a text of at most CONN_TEXT_MAX octets, of a and, where it is not empty, b behind a NUL; what
// is longer is cut. Where no block is left the fact is lost, and counted.
void conn_keep_text(struct conn *c, enum conn_fact fact, struct span a, struct span b);
// The same behind what is kept already, with a blank between.
void conn_add_text(struct conn *c, enum conn_fact fact, struct span text);
// Forgets it; or all of them.
void conn_drop_text(struct conn *c, enum conn_fact fact);
void conn_drop_texts(struct conn *c);
// Lent until the text changes. ptr is NULL where the fact is not known.
struct span conn_text(const struct conn *c, enum conn_fact fact);
// Sets up worker.texts for so many connections. 0 or -errno.
int conn_texts_init(struct worker *w, uint32_t connections);
void conn_texts_fini(struct worker *w);
// Puts it on worker.waiting when it holds segments.
void conn_wait(struct conn *c);
// Its time in worker.lingering is over: ends it if it is over indeed. False as above.
bool conn_lingered(struct conn *c);
// How a connection that is over came to its end; `otherwise` when it is not over.
enum conn_end conn_how(const struct conn *c, enum conn_end otherwise);
// Forgets a connection that has ended.
void conn_forget(struct conn *c);
