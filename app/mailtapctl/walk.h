// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Walks every entry of the log's segments, damaged places included, while an appliance may be
// writing: only what was durable when the walk began is looked at.

#include "spool_chain.h"

#include "mt_error.h"

struct walk {
	struct spool_disk disk;
	struct spool_chain chain;
	struct spool_scan scan;
	const struct spool_link *link; // segment at hand
	uint64_t expected; // sequence of the next entry, 0: any
	uint64_t missing; // entries in front of the one returned last
	bool resync; // the last place was damaged
};

// The directory's name is lent. 0, or EX_NOINPUT with error text.
int walk_init(struct walk *w, const char *directory, struct mt_error *error);
void walk_fini(struct walk *w);
static inline size_t walk_segments(const struct walk *w)
{
	return spool_chain_count(&w->chain);
}
// Goes to the front of the nth segment, 0 being the oldest. `on` says that the walk comes from
// the end of the one before, so that what is missing between them is seen. 0 or -errno (-ENOENT:
// retention was quicker).
int walk_open(struct walk *w, size_t nth, bool on);
// 1: an entry whose header is sound; w->missing says how many are missing in front of it.
// 0: the end of what counts in this segment. -EBADMSG: at *ret_at stands no sound header though
// there should be one; the next call goes on behind. -errno.
int walk_next(struct walk *w, struct spool_entry *ret, uint64_t *ret_at);
