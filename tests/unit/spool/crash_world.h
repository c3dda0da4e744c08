// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A small appliance on a simulated disk: it writes mails by a seeded script, dies when the disk
// says so, starts again, and remembers everything that it promised to anybody on the way.

#include "sim_disk.h"
#include "spool.h"
#include "spool_eve.h"

#define WORLD_SPOOL "/spool"
#define WORLD_MAILS 2048

struct story { // of one mail
	struct mt_id id;
	struct spool_mail *mail; // while it is open
	size_t size; // octets of content given
	bool large, refused;
	bool committed, kept, lost, announced;
};

struct world {
	struct sim_disk *disk;
	struct spool_disk calls;
	struct spool *spool;
	struct spool_eve *eve;
	struct story stories[WORLD_MAILS];
	size_t count;
	size_t open[8];
	size_t open_count;
	uint64_t random;
	uint64_t step;
	uint64_t lent, released;
	uint64_t records;
	const char *violation; // seen on the way; NULL: none
	enum spool_durability durability;
	bool faults;
	bool retains; // deletes old segments on the way
	int announce_fails; // so many offers are refused
};

void world_init(struct world *w, uint64_t seed);
void world_fini(struct world *w);
// One life: start, `steps` of the script, orderly end. Ends early when the disk dies.
void world_live(struct world *w, unsigned steps);
// The octet at an offset of the content of a mail.
uint8_t world_octet(size_t story, size_t offset);
struct story *world_find(struct world *w, const char *id);

// What is on the disk after an orderly end, against every promise. NULL when all were kept.
const char *world_check(struct world *w);
