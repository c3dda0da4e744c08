// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Files of a cache folder: whole or absent, nobody else's, few.

#include "mt_span.h"

#define SCAN_CACHE_KEPT   8 // files that stay, the ones used last
#define SCAN_CACHE_SUFFIX ".hs"

struct scan_cache_file {
	uint8_t *ptr; // NULL when it could not be read; free() it
	size_t len;
	const char *why; // it could not be read; NULL: it is not there
};

// Reads a file of at most max octets that belongs to us (or root) and that nobody else may write,
// and notes that it was used.
struct scan_cache_file scan_cache_file_read(
	const char *folder, const char *name, size_t max);
// Writes the parts aside, syncs and renames; makes the folder when it is missing (not those above
// it). 0 or -errno.
int scan_cache_file_write(
	const char *folder, const char *name, const struct span *parts, size_t count);
// Removes all but the SCAN_CACHE_KEPT files used last, and what writers left behind an hour ago.
void scan_cache_file_prune(const char *folder);
