// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"
#include "spool_leftover.h"
#include "spool_scan.h"

#include <errno.h>
#include <fcntl.h>

// Segments from the one with the last known sync on.
struct stretch {
	uint64_t number;
	uint64_t first; // sequence of its open entry, 0: it has none that is sound
	uint64_t
		bound; // entries from this sequence on do not count: a later segment replaced them
};

struct recovery {
	struct spool *s;
	struct spool_scan scan;
	struct spool_leftover left;
	struct mt_buf numbers; // uint64_t[], all segments
	struct mt_buf stretches;
	size_t count; // of stretches
	uint64_t through; // entries before this sequence are known to have been durable
	uint64_t expected; // sequence of the next entry
	struct spool_position end; // behind the last good entry; the cut
	size_t last; // stretch of the end
	bool sealed; // the last entry is a seal
};

static struct stretch *stretch_get(struct recovery *r, size_t nth)
{
	return &((struct stretch *)(void *)r->stretches.ptr)[nth];
}

static uint64_t first_sequence(struct recovery *r, uint64_t number)
{
	struct spool_opening opening;
	struct spool_entry e;
	struct span payload;
	uint64_t at;

	if (spool_scan_open(&r->scan, r->s->directory, number, 0) != 0 ||
		spool_scan_next(&r->scan, &e, &at) != 1 || e.type != SPOOL_ENTRY_OPEN ||
		spool_scan_payload(&r->scan, &e, at, &payload) != 0 ||
		spool_opening_decode(payload, &opening) != 0)
		return 0;
	return e.sequence;
}

static int gather_stretches(struct recovery *r, uint64_t from)
{
	uint64_t bound = SPOOL_ALWAYS;

	for (size_t i = 0; i < r->numbers.len / sizeof(uint64_t); i++) {
		struct stretch x = {.number = ((uint64_t *)(void *)r->numbers.ptr)[i]};
		if (x.number < from)
			continue;
		x.first = first_sequence(r, x.number);
		if (!mt_buf_add(&r->stretches, span_make(&x, sizeof(x))))
			return -ENOMEM;
		r->count++;
	}
	for (size_t i = r->count; i > 0; i--) {
		struct stretch *x = stretch_get(r, i - 1);
		x->bound = bound;
		if (x->first != 0 && x->first < bound)
			bound = x->first;
	}
	return 0;
}

static void note_sync(struct recovery *r, const struct spool_entry *e, uint64_t at)
{
	struct spool_position p;
	struct span payload;

	if (spool_scan_payload(&r->scan, e, at, &payload) == 0 &&
		spool_position_decode(payload, &p) == 0 && p.sequence > r->through &&
		p.sequence <= e->sequence)
		r->through = p.sequence;
}

// How far the log says itself that it was durable, and what was purged on purpose. Headers lead
// the way, payloads do not: what they hold came from outside and might look like an entry.
static void look_ahead(struct recovery *r)
{
	struct spool_entry e;
	uint64_t at;

	for (size_t i = 0; i < r->count; i++) {
		const struct stretch *x = stretch_get(r, i);
		if (spool_scan_open(&r->scan, r->s->directory, x->number, 0) != 0)
			continue;
		while (spool_scan_next(&r->scan, &e, &at) == 1 && e.sequence < x->bound)
			if (e.type == SPOOL_ENTRY_SYNC)
				note_sync(r, &e, at);
			else if (e.type == SPOOL_ENTRY_TOMB)
				spool_leftover_tomb(&r->left, &r->scan, &e, at);
	}
}

// Where no header can be trusted: the next that can, or the end of the segment.
static bool skip_damage(struct recovery *r)
{
	struct spool_damage d = {.segment = r->scan.number, .offset = r->scan.at};
	bool found = spool_scan_resync(&r->scan) == 1;

	if (!found)
		r->scan.at = r->scan.size;
	d.length = r->scan.at - d.offset;
	spool_leftover_damage(&r->left, &d);
	return found;
}

static bool is_whole(struct recovery *r, const struct spool_entry *e, uint64_t at)
{
	return spool_scan_check(&r->scan, e, at) == 0 ||
		spool_leftover_is_purged(&r->left, e, at);
}

static void take(struct recovery *r, const struct spool_entry *e, uint64_t at)
{
	spool_leftover_take(&r->left, &r->scan, e, at);
	r->expected = e->sequence + 1;
	r->sealed = e->type == SPOOL_ENTRY_SEAL;
	r->end = (struct spool_position){r->scan.number, r->scan.at, r->expected};
}

// One step in a segment. False: the segment ends here, for better or worse.
static bool step(struct recovery *r, const struct stretch *x)
{
	struct spool_entry e;
	uint64_t at;

	// The log goes on elsewhere; what stands here is of no interest, whole or not.
	if (r->expected == x->bound)
		return false;
	int rc = spool_scan_next(&r->scan, &e, &at);
	if (rc == 1 && e.sequence >= x->bound)
		return false;
	if (rc == 1 && e.sequence == r->expected && is_whole(r, &e, at)) {
		take(r, &e, at);
		return true;
	}
	if (r->expected >= r->through)
		return false;
	if (rc != 1)
		return skip_damage(r);
	if (e.sequence < r->expected)
		return true;
	struct spool_damage d = {r->scan.number, at, spool_entry_span(e.length)};
	if (!is_whole(r, &e, at))
		spool_leftover_damage(&r->left, &d);
	take(r, &e, at);
	return true;
}

