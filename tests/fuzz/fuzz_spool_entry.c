// SPDX-License-Identifier: BSD-3-Clause

// Octets as they may stand in a segment: every decoder must stay inside them, and what a decoder
// takes must come out the same again.

#include "spool_entry.h"

#include <stdlib.h>

#define CHECK(cond)              \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

static bool is_inside(struct span outer, struct span inner)
{
	return inner.len == 0 ||
		(inner.ptr >= outer.ptr &&
			inner.ptr + inner.len <= outer.ptr + outer.len);
}

static void try_part(struct span payload)
{
	struct spool_part p;
	uint64_t extent[3], sum = 0;

	if (spool_part_decode(payload, &p) != 0)
		return;
	CHECK(is_inside(payload, p.extents) && is_inside(payload, p.text));
	for (uint32_t i = 0; i < p.count; i++) {
		spool_extent_get(&p, i, extent);
		sum += extent[0] + extent[1] + extent[2];
	}
	CHECK(sum != 1 || p.count > 0);
}

static void try_open(struct span payload)
{
	struct spool_opening o;
	size_t offset = SPOOL_OPENING_SIZE, before;
	struct spool_part p;
	uint32_t slot;

	if (spool_opening_decode(payload, &o) != 0)
		return;
	do {
		before = offset;
	} while (spool_carried_next(payload, &offset, &slot, &p) == 0 &&
		offset > before && is_inside(payload, p.text));
	CHECK(offset <= payload.len);
}

static void try_seal(struct span payload)
{
	struct spool_trailer t;
	struct spool_index x;

	for (size_t i = 0; i < spool_index_count(payload); i++)
		spool_index_get(payload, i, &x);
	spool_trailer_decode(payload, &t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_make(data, size);
	uint8_t again[SPOOL_ENTRY_SIZE];
	struct spool_position position;
	struct spool_entry e;

	if (spool_entry_decode(text, &e) == 0) {
		spool_entry_encode(&e, again);
		CHECK(memcmp(again, data, 6) == 0 &&
			memcmp(again + 8, data + 8, 24) == 0);
	}
	struct span payload =
		span_skip(text, size >= SPOOL_ENTRY_SIZE ? SPOOL_ENTRY_SIZE : 0);
	try_part(payload);
	try_open(payload);
	try_seal(payload);
	spool_position_decode(payload, &position);
	return 0;
}
