// SPDX-License-Identifier: BSD-3-Clause
#include "spool_entry.h"

#include "mt_crc32c.h"

#include <endian.h>
#include <errno.h>

#define MAGIC  0x4553544dU // "MTSE"
#define CRC_AT 32

static void put16(uint8_t *to, uint16_t n)
{
	n = htole16(n);
	memcpy(to, &n, sizeof(n));
}

static void put32(uint8_t *to, uint32_t n)
{
	n = htole32(n);
	memcpy(to, &n, sizeof(n));
}

static void put64(uint8_t *to, uint64_t n)
{
	n = htole64(n);
	memcpy(to, &n, sizeof(n));
}

static uint16_t get16(const uint8_t *from)
{
	uint16_t n;

	memcpy(&n, from, sizeof(n));
	return le16toh(n);
}

static uint32_t get32(const uint8_t *from)
{
	uint32_t n;

	memcpy(&n, from, sizeof(n));
	return le32toh(n);
}

static uint64_t get64(const uint8_t *from)
{
	uint64_t n;

	memcpy(&n, from, sizeof(n));
	return le64toh(n);
}

const char *spool_entry_name(enum spool_entry_type type)
{
	static const char *const names[SPOOL_ENTRY_COUNT] = {
#define X(name, help) [SPOOL_ENTRY_##name] = #name,
		SPOOL_ENTRY_LIST(X)
#undef X
	};

	return type < SPOOL_ENTRY_COUNT ? names[type] : "?";
}

void spool_entry_encode(const struct spool_entry *e, uint8_t to[SPOOL_ENTRY_SIZE])
{
	put32(to, MAGIC);
	to[4] = SPOOL_ENTRY_VERSION;
	to[5] = (uint8_t)e->type;
	put16(to + 6, 0);
	put64(to + 8, e->segment);
	put64(to + 16, e->sequence);
	put32(to + 24, e->length);
	put32(to + 28, e->slot);
	put32(to + CRC_AT, mt_crc32c(0, span_make(to, CRC_AT)));
	put32(to + 36, e->crc);
}

int spool_entry_decode(struct span text, struct spool_entry *ret)
{
	static const uint8_t zeros[SPOOL_ENTRY_SIZE];
	const uint8_t *from = text.ptr;

	if (text.len < SPOOL_ENTRY_SIZE)
		return -EBADMSG;
	if (get32(from) != MAGIC)
		return memcmp(from, zeros, sizeof(zeros)) == 0 ? -ENODATA : -EBADMSG;
	if (from[4] != SPOOL_ENTRY_VERSION || from[5] == SPOOL_ENTRY_NONE ||
		from[5] >= SPOOL_ENTRY_COUNT || get32(from + 24) > SPOOL_ENTRY_MAX)
		return -EBADMSG;
	if (get32(from + CRC_AT) != mt_crc32c(0, span_make(from, CRC_AT)))
		return -EBADMSG;
	*ret = (struct spool_entry){
		.type = (enum spool_entry_type)from[5],
		.segment = get64(from + 8),
		.sequence = get64(from + 16),
		.length = get32(from + 24),
		.slot = get32(from + 28),
		.crc = get32(from + 36),
	};
	return 0;
}

void spool_position_encode(
	const struct spool_position *p, uint8_t to[SPOOL_POSITION_SIZE])
{
	put64(to, p->segment);
	put64(to + 8, p->offset);
	put64(to + 16, p->sequence);
}

int spool_position_decode(struct span text, struct spool_position *ret)
{
	if (text.len < SPOOL_POSITION_SIZE)
		return -EBADMSG;
	*ret = (struct spool_position){
		.segment = get64(text.ptr),
		.offset = get64(text.ptr + 8),
		.sequence = get64(text.ptr + 16),
	};
	return 0;
}

static int get_id(const uint8_t *from, struct mt_id *ret)
{
	if (!mt_id_is_valid(span_make(from, MT_ID_LEN)))
		return -EBADMSG;
	memcpy(ret->text, from, MT_ID_LEN);
	ret->text[MT_ID_LEN] = '\0';
	return 0;
}

void spool_part_encode(const struct mt_id *id, uint16_t flags, uint32_t count,
	uint8_t to[SPOOL_PART_SIZE])
{
	memcpy(to, id->text, MT_ID_LEN);
	put16(to + 26, flags);
	put32(to + 28, count);
}

