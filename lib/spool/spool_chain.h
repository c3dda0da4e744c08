// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The segments of a spool as a reader sees them: which entries of each count, and up to where
// the log is durable. Both are taken together, the limit first: whatever is below it belongs to
// segments that are in the list.

#include "spool_scan.h"

#include "mt_buf.h"

struct spool_link {
	uint64_t number;
	uint64_t first; // sequence of its open entry; 0: it has none that is sound
	uint64_t bound; // entries from this sequence on were replaced by a later segment
};

struct spool_chain {
	const struct spool_disk *disk;
	const char *directory;
	uint64_t limit; // entries from this sequence on are not durable yet
	struct mt_buf links; // struct spool_link[], oldest first
	struct mt_buf numbers;
	struct spool_scan scan;
};

// The directory's name is lent.
void spool_chain_init(
	struct spool_chain *c, const struct spool_disk *disk, const char *directory);
void spool_chain_fini(struct spool_chain *c);
// Looks again. 0 or -errno.
int spool_chain_refresh(struct spool_chain *c);
size_t spool_chain_count(const struct spool_chain *c);
const struct spool_link *spool_chain_get(const struct spool_chain *c, size_t nth);
// The first with this number or a higher one; NULL when there is none.
const struct spool_link *spool_chain_from(const struct spool_chain *c, uint64_t number);
// Fills `to` with struct spool_index[] of the commits of a segment, from its seal or by walking
// it. 0 or -errno.
int spool_chain_commits(
	struct spool_chain *c, const struct spool_link *link, struct mt_buf *to);
