// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Reads a spool that another process may be writing: takes no lock, changes nothing, and shows
// only what is committed and durable (with durability `none`: what was written). Entries of a
// segment that its writer had to abandon are passed over.

#include "spool_disk.h"
#include "spool_entry.h"

#include "mt_error.h"

struct spool_reader;

// A commit or another record. Spans are lent until the next call on the reader.
struct spool_found {
	enum spool_entry_type type; // SPOOL_ENTRY_COMMIT or SPOOL_ENTRY_RECORD
	struct spool_position at;
	struct span json;
	struct spool_part part; // of a commit: id, extents
};

// NULL with error text when this is not a spool or memory is short.
struct spool_reader *spool_reader_open(
	const char *directory, const struct spool_disk *disk, struct mt_error *error);
void spool_reader_close(struct spool_reader *r);

// Goes on behind the entry that stands at this place; segment 0: with the oldest there is.
void spool_reader_seek(struct spool_reader *r, uint64_t segment, uint64_t offset);
// The next one in log order: 1; 0 when there is none yet (ask again later); -errno.
int spool_reader_next(struct spool_reader *r, struct spool_found *ret);
// How many segments were gone before this reader came to them, or to their end.
uint64_t spool_reader_expired(const struct spool_reader *r);

// The commit of a mail, newest segment first: 1; 0 when there is none; -errno.
int spool_reader_find(
	struct spool_reader *r, const struct mt_id *id, struct spool_found *ret);
// The commit that was found at this place before: 1; 0 when it is gone; -errno.
int spool_reader_load(
	struct spool_reader *r, const struct spool_position *at, struct spool_found *ret);
// Entries from this sequence on were not durable when the reader looked last.
uint64_t spool_reader_limit(const struct spool_reader *r);
// Up to n commits, the newest first. `each` returns false to stop. Their number or -errno.
int spool_reader_newest(struct spool_reader *r, size_t n,
	bool (*each)(void *ctx, const struct spool_found *found), void *ctx);
// The content of a commit, piece by piece; `take` returns 0 or -errno to stop. 0; -ENODATA when
// it is not kept; -ENOENT when retention took it, or a part of it; -EBADMSG when it is damaged or
// purged (what was told is not to be trusted); -errno. The found commit must be the last thing this reader returned.
int spool_reader_content(struct spool_reader *r, const struct spool_found *found,
	int (*take)(void *ctx, struct span text), void *ctx);
