// SPDX-License-Identifier: BSD-3-Clause
#include "newest.h"

#include "walk.h"

#include <errno.h>
#include <sysexits.h>

#define PLACES_MAX (1u << 30)

static const char marked[] = "\"event_type\":\"smtp\"";

// Where commits and other records of this segment stand.
static int list_places(struct walk *w, struct mt_buf *to)
{
	struct spool_entry e;
	uint64_t at;
	int rc;

	mt_buf_clear(to);
	while ((rc = walk_next(w, &e, &at)) == 1 || rc == -EBADMSG)
		if (rc == 1 &&
			(e.type == SPOOL_ENTRY_COMMIT || e.type == SPOOL_ENTRY_RECORD))
			mt_buf_add(to, span_make(&at, sizeof(at)));
	return rc == 0 && to->full ? -ENOMEM : rc;
}

static bool load(struct walk *w, uint64_t place, struct newest_mail *ret)
{
	struct spool_part part;
	struct spool_entry e;
	struct span payload;
	uint64_t at;

	w->scan.at = place;
	if (spool_scan_next(&w->scan, &e, &at) != 1 ||
		spool_scan_payload(&w->scan, &e, at, &payload) != 0)
		return false;
	if (e.type == SPOOL_ENTRY_COMMIT) {
		if (spool_part_decode(payload, &part) != 0)
			return false;
		*ret = (struct newest_mail){false, part.text};
		return true;
	}
	*ret = (struct newest_mail){true, payload};
	return memmem(payload.ptr, payload.len, marked, sizeof(marked) - 1) != NULL;
}

static int walk_back(struct walk *w, struct mt_buf *places,
	bool (*each)(void *ctx, const struct newest_mail *mail), void *ctx)
{
	struct newest_mail mail;
	int rc = 0;

	for (size_t i = walk_segments(w); i > 0 && rc == 0; i--) {
		rc = walk_open(w, i - 1, false);
		if (rc == 0)
			rc = list_places(w, places);
		const uint64_t *place = (const void *)places->ptr;
		for (size_t k = places->len / sizeof(*place); k > 0 && rc == 0; k--)
			if (load(w, place[k - 1], &mail) && !each(ctx, &mail))
				return 0;
		rc = rc == -ENOENT ? 0 : rc; // retention was quicker
	}
	return rc;
}

int newest_mails(const char *spool,
	bool (*each)(void *ctx, const struct newest_mail *mail), void *ctx,
	struct mt_error *error)
{
	struct mt_buf places;
	struct walk w;
	int code = walk_init(&w, spool, error);

	if (code != 0)
		return code;
	mt_buf_init(&places, PLACES_MAX);
	int rc = walk_back(&w, &places, each, ctx);
	mt_buf_fini(&places);
	walk_fini(&w);
	if (rc == 0)
		return 0;
	mt_error_set(error, 0, "%s: %s", spool, strerror(-rc));
	return EX_IOERR;
}
