// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What recovery learns from the entries it walks: mails still open, commits of the segment at
// hand (for its seal), purged content, damage.

#include "spool_internal.h"
#include "spool_scan.h"

struct spool_grave {
	uint64_t extent[3];
	uint64_t sequence; // of the tomb
};

struct spool_leftover {
	struct spool *s; // its open list takes the mails
	struct mt_buf *corrupt; // struct spool_damage[]
	struct mt_buf table; // struct spool_mail *[] by slot
	struct mt_buf tombs; // struct spool_grave[]
	uint64_t trusted; // tombs from this sequence on are not
	uint64_t relied; // youngest tomb that excused something
	struct mt_buf index; // encoded struct spool_index[]
	struct mt_buf seal; // the seal entry, when made
	uint64_t lowest;
};

void spool_leftover_init(
	struct spool_leftover *l, struct spool *s, struct mt_buf *corrupt);
void spool_leftover_fini(struct spool_leftover *l);
// Forgets all but the tombs, and trusts only those before a sequence.
void spool_leftover_restart(struct spool_leftover *l, uint64_t trusted);
// Another segment begins.
void spool_leftover_segment(struct spool_leftover *l);
// One entry that counts.
void spool_leftover_take(struct spool_leftover *l, struct spool_scan *scan,
	const struct spool_entry *e, uint64_t at);
// A tomb, wherever it stands: the content it names may be gone without being damaged.
void spool_leftover_tomb(struct spool_leftover *l, struct spool_scan *scan,
	const struct spool_entry *e, uint64_t at);
bool spool_leftover_is_purged(
	struct spool_leftover *l, const struct spool_entry *e, uint64_t at);
void spool_leftover_damage(struct spool_leftover *l, const struct spool_damage *d);
// Makes the seal entry for the segment at hand, to stand at that position.
bool spool_leftover_seal(struct spool_leftover *l, const struct spool_position *at);
// What a crash left of purged content is purged again: that of the trusted tombs. 0 or -ENOMEM.
int spool_leftover_end(struct spool_leftover *l);