int spool_part_decode(struct span payload, struct spool_part *ret)
{
	struct spool_part p;

	if (payload.len < SPOOL_PART_SIZE || get_id(payload.ptr, &p.id) != 0)
		return -EBADMSG;
	p.flags = get16(payload.ptr + 26);
	p.count = get32(payload.ptr + 28);
	payload = span_skip(payload, SPOOL_PART_SIZE);
	if (p.count > payload.len / SPOOL_EXTENT_SIZE)
		return -EBADMSG;
	p.extents = span_head(payload, (size_t)p.count * SPOOL_EXTENT_SIZE);
	p.text = span_skip(payload, p.extents.len);
	*ret = p;
	return 0;
}

void spool_extent_encode(const uint64_t extent[3], uint8_t to[SPOOL_EXTENT_SIZE])
{
	for (int i = 0; i < 3; i++)
		put64(to + i * 8, extent[i]);
}

void spool_extent_get(const struct spool_part *p, uint32_t nth, uint64_t ret[3])
{
	const uint8_t *from = p->extents.ptr + (size_t)nth * SPOOL_EXTENT_SIZE;

	for (int i = 0; i < 3; i++)
		ret[i] = get64(from + i * 8);
}

void spool_opening_encode(const struct spool_opening *o, uint8_t to[SPOOL_OPENING_SIZE])
{
	put32(to, o->format);
	put32(to + 4, o->appliance);
	put64(to + 8, o->created_us);
	put32(to + 16, o->count);
	put32(to + 20, 0);
}

int spool_opening_decode(struct span payload, struct spool_opening *ret)
{
	if (payload.len < SPOOL_OPENING_SIZE || get32(payload.ptr) != SPOOL_FORMAT)
		return -EBADMSG;
	*ret = (struct spool_opening){
		.format = get32(payload.ptr),
		.appliance = get32(payload.ptr + 4),
		.created_us = get64(payload.ptr + 8),
		.count = get32(payload.ptr + 16),
	};
	return 0;
}

void spool_carried_encode(uint32_t slot, uint32_t length, uint8_t to[SPOOL_CARRIED_SIZE])
{
	put32(to, slot);
	put32(to + 4, length);
}

int spool_carried_next(
	struct span payload, size_t *offset, uint32_t *ret_slot, struct spool_part *ret)
{
	struct span rest = span_skip(payload, *offset);

	if (rest.len < SPOOL_CARRIED_SIZE)
		return -EBADMSG;
	uint32_t slot = get32(rest.ptr), length = get32(rest.ptr + 4);
	rest = span_skip(rest, SPOOL_CARRIED_SIZE);
	if (length > rest.len || spool_part_decode(span_head(rest, length), ret) != 0)
		return -EBADMSG;
	*ret_slot = slot;
	*offset += SPOOL_CARRIED_SIZE + length;
	return 0;
}

void spool_index_encode(const struct spool_index *x, uint8_t to[SPOOL_INDEX_SIZE])
{
	memcpy(to, x->id.text, MT_ID_LEN);
	put16(to + 26, x->flags);
	put32(to + 28, 0);
	put64(to + 32, x->offset);
}

size_t spool_index_count(struct span payload)
{
	return payload.len < SPOOL_TRAILER_SIZE
		? 0
		: (payload.len - SPOOL_TRAILER_SIZE) / SPOOL_INDEX_SIZE;
}

int spool_index_get(struct span payload, size_t nth, struct spool_index *ret)
{
	const uint8_t *from = payload.ptr + nth * SPOOL_INDEX_SIZE;

	if (get_id(from, &ret->id) != 0)
		return -EBADMSG;
	ret->flags = get16(from + 26);
	ret->offset = get64(from + 32);
	return 0;
}

void spool_trailer_encode(const struct spool_trailer *t, uint8_t to[SPOOL_TRAILER_SIZE])
{
	put64(to, t->lowest);
	put64(to + 8, t->offset);
}

int spool_trailer_decode(struct span text, struct spool_trailer *ret)
{
	if (text.len < SPOOL_TRAILER_SIZE)
		return -EBADMSG;
	ret->lowest = get64(text.ptr);
	ret->offset = get64(text.ptr + 8);
	return 0;
}
