// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Entries of the log on plain octets: what the writer puts down and what recovery and readers
// take up. Everything is little-endian and stands at a multiple of 8. An entry is a header of
// SPOOL_ENTRY_SIZE octets, its payload, and zeros up to the next multiple of 8.
//
//	 0 magic "MTSE"            8 segment sequence     24 length of the payload   32 CRC-32C of
//	 4 version, 5 type, 6 zero 16 entry sequence      28 mail slot, 0 for none      octets 0..31
//	                                                                             36 CRC-32C of
//	                                                                                the payload

#include "mt_id.h"

#define SPOOL_ENTRY_SIZE    40
#define SPOOL_ENTRY_VERSION 1
// No payload is longer. A header that says otherwise is not one.
#define SPOOL_ENTRY_MAX     (256u << 20)

// name, help
#define SPOOL_ENTRY_LIST(X)                                                                \
	X(NONE, "a header of zeros: the segment ends here")                                \
	X(OPEN, "first entry of a segment: struct spool_opening and the mails still open") \
	X(BEGIN, "a mail's content starts: part, text is its envelope")                    \
	X(CHUNK, "octets of content")                                                      \
	X(COMMIT, "part with extents, text is its record: this entry is the commit")       \
	X(ABORT, "part, text is the reason: a mail that will have no commit")              \
	X(RECORD, "any other record; a mail slot says that this mail is over")             \
	X(SYNC, "struct spool_position: everything before it was made durable")            \
	X(TOMB, "part with extents, text is the reason: content that was purged")          \
	X(SEAL, "end of a segment: struct spool_index[] and struct spool_trailer")

enum spool_entry_type {
#define X(name, help) SPOOL_ENTRY_##name,
	SPOOL_ENTRY_LIST(X)
#undef X
	SPOOL_ENTRY_COUNT
};

struct spool_entry {
	enum spool_entry_type type;
	uint32_t slot;
	uint32_t length; // of the payload
	uint32_t crc; // of the payload
	uint64_t segment;
	uint64_t sequence; // grows by one through the whole log
};

// A place in the log. `sequence` is that of the entry which stands (or will stand) there.
struct spool_position {
	uint64_t segment, offset, sequence;
};
#define SPOOL_POSITION_SIZE 24

// Octets of header, payload and padding.
static inline uint64_t spool_entry_span(uint32_t length)
{
	return SPOOL_ENTRY_SIZE + (((uint64_t)length + 7) & ~7ULL);
}

const char *spool_entry_name(enum spool_entry_type type);
void spool_entry_encode(const struct spool_entry *e, uint8_t to[SPOOL_ENTRY_SIZE]);
// 0; -ENODATA: zeros; -EBADMSG: not a header (cut, wrong magic, version, type or CRC).
int spool_entry_decode(struct span text, struct spool_entry *ret);

void spool_position_encode(
	const struct spool_position *p, uint8_t to[SPOOL_POSITION_SIZE]);
int spool_position_decode(struct span text, struct spool_position *ret); // 0 or -EBADMSG

// --- part: the payload about one mail
#define SPOOL_PART_SIZE   32
#define SPOOL_EXTENT_SIZE 24
#define SPOOL_PART_UNKEPT 1u // the content of this commit is not kept

struct spool_part {
	struct mt_id id;
	uint16_t flags;
	uint32_t count; // extents
	struct span extents; // as they stand in the payload
	struct span text;
};

void spool_part_encode(const struct mt_id *id, uint16_t flags, uint32_t count,
	uint8_t to[SPOOL_PART_SIZE]);
// Spans of the result point into the payload. 0 or -EBADMSG.
int spool_part_decode(struct span payload, struct spool_part *ret);
void spool_extent_encode(const uint64_t extent[3], uint8_t to[SPOOL_EXTENT_SIZE]);
// nth must be below p->count.
void spool_extent_get(const struct spool_part *p, uint32_t nth, uint64_t ret[3]);

// --- open
#define SPOOL_OPENING_SIZE 24
#define SPOOL_FORMAT       1

struct spool_opening {
	uint32_t format, appliance;
	uint64_t created_us;
	uint32_t count; // mails that follow
};

#define SPOOL_CARRIED_SIZE \
	8 // in front of the part of each mail: slot, length of the part

void spool_opening_encode(const struct spool_opening *o, uint8_t to[SPOOL_OPENING_SIZE]);
int spool_opening_decode(struct span payload, struct spool_opening *ret); // 0 or -EBADMSG
void spool_carried_encode(uint32_t slot, uint32_t length, uint8_t to[SPOOL_CARRIED_SIZE]);
// The mail at *offset of the payload of an open entry (begin with SPOOL_OPENING_SIZE); moves the
// offset on. 0 or -EBADMSG.
int spool_carried_next(
	struct span payload, size_t *offset, uint32_t *ret_slot, struct spool_part *ret);

// --- seal
#define SPOOL_INDEX_SIZE   40
#define SPOOL_TRAILER_SIZE 16

struct spool_index {
	struct mt_id id;
	uint16_t flags; // of the commit
	uint64_t offset; // of the commit entry
};

// The last octets of a sealed segment, so that a reader comes in from the end.
struct spool_trailer {
	uint64_t lowest; // oldest segment that a commit of this one points into
	uint64_t offset; // of the seal entry
};

void spool_index_encode(const struct spool_index *x, uint8_t to[SPOOL_INDEX_SIZE]);
size_t spool_index_count(struct span payload); // of a seal entry
// nth must be below the count. 0 or -EBADMSG.
int spool_index_get(struct span payload, size_t nth, struct spool_index *ret);
void spool_trailer_encode(const struct spool_trailer *t, uint8_t to[SPOOL_TRAILER_SIZE]);
int spool_trailer_decode(struct span text, struct spool_trailer *ret); // 0 or -EBADMSG
