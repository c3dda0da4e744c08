// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the tests of lib/scan share: a folder of their own, sets made of text, and the hits of a
// mail as text: "id:scope:end id:scope:end", sorted.

#include "scan_stream.h"

#include <stdio.h>

#define BOX_HITS_MAX 4096

struct box {
	char folder[64];
	char path[96]; // of the file written last
	struct mt_buf faults; // of the load made last
	struct scan_pool *pool;
	struct scan_result result; // of the mail scanned last
	char hits[BOX_HITS_MAX][32];
	size_t hit_count;
	char text[BOX_HITS_MAX * 32];
};

extern struct box box;

void box_init(void);
void box_fini(void);
// Writes a file in the folder; box.path names it.
void box_write(const char *name, struct span text);
// Loads box_write's file, or with cache: by way of FOLDER/cache. NULL: see box.faults.
struct scan_set *box_load(const char *yaml, bool with_cache);
// The same, and it must work.
struct scan_set *box_must_load(const char *yaml);
// Loads, and puts in force in box.pool.
void box_use(const char *yaml);
// box.faults as text, the folder left out.
const char *box_faults(void);

struct scan_stream *box_begin(void);
// Ends and gives the hits.
const char *box_end(struct scan_stream *stream, bool whole);
// A mail given whole, or in pieces of so many octets.
const char *box_scan(struct span mail);
const char *box_scan_pieces(struct span mail, size_t piece);
// The number of files in a folder whose names end so.
int box_count_files(const char *folder, const char *suffix);
