// SPDX-License-Identifier: BSD-3-Clause
#include "spool_reader.h"

#include "spool_chain.h"
#include "spool_file.h"

#include "mt_crc32c.h"

#include <errno.h>
#include <stdlib.h>

#define INDEX_MAX (1u << 30)
#define PIECE     (256u << 10)

struct spool_reader {
	struct spool_disk disk;
	char *directory;
	struct spool_chain chain;
	struct spool_scan scan; // of the segment at hand
	const struct spool_link *link; // of it; NULL: none is open
	uint64_t wanted; // segment to go on with
	uint64_t start; // offset to go on at
	bool skip; // the entry there was had already
	uint64_t expected; // sequence
	uint64_t expired;
	struct spool_scan look; // for single commits and content
	struct mt_buf commits, piece;
};

struct spool_reader *spool_reader_open(
	const char *directory, const struct spool_disk *disk, struct mt_error *error)
{
	struct spool_reader *r = calloc(1, sizeof(*r));

	if (r == NULL || (r->directory = strdup(directory)) == NULL) {
		free(r);
		mt_error_set(error, ENOMEM, "no memory");
		return NULL;
	}
	r->disk = *disk;
	spool_chain_init(&r->chain, &r->disk, r->directory);
	spool_scan_init(&r->scan, &r->disk);
	spool_scan_init(&r->look, &r->disk);
	mt_buf_init(&r->commits, INDEX_MAX);
	mt_buf_init(&r->piece, PIECE);
	int rc = spool_chain_refresh(&r->chain);
	if (rc == 0)
		return r;
	mt_error_set(error, -rc, "%s: cannot be read as a spool: %s", directory,
		strerror(-rc));
	spool_reader_close(r);
	return NULL;
}

void spool_reader_close(struct spool_reader *r)
{
	if (r == NULL)
		return;
	spool_scan_fini(&r->scan);
	spool_scan_fini(&r->look);
	spool_chain_fini(&r->chain);
	mt_buf_fini(&r->commits);
	mt_buf_fini(&r->piece);
	free(r->directory);
	free(r);
}

void spool_reader_seek(struct spool_reader *r, uint64_t segment, uint64_t offset)
{
	spool_scan_close(&r->scan);
	r->link = NULL;
	r->wanted = segment;
	r->start = offset;
	r->skip = segment != 0;
	r->expected = 0;
}

uint64_t spool_reader_expired(const struct spool_reader *r)
{
	return r->expired;
}

// Looks at the spool again; what was read ahead may be old.
static int refresh(struct spool_reader *r)
{
	uint64_t number = r->link != NULL ? r->link->number : 0;

	int rc = spool_chain_refresh(&r->chain);
	r->link = NULL;
	if (rc != 0 || number == 0)
		return rc;
	r->link = spool_chain_from(&r->chain, number);
	if (r->link == NULL || r->link->number != number)
		r->link = NULL;
	return spool_scan_refresh(&r->scan);
}

// Opens the segment wanted, or the next that is there. 1, 0 when there is none, -errno.
static int open_wanted(struct spool_reader *r)
{
	const struct spool_link *x = spool_chain_from(&r->chain, r->wanted);

	if (x == NULL)
		return 0;
	bool moved = x->number != r->wanted;
	// Numbers may be left out; a sequence may not.
	if (moved && (r->skip || (r->expected != 0 && x->first > r->expected)))
		r->expired += x->number - r->wanted;
	int rc = spool_scan_open(&r->scan, r->directory, x->number, moved ? 0 : r->start);
	if (rc == -ENOENT) {
		r->expired++;
		r->wanted = x->number + 1;
		r->start = 0;
		r->skip = false;
		return 1;
	}
	if (rc != 0)
		return rc;
	r->skip = r->skip && !moved;
	r->link = x;
	return 1;
}

static void leave_segment(struct spool_reader *r)
{
	r->wanted = r->scan.number + 1;
	r->start = 0;
	r->skip = false;
	r->link = NULL;
	spool_scan_close(&r->scan);
}

