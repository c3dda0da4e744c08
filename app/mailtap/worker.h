// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Role worker: owns its connections outright. Takes packets from its rings, finds the connection,
// feeds the two streams, lets the SMTP session read what is in order, and passes the tapes of
// mails to the writer. Nobody else touches anything here but the counters.

#include "checksums.h"
#include "flow_table.h"
#include "handshake.h"
#include "live.h"
#include "mail_tape.h"
#include "mirrored.h"
#include "queue.h"
#include "servers.h"
#include "smtp_session.h"
#include "stats.h"
#include "stream_pair.h"
#include "watermark.h"

#include "mt_pool.h"

#include <stdatomic.h>
#include <sys/queue.h>

#include <rte_mbuf.h>

#define WORKER_BURST 32

struct conn;
struct conn_work;
TAILQ_HEAD(conn_list, conn_work);

// Sizes of the blocks that texts of connections are kept in.
enum worker_text {
	WORKER_TEXT_SHORT,
	WORKER_TEXT_USUAL,
	WORKER_TEXT_LONG,
	WORKER_TEXT_COUNT
};

enum worker_phase {
	WORKER_RUNNING,
	WORKER_CLOSING, // input ended: every connection is ended in turn
	WORKER_FINISHED,
};

struct worker {
	// boot writes, loop reads
	struct live_view view;
	uint16_t index;
	bool lossless; // capture files: wait for chunks; live ports: give mails up
	struct queue **inputs; // one an rx
	uint32_t input_count;
	const _Atomic uint64_t *
		*read_us; // of each rx: live, what arrived before is on its ring
	struct queue *to_writer; // struct mail_chunk *
	struct queue *from_writer; // the same chunks, empty again
	const _Atomic bool *input_ended; // no rx will put anything any more
	// loop only
	const struct conf *conf; // of the view
	uint32_t selection; // of the view's set
	uint32_t selected; // connections begun under the present selection
	uint32_t
		doubted_buffers; // that wait for an acknowledgement in spite of their checksums
	uint32_t
		aside_buffers; // that wait aside for the next connection, and of returned
	struct stream_seg *returned; // those whose old connection is over, in order
	struct checksums_lane lanes[CONF_INTERFACES_MAX][2]; // of clients, of servers
	struct flow_table *table;
	struct mt_pool conns; // struct conn
	struct mt_pool works; // struct conn_work
	struct mt_pool texts[WORKER_TEXT_COUNT]; // kept for the life of a connection
	struct handshake_env handshakes; // of TLS
	struct mt_pool chunks; // struct mail_chunk; those of the writer count as used
	uint32_t chunk_room;
	uint32_t
		chunk_reserve; // fewer left than this: content waits or new mails are given up
	struct stream_env stream;
	struct smtp_env smtp;
	struct conn_list
		open_chunks; // connections with a chunk being filled, oldest first
	struct conn_list
		waiting; // connections that hold segments, by time of the next look
	struct conn_list lingering; // closed ones, kept a moment for late packets
	struct conn_list half_open; // not yet established, oldest first
	uint32_t half_opens;
	struct conn_list debts; // tapes whose end could not be told for want of a chunk
	struct conn *stalled; // stopped in the middle for want of a chunk
	struct rte_mbuf *burst[WORKER_BURST];
	struct conn *found[WORKER_BURST];
	uint32_t burst_at, burst_count, burst_input, next_input;
	uint32_t room_at; // slab index of the last connection looked at for its place
	uint32_t age_at; // slab index of the next connection to look at for its age
	// Packet time. Live: what arrived before now_us was taken, so that waits are measured by it;
	// newest_us is when the newest packet came, or now_us. They are one for files.
	uint64_t now_us, newest_us;
	struct watermark_merge read;
	uint64_t number; // packets taken
	struct mirrored mirrored;
	bool copy; // the packet in hand was mirrored twice
	bool again; // it was in hand before, but could not be taken
	bool out_of_chunks; // the sink's body found no room
	uint32_t ended; // connections that only linger
	uint32_t open_transactions, open_mails;
	// loop writes, others read
	_Atomic uint64_t freed; // mbufs given back
	uint64_t freed_local;
	_Atomic int phase;
	struct servers *servers;
	struct stats_block stats;
} __attribute__((aligned(64)));

// Takes what the view's set says of limits.
void worker_configure(struct worker *w);
// One bounded round. Returns how much was done, 0 for nothing.
unsigned worker_poll(void *ctx);
