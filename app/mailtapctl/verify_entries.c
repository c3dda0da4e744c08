// SPDX-License-Identifier: BSD-3-Clause
#include "verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define COMMITS_MAX (1u << 30)

struct pass {
	struct verify *v;
	struct walk *w;
	struct mt_buf commits; // offsets in this segment
	bool damaged; // so the index may say more than was found
};

static void tell(struct pass *p, uint64_t offset, const char *what)
{
	p->damaged = true;
	damage_tell(&p->v->damage, p->w->link->number, offset, "", "%s", what);
}

static void take_tomb(struct pass *p, const struct spool_part *part)
{
	uint64_t extent[3];

	for (uint32_t i = 0; i < part->count; i++) {
		spool_extent_get(part, i, extent);
		damage_add_tomb(&p->v->damage, extent[0], extent[1]);
	}
}

// The index must name the commits of the segment, all of them and no others.
static void check_seal(struct pass *p, struct span payload, uint64_t at)
{
	const uint64_t *commit = (const void *)p->commits.ptr;
	size_t count = p->commits.len / sizeof(*commit);
	struct spool_index x;
	bool same = spool_index_count(payload) == count;

	for (size_t i = 0; i < count && same; i++)
		same = spool_index_get(payload, i, &x) == 0 && x.offset == commit[i];
	if (!same && !p->damaged)
		tell(p, at, "the index of the segment is not that of its commits");
}

static void take_payload(struct pass *p, const struct spool_entry *e, uint64_t at)
{
	struct spool_part part;
	struct span payload;

	int rc = spool_scan_payload(&p->w->scan, e, at, &payload);
	if (rc != 0) {
		tell(p, at,
			rc == -EBADMSG ? "payload does not match its CRC"
				       : "payload cannot be read");
		return;
	}
	if (e->type == SPOOL_ENTRY_SEAL)
		check_seal(p, payload, at);
	if (e->type != SPOOL_ENTRY_COMMIT && e->type != SPOOL_ENTRY_TOMB &&
		e->type != SPOOL_ENTRY_BEGIN && e->type != SPOOL_ENTRY_ABORT)
		return;
	if (spool_part_decode(payload, &part) != 0)
		tell(p, at, "payload is not what its type says");
	else if (e->type == SPOOL_ENTRY_TOMB)
		take_tomb(p, &part);
	else if (e->type == SPOOL_ENTRY_COMMIT)
		mt_buf_add(&p->commits, span_make(&at, sizeof(at)));
}

static void take_entry(struct pass *p, const struct spool_entry *e, uint64_t at)
{
	struct verify *v = p->v;

	if (p->w->missing > 0) {
		p->damaged = true;
		damage_tell(&v->damage, e->segment, at, "",
			"%" PRIu64 " entries are missing in front of it", p->w->missing);
	}
	v->counts.entries++;
	v->counts.octets += spool_entry_span(e->length);
	if (e->type != SPOOL_ENTRY_CHUNK)
		take_payload(p, e, at);
	else if (spool_scan_check(&p->w->scan, e, at) != 0)
		damage_add_chunk(&v->damage, e->segment, at + SPOOL_ENTRY_SIZE);
}

static void tell_progress(const struct verify *v, size_t nth, size_t of, const char *what)
{
	if (v->progress)
		fprintf(stderr, "\r%s: segment %zu of %zu, %" PRIu64 "M\33[K", what, nth,
			of, v->counts.octets >> 20);
}

static int check_segment(struct pass *p, size_t nth)
{
	struct spool_entry e;
	uint64_t at, told = 0;
	int rc;

	p->damaged = false;
	mt_buf_clear(&p->commits);
	while ((rc = walk_next(p->w, &e, &at)) == 1 || rc == -EBADMSG) {
		if (rc == 1)
			take_entry(p, &e, at);
		else
			tell(p, at, "no sound entry stands here");
		if (p->w->scan.at - told < 16u << 20)
			continue;
		told = p->w->scan.at;
		tell_progress(p->v, nth + 1, walk_segments(p->w), "entries");
	}
	p->v->counts.segments++;
	return rc;
}

int verify_entries(struct verify *v, struct walk *w)
{
	struct pass p = {.v = v, .w = w};
	int rc = 0;

	mt_buf_init(&p.commits, COMMITS_MAX);
	for (size_t i = 0; i < walk_segments(w) && rc == 0; i++) {
		rc = walk_open(w, i, i > 0);
		if (rc == 0)
			rc = check_segment(&p, i);
		if (rc != -ENOENT)
			continue;
		// Retention was quicker: what comes next may well begin anywhere.
		v->counts.expired++;
		w->expected = 0;
		rc = 0;
	}
	if (rc == 0 && (p.commits.full || damage_is_short(&v->damage)))
		rc = -ENOMEM;
	mt_buf_fini(&p.commits);
	damage_sort(&v->damage);
	return rc;
}
