// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The segment log: one writer appends, batches are made durable, and only what is durable is
// announced (design: an append-only log, see README "The spool"). One thread owns a spool; only
// spool_sync_run may be called on another one.
//
// A mail goes: spool_begin, spool_content (any number), then exactly one of spool_commit and
// spool_abort, which both end it. Appends are gathered and written in large pieces; memory of
// content is lent until its release call.

#include "spool_disk.h"

#include "mt_buf.h"
#include "mt_error.h"
#include "mt_id.h"

enum spool_durability {
	SPOOL_BATCH,
	SPOOL_EACH,
	SPOOL_NONE,
};

struct spool_settings {
	const char *directory;
	uint32_t appliance; // part of every id
	uint64_t segment_size; // octets; a segment is sealed when it is past this
	enum spool_durability durability;
	uint32_t batch_count; // commits in a batch
	uint64_t batch_us; // or this long after the first of them
	uint32_t mails_max; // open at once
	uint64_t retry_us; // first pause before writing again on a full disk, 0: 100 ms
	uint64_t (*now_us)(void); // for such pauses; NULL: mt_clock_mono_us
	// Gives content memory back after its octets were written (or given up).
	void (*release)(void *ctx, void *owner);
	// One durable `commit` or `record` entry, in log order: its JSON text without line end.
	// Negative errno: the announcer could not take it; it is offered again later. What an
	// earlier run made durable but did not announce is not told here: the announcer of
	// eve.json (spool_eve.h) takes that from the log itself.
	int (*announce)(void *ctx, struct span json, uint64_t segment, uint64_t offset);
	// A mail that was committed but not yet announced, and is lost to trouble with the disk. Told
	// when the log says so durably: until then a crash may still find the mail whole.
	// why: enum mail_given_up. An open mail is told by the next call about it instead, which
	// fails.
	void (*lost)(void *ctx, const struct mt_id *id, int why);
	void *ctx;
};

struct spool;
struct spool_mail; // a mail being written

// Opens or makes the spool, takes its lock, recovers what a crash left, and begins a new segment.
// A full disk is no error: the spool starts degraded. Leftovers are told through `announce`
// after the first sync (recovered, corrupt records).
// NULL and *ret_code one of EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL (locked) with error text.
struct spool *spool_open(const struct spool_settings *settings,
	const struct spool_disk *disk, int *ret_code, struct mt_error *error);
// Writes and syncs everything, announces it, seals the segment, gives up the lock. Mails still
// open must have been committed or aborted. 0 or -errno of the first trouble.
int spool_close(struct spool *s);

struct mt_id spool_next_id(struct spool *s, uint64_t begin_us);
// NULL with errno: ENOSPC (disk full), EMFILE (mails_max), EIO.
struct spool_mail *spool_begin(
	struct spool *s, const struct mt_id *id, struct span envelope_json);
// Appends content. `owner` is given to release once (NULL: copied, nothing to release).
int spool_content(struct spool *s, struct spool_mail *m, struct span text, void *owner);
// The extents of the content so far; final only after spool_settle.
int spool_settle(struct spool *s, struct spool_mail *m);
size_t spool_extents(
	const struct spool_mail *m, const uint64_t (**ret)[3]); // segment, offset, length
// Both consume m. json: the record, without line end.
int spool_commit(struct spool *s, struct spool_mail *m, struct span json);
int spool_abort(struct spool *s, struct spool_mail *m, const char *reason);
// As commit, but the content is purged at once and told with a tomb (spool.keep).
int spool_commit_unkept(
	struct spool *s, struct spool_mail *m, struct span json, const char *why);
// Any other record.
int spool_record(struct spool *s, struct span json);

// Writes what was gathered (pwritev). Call when idle or when lent memory runs low.
int spool_flush(struct spool *s);

// A batch is due: returns what has to be synced, or NULL. One job at a time.
struct spool_job *spool_sync_begin(struct spool *s, uint64_t now_us, bool force);
// Runs fdatasync; the only call allowed on another thread. Touches nothing but the job.
void spool_sync_run(struct spool_job *job);
// Takes the result: appends `sync`, announces the batch. Must follow every begin.
void spool_sync_end(struct spool *s, struct spool_job *job);

// Retention: which limits the log must keep to. 0: none.
struct spool_retention {
	uint64_t age_us; // of the newest mail of a segment
	uint64_t size; // octets of all segments
	uint64_t free; // octets to be left on the file system
	uint32_t free_percent; // the same as a share
};

// One look, cheap: call every 100 ms or so. Begins a new segment where the one in use is old enough
// (an eighth of the age), and unlinks the oldest one while a limit is exceeded, with a record that
// says how many mails went. A mail that lies in two segments goes with the older one: else
// neighbours would hold each other for ever; its record stays with the younger one, its content
// reads as -ENOENT. wall_us: the clock by which ages are judged. needed: oldest segment whose lines
// the announcer may have to make again; it and younger ones stay.
// 1: a segment went, look again soon. 0: nothing to do. -EBUSY: a limit is exceeded, but what is
// left is in use. -errno.
int spool_retain(struct spool *s, const struct spool_retention *r, uint64_t wall_us,
	uint64_t needed);

struct spool_status {
	uint64_t segment, offset; // where the next entry goes
	uint64_t announced; // entries
	uint64_t unannounced; // commits and records waiting for durability
	uint64_t commits, records, aborts, lost;
	// By retention, since spool_open; a mail is counted with the segment of its commit.
	uint64_t expired_segments, expired_mails;
	uint64_t
		oldest_us; // wall clock at which the oldest segment was begun; 0: there is none
	uint64_t octets; // of all segments
	uint64_t free, total; // of the file system
	uint32_t segments;
	uint32_t open_mails;
	bool degraded; // disk full or failing; new mails are refused until it mends
	bool full; // of these, full
	char trouble[96];
};
void spool_status_get(const struct spool *s, struct spool_status *ret);
