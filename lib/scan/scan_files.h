// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The signature files that some paths name, and what stands in one.

#include "scan_fault.h"

struct scan_files {
	char **names; // each a string of its own
	size_t count;
};

// Expands files and folders (their *.yaml, sorted, hidden ones left out) into names. What cannot
// be looked at is told; the rest is found. Free with scan_files_fini.
void scan_files_find(struct scan_files *files, const char *const *paths, size_t count,
	struct scan_faults *faults);
void scan_files_fini(struct scan_files *files);
// Adds the contents of a regular file to `out`. 0, or -EINVAL with the fault told.
int scan_files_read(const char *name, struct mt_buf *out, struct scan_faults *faults);
