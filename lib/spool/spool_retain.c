// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include <errno.h>

// A segment that is never full would keep its oldest mail for ever: one is begun so often in the
// time that mails may live.
#define SEGMENTS_PER_AGE 8

static bool points_into(const struct spool_item *item, uint64_t number)
{
	struct spool_part part;
	uint64_t extent[3];

	if (item->type != SPOOL_ENTRY_COMMIT ||
		spool_part_decode(mt_buf_span(&item->payload), &part) != 0)
		return false;
	for (uint32_t i = 0; i < part.count; i++) {
		spool_extent_get(&part, i, extent);
		if (extent[0] == number)
			return true;
	}
	return false;
}

// Written to, not durable yet, or with content of a mail that was not announced.
static bool is_in_use(struct spool *s, uint64_t number)
{
	const struct spool_item *item;
	const struct spool_mail *m;

	if (spool_segment_find(s, number) != NULL)
		return true;
	TAILQ_FOREACH(m, &s->open, link)
		for (size_t i = 0; i < m->count; i++)
			if (m->extents[i][0] == number)
				return true;
	TAILQ_FOREACH(item, &s->items, link)
		if (points_into(item, number))
			return true;
	return false;
}

// Every commit of a segment is older than the beginning of the next one.
static bool is_too_old(
	const struct spool_known *next, const struct spool_retention *r, uint64_t wall_us)
{
	return r->age_us != 0 && next != NULL && next->created_us + r->age_us <= wall_us;
}

static bool is_too_large(struct spool *s, const struct spool_retention *r)
{
	return r->size != 0 && spool_known_octets(s) > r->size;
}

static bool is_too_full(struct spool *s, const struct spool_retention *r)
{
	uint64_t left, total;

	if ((r->free == 0 && r->free_percent == 0) ||
		s->disk.free_space(s->disk.ctx, s->directory, &left, &total) != 0)
		return false;
	return left < r->free || left < total / 100 * r->free_percent;
}

// The name of the limit that the log exceeds, or NULL.
static const char *exceeded(
	struct spool *s, const struct spool_retention *r, uint64_t wall_us)
{
	return is_too_old(spool_known_get(s, 1), r, wall_us) ? "age"
		: is_too_large(s, r)                         ? "size"
		: is_too_full(s, r)                          ? "free"
							     : NULL;
}

static void tell(struct spool *s, const struct spool_known *k, const char *why)
{
	struct mt_buf json;
	struct mt_json j;

	mt_buf_init(&json, SPOOL_ENTRY_MAX);
	spool_record_begin(&j, &json, "expired");
	mt_json_text(&j, "limit", why);
	mt_json_u64(&j, "segment", k->number);
	mt_json_u64(&j, "mails", k->mails);
	mt_json_u64(&j, "octets", k->octets);
	mt_json_close(&j, '}');
	mt_json_close(&j, '}');
	spool_record(s, mt_buf_span(&json));
	mt_buf_fini(&json);
}

static int drop_oldest(struct spool *s, const char *why)
{
	const struct spool_known k = *spool_known_get(s, 0);
	char path[SPOOL_PATH_SIZE], folder[SPOOL_PATH_SIZE];

	if (!spool_file_segment(path, s->directory, k.number) ||
		!spool_file_path(folder, s->directory, "segments"))
		return -ENAMETOOLONG;
	int rc = s->disk.unlink(s->disk.ctx, path);
	if (rc != 0 && rc != -ENOENT)
		return rc;
	s->known.len -= sizeof(k);
	memmove(s->known.ptr, s->known.ptr + sizeof(k), s->known.len);
	s->status.expired_segments++;
	s->status.expired_mails += k.mails;
	// In order: a younger one must not be gone for good before an older one.
	rc = s->disk.fsync_dir(s->disk.ctx, folder);
	tell(s, &k, why);
	return rc;
}

static void begin_anew_when_old(
	struct spool *s, const struct spool_retention *r, uint64_t wall_us)
{
	size_t n = s->known.len / sizeof(struct spool_known);
	const struct spool_known *last = n > 0 ? spool_known_get(s, n - 1) : NULL;

	if (r->age_us == 0 || s->segment == NULL || last == NULL ||
		last->number != s->segment->number || s->segment->mails == 0 ||
		last->created_us + r->age_us / SEGMENTS_PER_AGE > wall_us)
		return;
	if (spool_segment_seal(s) == 0)
		spool_ready(s);
}

int spool_retain(struct spool *s, const struct spool_retention *r, uint64_t wall_us,
	uint64_t needed)
{
	begin_anew_when_old(s, r, wall_us);
	const char *why = exceeded(s, r, wall_us);
	if (why == NULL)
		return 0;
	const struct spool_known *k = spool_known_get(s, 0);
	if (k == NULL || k->number >= needed || is_in_use(s, k->number))
		return -EBUSY;
	int rc = drop_oldest(s, why);
	return rc == 0 ? 1 : rc;
}
