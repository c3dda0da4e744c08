// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the parts of the writing side share. Nothing here is for users of the spool.
//
// Entries are gathered in a batch (small ones copied into a staging area, content and records
// lent) and their place is decided as they are gathered. What must be durable before it counts
// for anybody (commit, record, abort, tomb) is kept as an item until it is; so it can be appended
// again when a file fails.

#include "spool.h"
#include "spool_entry.h"
#include "spool_file.h"

#include "mt_error.h"
#include "mt_json.h"

#include <sys/queue.h>

#define SPOOL_STAGING_SIZE (256u << 10)
// A payload up to this is copied.
#define SPOOL_STAGED_MAX   (32u << 10)
#define SPOOL_IOVS         1024 // IOV_MAX of Linux
#define SPOOL_BATCH_OCTETS (8u << 20)
#define SPOOL_CHUNK_MAX    (16u << 20)
#define SPOOL_AGAIN_OCTETS (16u << 20) // records that wait for space on the disk
#define SPOOL_ALWAYS       UINT64_MAX

struct spool_segment {
	TAILQ_ENTRY(spool_segment) link;
	uint64_t number;
	int fd;
	uint64_t written; // octets the file took
	uint64_t synced; // of these, durable
	uint64_t lowest; // oldest segment its commits point into
	uint64_t mails; // commits
	struct mt_buf index; // encoded, for the seal
	bool closed; // sealed or abandoned: no more entries
	bool failed; // its fdatasync failed; only what was synced before counts
};

// What stands on the disk, oldest first.
struct spool_known {
	uint64_t number, octets, lowest, mails;
	uint64_t created_us; // wall clock
};

struct spool_item {
	TAILQ_ENTRY(spool_item) link;
	enum spool_entry_type type;
	bool again; // not in the log: to be appended when a segment can be had
	int lost; // of an abort: why the mail was lost, to be told when that is durable; 0: not
	uint32_t slot, crc;
	struct mt_id id; // of the mail, where the slot is not 0
	struct spool_position at;
	struct mt_buf payload;
};
TAILQ_HEAD(spool_items, spool_item);

struct spool_mail {
	TAILQ_ENTRY(spool_mail) link;
	struct mt_id id;
	uint32_t slot;
	int error; // content was lost: why (negative errno); it cannot be committed
	struct mt_buf envelope;
	uint64_t (*extents)[3];
	size_t count, room;
};
TAILQ_HEAD(spool_mails, spool_mail);

struct spool_batch {
	uint8_t *staging;
	size_t used;
	struct iovec iov[SPOOL_IOVS];
	int iovs;
	void *owners[SPOOL_IOVS];
	int owner_count;
	uint64_t octets;
};

struct spool_chunk { // the chunk entry that is growing, if any
	struct spool_mail *mail;
	uint8_t *header;
	uint32_t length, crc;
	uint64_t sequence;
};

struct spool_sync { // one file of a job
	int fd;
	int rc;
	uint64_t number, written;
};

struct spool_job {
	const struct spool_disk *disk;
	struct spool_sync *files;
	size_t count, room;
	struct spool_position through;
	bool out; // between begin and end
};

struct spool {
	struct spool_settings settings;
	struct spool_disk disk;
	char *directory;
	int lock_fd, synced_fd;

	struct spool_segment *segment; // takes entries; NULL after trouble
	TAILQ_HEAD(spool_segments, spool_segment) segments; // not closed and synced yet
	uint64_t next_number;
	uint64_t at; // where the next entry goes
	uint64_t opened; // end of the segment's open entry
	uint64_t sequence, flushed_sequence;
	struct spool_position through; // everything before it is durable
	struct mt_buf known; // struct spool_known[]

	struct spool_batch batch;
	struct spool_chunk chunk;
	struct mt_buf scratch;

	struct spool_items items, free_items;
	uint64_t again_octets;
	struct spool_job job;
	uint64_t due_us; // when the items waiting now must be synced, 0: not known yet
	uint64_t appended; // items since the last job began

	struct spool_mails open, free_mails;
	uint32_t slots;

	uint64_t counter, reserved;
	int code; // of the trouble, negative errno
	uint64_t retry_us, backoff_us;
	struct spool_status status;
};

// --- spool_append.c
// A segment that may take an entry, and room in the batch for `staged` octets of it: what follows
// cannot fail for want of either. Closes the growing chunk. 0 or -errno.
int spool_make_place(struct spool *s, size_t staged);
// lent: the payload stays as it is until the batch is written.
int spool_append(
	struct spool *s, const struct spool_entry *e, struct span payload, bool lent);
// Appends an item that is in s->items already.
int spool_append_item(struct spool *s, struct spool_item *item);
// The last entry of the segment, written at once, even where the segment is full.
int spool_append_seal(struct spool *s, const struct spool_entry *e, struct span payload);
void spool_chunk_close(struct spool *s);
void spool_batch_drop(struct spool *s);

// --- spool_segment.c
bool spool_segment_is_full(const struct spool *s);
int spool_segment_create(struct spool *s);
int spool_segment_seal(struct spool *s);
struct spool_segment *spool_segment_find(struct spool *s, uint64_t number);
// Closes the files of segments that are done with.
void spool_segment_retire(struct spool *s);

// --- spool_known.c
int spool_known_load(struct spool *s);
void spool_known_note(struct spool *s, const struct spool_segment *g);
struct spool_known *spool_known_get(struct spool *s, size_t nth); // NULL behind the last
uint64_t spool_known_octets(const struct spool *s); // of all segments

// --- spool_record.c
// The beginning of a record of our own: time, type and kind, with `mailtap` left open.
void spool_record_begin(struct mt_json *j, struct mt_buf *b, const char *kind);

// --- spool_trouble.c
// A segment is there and what waited to be appended again is in it. 0 or -errno.
int spool_ready(struct spool *s);
// Gives the segment up: entries from `cut` on do not count any more.
void spool_abandon(struct spool *s, int code, uint64_t cut);
void spool_trouble(struct spool *s, int code, const char *what);

// --- spool_item.c
// A new item at the end of s->items, with payload for a part (id not NULL) and text.
struct spool_item *spool_item_add(struct spool *s, enum spool_entry_type type,
	const struct spool_mail *m, uint16_t flags, struct span text);
// Tells upward, once, that the mail of this abort is lost, if it is one of those.
void spool_item_tell_lost(struct spool *s, struct spool_item *item);
void spool_item_drop(struct spool *s, struct spool_item *item);
void spool_items_fini(struct spool_items *items);
struct span spool_item_text(const struct spool_item *item);

// --- spool_mail.c
struct spool_mail *spool_mail_take(struct spool *s);
void spool_mail_put(struct spool *s, struct spool_mail *m);
bool spool_mail_extend(struct spool_mail *m, const uint64_t extent[3]);
void spool_mails_fini(struct spool_mails *mails);

// --- spool_sync.c
// Punches content octets out of the log.
int spool_purge(struct spool *s, const uint64_t extent[3]);
int spool_sync_hint(struct spool *s, bool clean);
// Tells in state/ and in the log how far the log is durable.
void spool_sync_tell(struct spool *s);

// --- spool_recover.c
// Cuts what a crash left, sets sequence, counter and next_number, and puts what is to be told in
// s->open (cut off mails) and in `corrupt` (struct spool_damage[]). 0 or -errno with error text.
struct spool_damage {
	uint64_t segment, offset, length;
};
int spool_recover(struct spool *s, struct mt_buf *corrupt, struct mt_error *error);
