// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Two passes over the log. First every entry by itself: header, payload, sequence, index of the
// segment; then every mail that was committed: extents, size and SHA-256 against its record.

#include "damage.h"
#include "walk.h"

struct verify_counts {
	uint64_t segments, entries, octets; // octets of entries
	uint64_t mails, content; // checked whole; octets of content
	uint64_t not_kept, purged,
		expired; // mails without content; segments gone meanwhile
};

struct verify {
	const char *spool;
	struct damage damage;
	struct verify_counts counts;
	bool progress; // told on stderr
};

// Each: 0, or -errno where the log cannot be read.
int verify_entries(struct verify *v, struct walk *w);
int verify_mails(struct verify *v, uint64_t limit);
