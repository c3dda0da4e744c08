// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The announcer that owns eve.json: one line for every commit and record of the log, in log
// order, none twice and none left out, whatever stopped the process. Its cursor under state/ moves
// only after eve.json was synced; at start the lines behind the cursor are made again from the log
// and compared with what the file has. One thread, that of the spool's owner.

#include "spool_disk.h"

#include "mt_error.h"
#include "mt_span.h"

struct spool_eve_settings {
	const char *spool;
	const char *path; // NULL: SPOOL/eve.json
	uint64_t rotate; // octets; then the file is renamed to PATH.<UTC time>. 0: never
	uint64_t sync_us; // at most this long between cursor moves, 0: 5 s
	uint64_t sync_octets; // or this much text, 0: 4 MB
};

struct spool_eve;

// After spool_open, which cuts the log: mends the end of eve.json and announces what the log has
// beyond it. NULL with error text when the file cannot be opened or written.
struct spool_eve *spool_eve_open(const struct spool_eve_settings *settings,
	const struct spool_disk *disk, struct mt_error *error);
// One durable entry, by its place in the log; what the file has already is passed over. While the
// file is in trouble the line is left to be made again from the log. Always 0.
int spool_eve_line(
	struct spool_eve *e, struct span json, uint64_t segment, uint64_t offset);
// Writes what was gathered, syncs and moves the cursor when it is time, mends after trouble. Call
// when idle and now and then when busy. 0 or -errno of trouble with the file.
int spool_eve_tick(struct spool_eve *e, uint64_t now_us);
// The file was renamed by somebody else (SIGHUP): goes on in a new one. 0 or -errno.
int spool_eve_reopen(struct spool_eve *e);
// The segment from which on lines may have to be made again: retention must leave it alone.
uint64_t spool_eve_needs(const struct spool_eve *e);
// Writes, syncs and moves the cursor. 0 or -errno.
int spool_eve_close(struct spool_eve *e);
