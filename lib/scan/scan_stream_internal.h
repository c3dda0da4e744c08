// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Pool and streams from the inside.

#include "scan_set_internal.h"
#include "scan_split.h"
#include "scan_stream.h"

struct scan_part { // a scope of a mail
	hs_stream_t *stream; // NULL: no signature looks there
	uint64_t octets; // of the scope so far
	uint64_t
		begin; // octets of the scope where the stream begins: behind the last hole
};

struct scan_stream {
	struct scan_pool *pool;
	struct scan_set *set; // a reference
	struct scan_stream *next; // in the pool's list
	void *ctx;
	struct scan_part parts[SCAN_SCOPE_COUNT];
	struct scan_split split;
	bool is_split; // header and body must be told apart
	bool unsure; // behind a hole in the header
	enum scan_scope now; // being looked at
	struct scan_result result;
	bool dirty; // told is not all zero
	uint8_t told[]; // how often, for each signature and scope
};

struct scan_pool {
	uint32_t streams_max;
	scan_report *report;
	struct scan_set *set; // in force, a reference; or NULL
	hs_scratch_t *scratch; // large enough for every set in use
	struct scan_stream *free; // of the set in force
	struct scan_pool_stats stats;
};

// A stream of the set in force, or NULL.
struct scan_stream *scan_pool_take(struct scan_pool *pool);
// Takes a stream back whose parts are reset.
void scan_pool_put(struct scan_stream *stream);
