// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Collects what is wrong with signature files: a line a fault, so many at most.

#include "mt_buf.h"

struct scan_place {
	const char *file; // NULL: nowhere
	int line, column; // from 1; 0: the file as a whole
};

struct scan_faults {
	struct mt_buf *out; // lent
	uint64_t count; // also of those not told
};

// Adds "file:line:column: text". Returns -EINVAL.
__attribute__((format(printf, 3, 4))) int scan_fault(
	struct scan_faults *f, struct scan_place at, const char *fmt, ...);
// Says how many were not told, if so.
void scan_faults_end(struct scan_faults *f);