// No entry stands here. 1: go on elsewhere; 0: nothing more for now; -errno.
static int pass_hole(struct spool_reader *r)
{
	const struct spool_link *next = spool_chain_from(&r->chain, r->scan.number + 1);

	if (r->expected >= r->chain.limit)
		return 0;
	if (next != NULL && (r->link == NULL || r->link->bound == r->expected)) {
		leave_segment(r);
		return 1;
	}
	// Damage, since everything below the limit was durable once.
	int rc = spool_scan_resync(&r->scan);
	if (rc == 0 && next != NULL) {
		leave_segment(r);
		return 1;
	}
	return rc;
}

static int load(struct spool_scan *scan, const struct spool_entry *e, uint64_t at,
	struct spool_found *ret)
{
	struct span payload;

	int rc = spool_scan_payload(scan, e, at, &payload);
	if (rc != 0)
		return rc;
	*ret = (struct spool_found){
		.type = e->type, .at = {e->segment, at, e->sequence}, .json = payload};
	if (e->type != SPOOL_ENTRY_COMMIT)
		return 0;
	rc = spool_part_decode(payload, &ret->part);
	ret->json = ret->part.text;
	return rc;
}

// One entry onward. 1: *ret is filled where its type is set; 0: nothing more for now; -errno.
static int step(struct spool_reader *r, struct spool_found *ret)
{
	struct spool_entry e;
	uint64_t at;

	int rc = r->link == NULL ? open_wanted(r) : 1;
	if (rc <= 0 || r->link == NULL)
		return rc;
	rc = spool_scan_next(&r->scan, &e, &at);
	if (rc != 1)
		return rc == 0 || rc == -EBADMSG ? pass_hole(r) : rc;
	if (e.sequence >= r->link->bound) {
		leave_segment(r);
		return 1;
	}
	if (e.sequence >= r->chain.limit) {
		r->scan.at = at;
		r->expected = e.sequence;
		return 0;
	}
	r->expected = e.sequence + 1;
	bool skip = r->skip;
	r->skip = false;
	if (skip || (e.type != SPOOL_ENTRY_COMMIT && e.type != SPOOL_ENTRY_RECORD))
		return 1;
	rc = load(&r->scan, &e, at, ret);
	if (rc != 0)
		ret->type = SPOOL_ENTRY_NONE;
	return rc == 0 || rc == -EBADMSG ? 1 : rc;
}

int spool_reader_next(struct spool_reader *r, struct spool_found *ret)
{
	bool fresh = false;

	ret->type = SPOOL_ENTRY_NONE;
	for (;;) {
		int rc = step(r, ret);
		if (rc < 0 || (rc == 0 && fresh))
			return rc;
		if (rc == 1 && ret->type != SPOOL_ENTRY_NONE)
			return 1;
		if (rc == 1)
			continue;
		rc = refresh(r);
		if (rc != 0)
			return rc;
		fresh = true;
	}
}

// --- single commits

static int load_commit(struct spool_reader *r, const struct spool_link *x,
	uint64_t offset, struct spool_found *ret)
{
	struct spool_entry e;
	uint64_t at;

	r->look.at = offset;
	if (offset % 8 != 0 || spool_scan_next(&r->look, &e, &at) != 1 ||
		e.type != SPOOL_ENTRY_COMMIT || e.sequence >= x->bound ||
		e.sequence >= r->chain.limit)
		return -ENOENT;
	return load(&r->look, &e, at, ret);
}

int spool_reader_load(
	struct spool_reader *r, const struct spool_position *at, struct spool_found *ret)
{
	const struct spool_link *x = spool_chain_from(&r->chain, at->segment);
	int rc = 0;

	if (x == NULL || at->sequence >= r->chain.limit) {
		rc = refresh(r);
		x = spool_chain_from(&r->chain, at->segment);
	}
	if (rc != 0 || x == NULL || x->number != at->segment)
		return rc;
	rc = spool_scan_open(&r->look, r->directory, x->number, 0);
	if (rc == 0)
		rc = load_commit(r, x, at->offset, ret);
	if (rc == 0 && ret->at.sequence != at->sequence)
		rc = -ENOENT;
	return rc == 0 ? 1 : rc == -ENOENT ? 0 : rc;
}

uint64_t spool_reader_limit(const struct spool_reader *r)
{
	return r->chain.limit;
}

