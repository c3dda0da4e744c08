// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A spool on a simulated disk that notes what it tells, for tests of one thing at a time.

#include "sim_disk.h"
#include "spool.h"
#include "spool_eve.h"

#include "mt_buf.h"

struct box {
	struct sim_disk *disk;
	struct spool_disk calls;
	struct spool_settings settings; // changed by a test before box_open
	struct spool *spool;
	struct spool_eve *eve; // takes announcements while it is not NULL
	struct mt_buf told; // announced JSON, one a line
	struct mt_buf lost; // ids, one a line
	unsigned released;
	int code;
	struct mt_error error;
};

void box_init(struct box *b);
void box_fini(struct box *b);
void box_open(struct box *b); // fails the test when it cannot
void box_close(struct box *b);
// Power cut: closes what is open without effect, and comes back with what was synced.
void box_crash(struct box *b, enum sim_cut cut);
void box_sync(struct box *b);
struct spool_mail *box_begin(struct box *b, struct mt_id *ret_id);
// A whole mail; the content is copied. Its id.
struct mt_id box_mail(struct box *b, const char *content, const char *json);
bool box_told(const struct box *b, const char *text);
size_t box_told_lines(const struct box *b);
