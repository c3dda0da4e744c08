// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What is wrong in a log, told line by line as it is found. Chunks of content are kept until it
// is known which mail they belong to, and whether they were purged on purpose.

#include "mt_buf.h"

struct damage {
	bool json;
	uint64_t count;
	struct mt_buf chunks; // struct damage_chunk[], in log order
	struct mt_buf tombs; // struct damage_chunk[], sorted by damage_sort
};

struct damage_chunk {
	uint64_t segment, offset; // of the payload
	bool told;
};

void damage_init(struct damage *d, bool json);
void damage_fini(struct damage *d);
// Tells it: place, mail ("": none is known) and words.
__attribute__((format(printf, 5, 6))) void damage_tell(struct damage *d, uint64_t segment,
	uint64_t offset, const char *id, const char *fmt, ...);
// A chunk whose payload does not match its CRC, and content that was purged.
void damage_add_chunk(struct damage *d, uint64_t segment, uint64_t offset);
void damage_add_tomb(struct damage *d, uint64_t segment, uint64_t offset);
void damage_sort(struct damage *d);
bool damage_is_tomb(const struct damage *d, uint64_t segment, uint64_t offset);
// Whether the chunk is broken; it counts as told from here on.
bool damage_take_chunk(struct damage *d, uint64_t segment, uint64_t offset);
// Tells those chunks that belong to no mail which was committed.
void damage_tell_rest(struct damage *d);
// Memory ran out: what was kept is not all.
bool damage_is_short(const struct damage *d);
