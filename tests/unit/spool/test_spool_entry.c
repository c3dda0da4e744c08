// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "spool_entry.h"

#include <errno.h>

#include <criterion/criterion.h>

static const struct spool_entry sample = {
	.type = SPOOL_ENTRY_COMMIT,
	.slot = 0x01020304,
	.length = 77,
	.crc = 0xcafebabe,
	.segment = 0x1122334455667788,
	.sequence = 0x99aabbccddeeff00,
};

static struct mt_id some_id(void)
{
	return mt_id_make(1764000000000, 7, 42);
}

Test(spool_entry, a_header_is_little_endian_at_fixed_places)
{
	uint8_t text[SPOOL_ENTRY_SIZE];

	spool_entry_encode(&sample, text);
	cr_expect_eq(
		memcmp(text, "MTSE\x01\x04\0\0\x88\x77\x66\x55\x44\x33\x22\x11", 16), 0);
	cr_expect_eq(memcmp(text + 16,
			     "\x00\xff\xee\xdd\xcc\xbb\xaa\x99\x4d\0\0\0\4\3\2\1", 16),
		0);
	cr_expect_eq(memcmp(text + 36, "\xbe\xba\xfe\xca", 4), 0);
}

Test(spool_entry, a_header_comes_back_as_it_was)
{
	uint8_t text[SPOOL_ENTRY_SIZE];
	struct spool_entry e;

	spool_entry_encode(&sample, text);
	cr_assert_eq(spool_entry_decode(span_make(text, sizeof(text)), &e), 0);
	cr_expect_eq(e.type, sample.type);
	cr_expect_eq(e.slot, sample.slot);
	cr_expect_eq(e.length, sample.length);
	cr_expect_eq(e.crc, sample.crc);
	cr_expect_eq(e.segment, sample.segment);
	cr_expect_eq(e.sequence, sample.sequence);
}

