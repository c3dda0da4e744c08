// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Names of the files of a spool, and the small files under state/. Each of these holds a few
// numbers and a CRC; one that is absent or not whole counts as absent.

#include "spool_disk.h"

#include "mt_buf.h"

#define SPOOL_PATH_SIZE   4096
#define SPOOL_NUMBERS_MAX 6

// name: "" for the folder itself. False: the path is too long.
bool spool_file_path(char path[SPOOL_PATH_SIZE], const char *directory, const char *name);
bool spool_file_segment(
	char path[SPOOL_PATH_SIZE], const char *directory, uint64_t segment);
// The number in the name of a segment; 0 when it is none.
uint64_t spool_file_number(const char *name);
// All segments there are, as sorted uint64_t in `to`. 0 or -errno.
int spool_file_list(
	const struct spool_disk *disk, const char *directory, struct mt_buf *to);
int spool_file_open_segment(const struct spool_disk *disk, const char *directory,
	uint64_t segment, int flags);

// Reads len octets or fails: 0, -ENODATA when the file is shorter, -errno.
int spool_file_read(
	const struct spool_disk *disk, int fd, void *to, size_t len, uint64_t offset);
int spool_file_write(
	const struct spool_disk *disk, int fd, struct span from, uint64_t offset);

// n <= SPOOL_NUMBERS_MAX. 0, -ENOENT when absent or not whole, -errno.
int spool_state_read(const struct spool_disk *disk, const char *directory,
	const char *name, uint64_t *ret, size_t n);
// Written aside, synced, renamed, and the folder synced: the old or the new, never neither.
int spool_state_write(const struct spool_disk *disk, const char *directory,
	const char *name, const uint64_t *numbers, size_t n);
// Overwrites in place without syncing: for a hint that may be old or lost.
int spool_state_hint(
	const struct spool_disk *disk, int fd, const uint64_t *numbers, size_t n);
