// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// NAME.verdicts: the lines of verdict.h, only ever appended, by this process alone. A verdict
// counts when its line is on the disk. What a crash left torn at the end is cut at the next start.
// When the file has grown past its size it is renamed to NAME.verdicts.<time> and begun anew;
// old ones are the operator's to keep or remove.

#include "state.h"
#include "verdict.h"

// Lines that were not flushed: a batch of a folder and some at most.
#define JOURNAL_LINES_MAX (384u * VERDICT_LINE_MAX)

struct journal {
	const struct state *state;
	const char *output;
	char name[64]; // of the file
	int fd;
	uint64_t inode, size; // size: octets that are on the disk
	struct mt_buf lines; // added since
	uint64_t count; // of these
};

// `output` is lent. 0 or -errno.
int journal_open(struct journal *j, const struct state *state, const char *output);
// Lines that were not flushed are lost.
void journal_close(struct journal *j);
// Tells the id of each verdict behind what a cursor knows of (inode, size), and cuts a torn end.
// 0 or -errno.
int journal_recover(struct journal *j, uint64_t inode, uint64_t size,
	void (*each)(void *ctx, const struct mt_id *id), void *ctx);
void journal_add(struct journal *j, const struct verdict *v, uint64_t now_us);
void journal_add_gap(
	struct journal *j, uint64_t segments, uint64_t entries, uint64_t now_us);
// Puts what was added on the disk. 0; -errno when it could not be written: try again later;
// -ESTALE when the disk lost what it had taken: this process must not go on.
int journal_flush(struct journal *j);
// Begins a new file. The cursor on the disk must know of everything in the old one. 0 or -errno.
int journal_rotate(struct journal *j, uint64_t now_us);