Test(spool_entry, any_flipped_bit_of_a_header_is_noticed)
{
	uint8_t text[SPOOL_ENTRY_SIZE];
	struct spool_entry e;

	spool_entry_encode(&sample, text);
	for (size_t bit = 0; bit < 36 * 8; bit++) {
		text[bit / 8] ^= (uint8_t)(1u << bit % 8);
		cr_expect_eq(spool_entry_decode(span_make(text, sizeof(text)), &e),
			-EBADMSG, "bit %zu", bit);
		text[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

Test(spool_entry, a_cut_header_is_none_and_zeros_are_the_end)
{
	uint8_t text[SPOOL_ENTRY_SIZE];
	uint8_t zeros[SPOOL_ENTRY_SIZE] = {0};
	struct spool_entry e;

	spool_entry_encode(&sample, text);
	for (size_t len = 0; len < sizeof(text); len++) {
		struct guard g = guard_make(span_make(text, len));
		cr_expect_eq(spool_entry_decode(g.text, &e), -EBADMSG);
		guard_free(&g);
	}
	cr_expect_eq(spool_entry_decode(span_make(zeros, sizeof(zeros)), &e), -ENODATA);
}

static size_t make_part(uint8_t *to, uint32_t count, const char *text)
{
	struct mt_id id = some_id();
	uint64_t extent[3] = {3, 4096, 70};

	spool_part_encode(&id, SPOOL_PART_UNKEPT, count, to);
	for (uint32_t i = 0; i < count; i++) {
		extent[2] = 70 + i;
		spool_extent_encode(extent, to + SPOOL_PART_SIZE + i * SPOOL_EXTENT_SIZE);
	}
	memcpy(to + SPOOL_PART_SIZE + count * SPOOL_EXTENT_SIZE, text, strlen(text));
	return SPOOL_PART_SIZE + count * SPOOL_EXTENT_SIZE + strlen(text);
}

Test(spool_entry, a_part_cut_anywhere_is_refused_or_loses_only_text)
{
	uint8_t text[256];
	struct spool_part p;
	uint64_t extent[3];
	size_t whole = make_part(text, 2, "{\"a\":1}");

	for (size_t len = 0; len <= whole; len++) {
		struct guard g = guard_make(span_make(text, len));
		int rc = spool_part_decode(g.text, &p);
		bool enough = len >= SPOOL_PART_SIZE + 2 * SPOOL_EXTENT_SIZE;
		cr_expect_eq(rc, enough ? 0 : -EBADMSG, "%zu octets", len);
		if (rc == 0) {
			spool_extent_get(&p, 1, extent);
			cr_expect_eq(extent[2], 71);
			cr_expect_eq(p.text.len,
				len - SPOOL_PART_SIZE - 2 * SPOOL_EXTENT_SIZE);
			cr_expect_eq(p.flags, SPOOL_PART_UNKEPT);
			cr_expect_str_eq(p.id.text, some_id().text);
		}
		guard_free(&g);
	}
}

Test(spool_entry, a_part_with_an_absurd_count_or_no_id_is_refused)
{
	uint8_t text[256];
	struct spool_part p;
	size_t len = make_part(text, 1, "x");

	memset(text + 28, 0xff, 4);
	cr_expect_eq(spool_part_decode(span_make(text, len), &p), -EBADMSG);
	len = make_part(text, 1, "x");
	text[3] = 'U';
	cr_expect_eq(spool_part_decode(span_make(text, len), &p), -EBADMSG);
}

Test(spool_entry, mails_carried_in_an_open_entry_come_one_by_one)
{
	struct spool_opening o = {
		.format = SPOOL_FORMAT, .appliance = 7, .created_us = 9, .count = 2};
	uint8_t text[512];
	size_t len = SPOOL_OPENING_SIZE, offset = SPOOL_OPENING_SIZE;
	struct spool_part p;
	uint32_t slot;

	spool_opening_encode(&o, text);
	for (uint32_t i = 0; i < 2; i++) {
		size_t part = make_part(text + len + SPOOL_CARRIED_SIZE, i, "{}");
		spool_carried_encode(5 + i, (uint32_t)part, text + len);
		len += SPOOL_CARRIED_SIZE + part;
	}
	struct guard g = guard_make(span_make(text, len));
	cr_assert_eq(spool_opening_decode(g.text, &o), 0);
	cr_expect_eq(o.count, 2);
	for (uint32_t i = 0; i < 2; i++) {
		cr_assert_eq(spool_carried_next(g.text, &offset, &slot, &p), 0);
		cr_expect_eq(slot, 5 + i);
		cr_expect_eq(p.count, i);
	}
	cr_expect_eq(spool_carried_next(g.text, &offset, &slot, &p), -EBADMSG);
	guard_free(&g);
}

Test(spool_entry, seal_position_and_trailer_come_back)
{
	struct spool_index x = {.id = some_id(), .flags = 1, .offset = 4711}, y;
	struct spool_trailer t = {.lowest = 3, .offset = 99}, u;
	struct spool_position p = {1, 2, 3}, q;
	uint8_t text[SPOOL_INDEX_SIZE + SPOOL_TRAILER_SIZE],
		position[SPOOL_POSITION_SIZE];

	spool_index_encode(&x, text);
	spool_trailer_encode(&t, text + SPOOL_INDEX_SIZE);
	struct span payload = span_make(text, sizeof(text));
	cr_assert_eq(spool_index_count(payload), 1);
	cr_assert_eq(spool_index_get(payload, 0, &y), 0);
	cr_expect_eq(y.offset, 4711);
	cr_expect_str_eq(y.id.text, x.id.text);
	cr_assert_eq(spool_trailer_decode(span_skip(payload, SPOOL_INDEX_SIZE), &u), 0);
	cr_expect(u.lowest == 3 && u.offset == 99);
	spool_position_encode(&p, position);
	cr_assert_eq(spool_position_decode(span_make(position, sizeof(position)), &q), 0);
	cr_expect(q.segment == 1 && q.offset == 2 && q.sequence == 3);
	cr_expect_eq(spool_position_decode(span_make(position, 23), &q), -EBADMSG);
}
