// SPDX-License-Identifier: BSD-3-Clause
#include "content.h"
#include "field.h"
#include "verify.h"

#include <errno.h>
#include <inttypes.h>
#include <sysexits.h>

#define TELL_EACH 1000 // mails

static uint64_t size_of(const struct spool_part *part)
{
	uint64_t extent[3], size = 0;

	for (uint32_t i = 0; i < part->count; i++) {
		spool_extent_get(part, i, extent);
		size += extent[2];
	}
	return size;
}

static bool is_purged(const struct verify *v, const struct spool_part *part)
{
	uint64_t extent[3];

	for (uint32_t i = 0; i < part->count; i++) {
		spool_extent_get(part, i, extent);
		if (damage_is_tomb(&v->damage, extent[0], extent[1]))
			return true;
	}
	return false;
}

// Whether the record names the same extents as the entry that carries it.
static bool has_extents(const struct spool_part *part, const json_t *own)
{
	const json_t *told = json_object_get(own, "extents");
	uint64_t extent[3];

	if (json_array_size(told) != part->count)
		return false;
	for (uint32_t i = 0; i < part->count; i++) {
		const json_t *one = json_array_get(told, i);
		spool_extent_get(part, i, extent);
		for (size_t k = 0; k < 3; k++)
			if (!json_is_integer(json_array_get(one, k)) ||
				(uint64_t)json_integer_value(json_array_get(one, k)) !=
					extent[k])
				return false;
	}
	return true;
}

// Says where its content is broken, as far as the first pass found the place.
static void tell_content(
	struct verify *v, const struct spool_found *found, const char *why)
{
	uint64_t extent[3];
	bool told = false;

	for (uint32_t i = 0; i < found->part.count; i++) {
		spool_extent_get(&found->part, i, extent);
		if (!damage_take_chunk(&v->damage, extent[0], extent[1]))
			continue;
		damage_tell(&v->damage, extent[0], extent[1], found->part.id.text,
			"content does not match its CRC");
		told = true;
	}
	if (!told)
		damage_tell(&v->damage, found->at.segment, found->at.offset,
			found->part.id.text, "%s", why);
}

static void check_content(struct verify *v, struct spool_reader *r,
	const struct spool_found *found, const json_t *record)
{
	const json_t *own = json_object_get(record, "mailtap");
	struct mt_error why = {""};
	uint64_t size = size_of(&found->part);
	const char *id = found->part.id.text;

	if (!has_extents(&found->part, own) || size != field_u64(own, "size")) {
		damage_tell(&v->damage, found->at.segment, found->at.offset, id,
			"the record and its entry name different extents or sizes");
		return;
	}
	if (content_copy(r, found, record, NULL, &why) != 0) {
		tell_content(v, found, "content does not match its SHA-256");
		return;
	}
	v->counts.content += size;
}

static void check_mail(
	struct verify *v, struct spool_reader *r, const struct spool_found *found)
{
	json_t *record = field_read(found->json);
	const json_t *own = json_object_get(record, "mailtap");
	const char *id = found->part.id.text;

	v->counts.mails++;
	if (record == NULL || !field_is(own, "id", id))
		damage_tell(&v->damage, found->at.segment, found->at.offset, id,
			"the record is not this mail's");
	else if ((found->part.flags & SPOOL_PART_UNKEPT) != 0)
		v->counts.not_kept++;
	else if (is_purged(v, &found->part))
		v->counts.purged++;
	else
		check_content(v, r, found, record);
	json_decref(record);
}

int verify_mails(struct verify *v, uint64_t limit)
{
	struct mt_error error;
	struct spool_found found;
	struct spool_reader *r = spool_reader_open(v->spool, &spool_disk_real, &error);
	int rc;

	if (r == NULL)
		return -EIO;
	spool_reader_seek(r, 0, 0);
	while ((rc = spool_reader_next(r, &found)) == 1 && found.at.sequence < limit) {
		if (found.type != SPOOL_ENTRY_COMMIT)
			continue;
		check_mail(v, r, &found);
		if (v->progress && v->counts.mails % TELL_EACH == 0)
			fprintf(stderr, "\rmails: %" PRIu64 "\33[K", v->counts.mails);
	}
	spool_reader_close(r);
	if (rc >= 0)
		damage_tell_rest(&v->damage);
	return rc < 0 ? rc : 0;
}
