// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Finds where the header of a mail ends: behind the first line that has nothing in it but its
// line end, LF or CR LF. Holds three states, so the octets may be cut anywhere.

#include "mt_span.h"

enum scan_line {
	SCAN_LINE_BEGIN, // nothing of this line was seen yet
	SCAN_LINE_CR, // a CR and nothing else
	SCAN_LINE_INSIDE, // something
};

struct scan_split { // all zero at the beginning of a mail
	enum scan_line line;
	bool ended; // the empty line was seen
};

// How many octets of text still belong to the header.
size_t scan_split_feed(struct scan_split *s, struct span text);
// Octets are missing here. What comes next ends a line that may have had something in it.
static inline void scan_split_gap(struct scan_split *s)
{
	s->line = SCAN_LINE_INSIDE;
}
