// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A disk in memory that forgets like a real one. It keeps what was synced; of everything else a
// power cut keeps what a seeded choice says: nothing, all, some sectors of a write, later writes
// without earlier ones, names without their files. It counts calls and can stop the world at any.

#include "spool_disk.h"

#include <stdbool.h>

struct sim_disk;

enum sim_cut { // what becomes of that which was not synced
	SIM_LOSE,
	SIM_KEEP,
	SIM_TEAR, // each sector by itself
	SIM_REORDER, // each write by itself, whole
	SIM_CUT_COUNT
};

enum sim_site { // syncs that can be made to lie: they answer 0 and do nothing
	SIM_SITE_NONE,
	SIM_SITE_SEGMENT_DATA,
	SIM_SITE_SEGMENT_FOLDER,
	SIM_SITE_EVE_DATA,
};

struct sim_disk *sim_disk_create(void);
void sim_disk_destroy(struct sim_disk *d);
struct spool_disk sim_disk_calls(struct sim_disk *d);

uint64_t sim_disk_count(const struct sim_disk *d); // calls so far that change something
// The world stops before the nth call from now that changes something (0: never): nothing
// happens any more and every call fails.
void sim_disk_stop_at(struct sim_disk *d, uint64_t nth);
bool sim_disk_is_dead(const struct sim_disk *d);
// Power comes back: what is left is on the disk now.
void sim_disk_reboot(struct sim_disk *d, enum sim_cut cut, uint64_t seed);

void sim_disk_set_space(struct sim_disk *d, uint64_t octets); // UINT64_MAX: without end
// The next such call on a file below segments/ fails with EIO.
void sim_disk_fail_write(struct sim_disk *d);
void sim_disk_fail_sync(struct sim_disk *d);
void sim_disk_lie(struct sim_disk *d, enum sim_site site);
// For damage on purpose: flips a bit of a file. False when it is not there or too short.
bool sim_disk_flip(struct sim_disk *d, const char *path, uint64_t offset);
// Whole content of a file, lent; size -1 when it is not there.
const uint8_t *sim_disk_file(
	const struct sim_disk *d, const char *path, int64_t *ret_size);
