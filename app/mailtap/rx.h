// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Role rx: takes packets from its ports, asks classify whose they are, and puts them on the
// rings of the workers. Files are lossless: no more is taken than pools and rings can hold. Of live
// ports it is known how far in time they have been read, which is what the workers' waits go by.

#include "fragments.h"
#include "hints.h"
#include "live.h"
#include "port.h"
#include "queue.h"
#include "stats.h"
#include "watermark.h"

#define RX_SOURCES_MAX WATERMARK_MAX
#define RX_BURST       32

struct rx_source {
	const struct port *port;
	uint16_t queue;
	uint8_t iface;
	bool ended; // a file came to its end
	uint8_t zeros; // polls in a row that gave nothing
	uint64_t no_mbuf; // the port's rx_nombuf when last looked at
	// Packets taken but not yet passed on: two files are merged by packet time.
	struct rte_mbuf *ahead[RX_BURST];
	uint16_t ahead_at, ahead_count;
};

enum rx_state {
	RX_EMPTY, // no sources: control may set some
	RX_READING,
	RX_ENDED, // every source came to its end, or the appliance stops
};

struct rx {
	// boot writes, loop reads
	struct live_view view;
	struct queue **rings; // one a worker
	uint32_t worker_count;
	uint32_t credits; // mbufs that may be out on a lossless port
	uint16_t burst;
	const _Atomic uint64_t **freed; // by each worker
	struct fragments *fragments;
	struct rx_source sources[RX_SOURCES_MAX];
	uint32_t source_count;
	const _Atomic bool *stopping;
	// loop writes, others read
	_Atomic int state;
	_Atomic uint64_t last_us; // packet time, newest
	_Atomic uint64_t read_us; // live: what arrived before is on the rings
	struct hints hints;
	// loop only
	uint32_t bursts;
	bool looking; // this burst is a sample for the hints
	bool hinted; // and has given one
	uint64_t unwatched[1024]; // mail ports that are not in conf->ports
	uint64_t taken, released; // mbufs
	uint64_t now_us; // live: the clock at the beginning of this poll
	uint64_t stop_us; // live: the same when the stop was seen; 0 for none
	struct watermark_reader read;
	struct rte_mbuf *batch[64][RX_BURST]; // per worker, put at the end of a poll
	uint16_t batch_count[64];
	struct rte_mbuf *dead[RX_BURST]; // dropped, freed at the end of a poll
	uint16_t dead_count;
	struct stats_block stats;
} __attribute__((aligned(64)));

// One bounded round. Returns how much was done, 0 for nothing.
unsigned rx_poll(void *ctx);
// mbufs that are out: in rings or held by workers.
uint64_t rx_mbufs_out(const struct rx *rx);