static int list_commits(struct spool_reader *r, const struct spool_link *x)
{
	int rc = spool_chain_commits(&r->chain, x, &r->commits);

	return rc == 0 ? spool_scan_open(&r->look, r->directory, x->number, 0) : rc;
}

static const struct spool_index *commit_get(const struct spool_reader *r, size_t nth)
{
	return &((const struct spool_index *)(const void *)r->commits.ptr)[nth];
}

int spool_reader_find(
	struct spool_reader *r, const struct mt_id *id, struct spool_found *ret)
{
	int rc = refresh(r);

	for (size_t i = spool_chain_count(&r->chain); i > 0 && rc == 0; i--) {
		const struct spool_link *x = spool_chain_get(&r->chain, i - 1);
		rc = list_commits(r, x);
		for (size_t k = r->commits.len / sizeof(struct spool_index);
			k > 0 && rc == 0; k--)
			if (strcmp(commit_get(r, k - 1)->id.text, id->text) == 0 &&
				load_commit(r, x, commit_get(r, k - 1)->offset, ret) == 0)
				return 1;
		rc = rc == -ENOENT ? 0 : rc; // retention was quicker
	}
	return rc;
}

int spool_reader_newest(struct spool_reader *r, size_t n,
	bool (*each)(void *ctx, const struct spool_found *found), void *ctx)
{
	struct spool_found found;
	size_t told = 0;
	int rc = refresh(r);

	for (size_t i = spool_chain_count(&r->chain); i > 0 && rc == 0 && told < n; i--) {
		const struct spool_link *x = spool_chain_get(&r->chain, i - 1);
		rc = list_commits(r, x);
		size_t k = r->commits.len / sizeof(struct spool_index);
		for (; k > 0 && rc == 0 && told < n; k--) {
			if (load_commit(r, x, commit_get(r, k - 1)->offset, &found) != 0)
				continue;
			told++;
			if (!each(ctx, &found))
				return (int)told;
		}
		rc = rc == -ENOENT ? 0 : rc;
	}
	return rc == 0 ? (int)told : rc;
}

// --- content

static int tell_extent(struct spool_reader *r, const uint64_t extent[3],
	int (*take)(void *ctx, struct span text), void *ctx)
{
	struct spool_entry e;
	uint64_t at, left = extent[2];
	uint32_t crc = 0;

	if (extent[1] < SPOOL_ENTRY_SIZE || !mt_buf_reserve(&r->piece, PIECE))
		return extent[1] < SPOOL_ENTRY_SIZE ? -EBADMSG : -ENOMEM;
	int rc = 0;
	if (r->chain.scan.fd < 0 || r->chain.scan.number != extent[0])
		rc = spool_scan_open(&r->chain.scan, r->directory, extent[0], 0);
	if (rc != 0)
		return rc;
	r->chain.scan.at = extent[1] - SPOOL_ENTRY_SIZE;
	if (spool_scan_next(&r->chain.scan, &e, &at) != 1 ||
		e.type != SPOOL_ENTRY_CHUNK || e.length != left)
		return -EBADMSG;
	for (uint64_t offset = extent[1]; left > 0 && rc == 0;) {
		size_t len = left < PIECE ? (size_t)left : PIECE;
		rc = spool_file_read(
			&r->disk, r->chain.scan.fd, r->piece.ptr, len, offset);
		if (rc != 0)
			return rc;
		crc = mt_crc32c(crc, span_make(r->piece.ptr, len));
		rc = take(ctx, span_make(r->piece.ptr, len));
		offset += len;
		left -= len;
	}
	return rc != 0 ? rc : crc == e.crc ? 0 : -EBADMSG;
}

int spool_reader_content(struct spool_reader *r, const struct spool_found *found,
	int (*take)(void *ctx, struct span text), void *ctx)
{
	uint64_t extent[3];
	int rc = 0;

	if (found->type != SPOOL_ENTRY_COMMIT ||
		(found->part.flags & SPOOL_PART_UNKEPT) != 0)
		return -ENODATA;
	for (uint32_t i = 0; i < found->part.count && rc == 0; i++) {
		spool_extent_get(&found->part, i, extent);
		rc = tell_extent(r, extent, take, ctx);
	}
	spool_scan_close(&r->chain.scan);
	return rc;
}
