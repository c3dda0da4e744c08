// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Looks for the signatures of a set in mails whose octets come piece by piece, many mails at a
// time: a hit is found wherever the pieces are cut. One pool for each thread that scans; it holds
// the scratch memory of Hyperscan and the streams, which go from mail to mail, so that a mail
// costs no memory from the system once the pool has seen as many at a time.
//
// Each signature is told once a mail and scope, or at most SCAN_REPEATS_MAX times when it says
// all_matches; a mail has at most SCAN_HITS_MAX hits, of which repeats fill no more than half.
// What is more is counted.

#include "scan_set.h"

#include "mt_span.h"

#define SCAN_REPEATS_MAX 16u
#define SCAN_HITS_MAX    1000u

struct scan_hit {
	const struct scan_signature *signature; // lives as long as the set
	enum scan_scope scope;
	uint64_t end; // octets of the scope up to the end of the match, holes not counted
};

// Takes a hit of the mail that ctx stands for; lent until it returns. It must not scan.
typedef void scan_report(void *ctx, const struct scan_hit *hit);

struct scan_result {
	uint32_t hits; // told
	uint64_t untold; // over the limits
	bool hold; // a signature of action hold was found, told or not
};

struct scan_pool_stats {
	uint32_t used, used_max; // mails being scanned now, and at most so far
	uint32_t streams; // that exist, used or not
	uint64_t mails; // that were begun
	uint64_t unscanned; // mails that found no stream left
	uint64_t hits, untold;
};

struct scan_pool;
struct scan_stream;

// A pool without signatures: scanning is off until scan_pool_use. At most streams_max mails at a
// time; each takes scan_set_stream_octets and 3 octets a signature, kept until the set changes.
// NULL: out of memory.
struct scan_pool *scan_pool_create(uint32_t streams_max, scan_report *report);
// All mails must have ended. NULL is allowed.
void scan_pool_destroy(struct scan_pool *pool);
// Puts a set in force for mails that begin from now on, NULL for none; holds a reference of its
// own. Mails in flight stay with theirs. 0; -ENOMEM: the set before stays in force.
int scan_pool_use(struct scan_pool *pool, struct scan_set *set);
// The set in force, or NULL; lent.
struct scan_set *scan_pool_set(const struct scan_pool *pool);
struct scan_pool_stats scan_pool_stats(const struct scan_pool *pool);

// Begins a mail; hits are told with ctx. NULL when there is nothing to look for, or when no stream
// is left, which is counted: the mail goes unscanned then.
struct scan_stream *scan_begin(struct scan_pool *pool, void *ctx);
// Looks at the next octets of the mail.
void scan_feed(struct scan_stream *stream, struct span text);
// Octets are missing here: what stands before and behind them does not match together. After a
// hole in the header nobody can know whether the body has begun: what follows counts to both
// scopes until an empty line comes.
void scan_gap(struct scan_stream *stream);
// Ends the mail and gives the stream back. whole: its end was seen, so what matches only there
// ($) is told now. ret may be NULL.
void scan_end(struct scan_stream *stream, bool whole, struct scan_result *ret);
// The set that the mail began with; lent.
const struct scan_set *scan_stream_set(const struct scan_stream *stream);
