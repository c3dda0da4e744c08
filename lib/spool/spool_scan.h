// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Walks the entries of one segment file, front to back. It judges single entries only; what they
// mean together (sequence, what is durable) is for recovery and readers.

#include "spool_disk.h"
#include "spool_entry.h"

#include "mt_buf.h"

struct spool_scan {
	const struct spool_disk *disk;
	int fd; // -1: nothing is open
	uint64_t number;
	uint64_t size;
	uint64_t at; // where the next entry is expected
	uint64_t window_at;
	struct mt_buf window, payload;
};

void spool_scan_init(struct spool_scan *scan, const struct spool_disk *disk);
void spool_scan_fini(struct spool_scan *scan);
// Begins at `at` of a segment; an earlier one is closed. 0 or -errno.
int spool_scan_open(
	struct spool_scan *scan, const char *directory, uint64_t number, uint64_t at);
void spool_scan_close(struct spool_scan *scan);
// Forgets what was read ahead: the file may have grown.
int spool_scan_refresh(struct spool_scan *scan);
// The next entry by its header: 1, and `at` is behind it; 0 at the end of the segment; -EBADMSG
// where no sound header stands (`at` stays); -errno.
int spool_scan_next(struct spool_scan *scan, struct spool_entry *ret, uint64_t *ret_at);
// The payload of the entry at that offset, lent until the next call. 0, -EBADMSG (CRC), -errno.
int spool_scan_payload(struct spool_scan *scan, const struct spool_entry *e, uint64_t at,
	struct span *ret);
// Only looks whether the payload is whole. 0, -EBADMSG, -errno.
int spool_scan_check(struct spool_scan *scan, const struct spool_entry *e, uint64_t at);
// Moves `at` on to the next sound header behind it: 1; 0 when there is none; -errno.
int spool_scan_resync(struct spool_scan *scan);