// Walks everything that counts; stops for good where the log ends.
static int walk_all(struct recovery *r)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct stretch *x = stretch_get(r, i);
		if (x->first >= x->bound ||
			(i > 0 && x->first == 0 && r->expected >= r->through))
			continue;
		if (i > 0 && r->expected < x->first && r->expected >= r->through)
			return 0;
		int rc = spool_scan_open(&r->scan, r->s->directory, x->number, 0);
		if (rc != 0)
			return rc;
		if (x->first != 0)
			r->expected = x->first;
		r->last = i;
		r->end = (struct spool_position){x->number, 0, r->expected};
		r->sealed = false;
		spool_leftover_segment(&r->left);
		while (step(r, x))
			;
	}
	return 0;
}

// Content may be missing because of its tomb, and only a tomb that is in the log then.
static int walk(struct recovery *r)
{
	struct spool_position start = r->end;
	uint64_t expected = r->expected;
	int rc = walk_all(r);

	while (rc == 0 && r->left.relied >= r->expected) {
		spool_leftover_restart(&r->left, r->expected);
		r->end = start;
		r->expected = expected;
		r->last = 0;
		rc = walk_all(r);
	}
	r->left.trusted = r->expected;
	return rc;
}

static int sync_segment(struct recovery *r, uint64_t number)
{
	int fd = spool_file_open_segment(&r->s->disk, r->s->directory, number, O_RDWR);

	if (fd < 0)
		return fd;
	int rc = r->s->disk.fdatasync(r->s->disk.ctx, fd);
	r->s->disk.close(r->s->disk.ctx, fd);
	return rc;
}

static int unlink_segment(struct recovery *r, uint64_t number)
{
	char path[SPOOL_PATH_SIZE];

	if (!spool_file_segment(path, r->s->directory, number))
		return -ENAMETOOLONG;
	return r->s->disk.unlink(r->s->disk.ctx, path);
}

// Nothing behind the cut was ever announced.
static int drop_behind(struct recovery *r)
{
	int rc = 0;

	for (size_t i = r->last + 1; i < r->count && rc == 0; i++)
		rc = unlink_segment(r, stretch_get(r, i)->number);
	return rc;
}

static int seal(struct recovery *r, int fd)
{
	struct mt_buf *b = &r->left.seal;

	if (r->sealed)
		return 0;
	if (!spool_leftover_seal(&r->left, &r->end))
		return -ENOMEM;
	int rc = spool_file_write(&r->s->disk, fd, mt_buf_span(b), r->end.offset);
	r->end.offset += b->len;
	r->end.sequence = ++r->expected;
	return rc;
}

static int cut(struct recovery *r)
{
	// A segment whose first entry never reached the disk was never used.
	if (r->end.offset == 0)
		return unlink_segment(r, r->end.segment);
	int fd = spool_file_open_segment(
		&r->s->disk, r->s->directory, r->end.segment, O_RDWR);

	if (fd < 0)
		return fd;
	int64_t size = r->s->disk.size(r->s->disk.ctx, fd);
	int rc = size < 0 ? (int)size : 0;
	if (rc == 0 && (uint64_t)size != r->end.offset)
		rc = r->s->disk.truncate(r->s->disk.ctx, fd, r->end.offset);
	if (rc == 0)
		rc = seal(r, fd);
	if (rc == 0)
		rc = r->s->disk.fdatasync(r->s->disk.ctx, fd);
	r->s->disk.close(r->s->disk.ctx, fd);
	return rc;
}

static int mend(struct recovery *r)
{
	int rc = 0;

	for (size_t i = 0; i < r->last && rc == 0; i++)
		rc = sync_segment(r, stretch_get(r, i)->number);
	if (rc == 0 && r->count > 0)
		rc = drop_behind(r);
	return rc == 0 && r->count > 0 ? cut(r) : rc;
}

static int recover(struct recovery *r, const uint64_t hint[5])
{
	struct spool *s = r->s;
	uint64_t newest = 0;

	int rc = spool_file_list(&s->disk, s->directory, &r->numbers);
	if (rc != 0)
		return rc;
	if (r->numbers.len > 0)
		memcpy(&newest, r->numbers.ptr + r->numbers.len - sizeof(newest),
			sizeof(newest));
	s->next_number = newest + 1 > hint[4] ? newest + 1 : hint[4];
	r->through = hint[2];
	r->expected = hint[2] > 0 ? hint[2] : 1;
	r->end = (struct spool_position){hint[0], hint[1], r->expected};
	bool clean = hint[3] != 0 && newest <= hint[0];
	rc = clean ? 0 : gather_stretches(r, hint[0]);
	if (rc != 0)
		return rc;
	look_ahead(r);
	rc = walk(r);
	return rc == 0 ? mend(r) : rc;
}

int spool_recover(struct spool *s, struct mt_buf *corrupt, struct mt_error *error)
{
	struct recovery r = {.s = s};
	uint64_t hint[5] = {0};

	spool_scan_init(&r.scan, &s->disk);
	spool_leftover_init(&r.left, s, corrupt);
	mt_buf_init(&r.numbers, 64u << 20);
	mt_buf_init(&r.stretches, 64u << 20);
	int rc = spool_state_read(&s->disk, s->directory, "state/synced", hint, 5);
	if (rc == 0 || rc == -ENOENT)
		rc = recover(&r, hint);
	if (rc == 0)
		rc = spool_leftover_end(&r.left);
	s->sequence = s->flushed_sequence = r.expected;
	s->through = r.end;
	spool_scan_fini(&r.scan);
	spool_leftover_fini(&r.left);
	mt_buf_fini(&r.numbers);
	mt_buf_fini(&r.stretches);
	return rc == 0 ? 0
		       : mt_error_set(error, -rc, "%s: recovery: %s", s->directory,
				 strerror(-rc));
}
