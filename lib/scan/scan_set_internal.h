// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A set from the inside, for the files of this folder.

#include "scan_fault.h"
#include "scan_files.h"
#include "scan_set.h"

#include <stdatomic.h>

#include <hs/hs.h>

#define SCAN_HASH_SIZE 32
#define SCAN_NOTE_SIZE 256

struct scan_set {
	atomic_uint refs;
	struct scan_files files; // names that signatures point to
	struct scan_signature *signatures; // by id
	size_t count, room, disabled;
	size_t scope_counts[SCAN_SCOPE_COUNT];
	// One for each scope with signatures, else NULL. An expression's number is its index in
	// signatures.
	hs_database_t *databases[SCAN_SCOPE_COUNT];
	size_t database_octets, stream_octets;
	uint8_t hash[SCAN_HASH_SIZE];
	uint64_t load_us;
	bool from_cache;
	char note[SCAN_NOTE_SIZE];
};

static inline bool scan_set_has(
	const struct scan_set *set, size_t nth, enum scan_scope scope)
{
	return set->signatures[nth].scopes >> scope & 1;
}

// Makes the databases. 0; or -EINVAL: every expression that Hyperscan refuses was told.
int scan_compile(struct scan_set *set, struct scan_faults *faults);
// Tells what can be told of the expressions without compiling.
void scan_compile_check(struct scan_set *set, struct scan_faults *faults);
// The flags of a signature as Hyperscan knows them.
unsigned scan_compile_flags(const struct scan_signature *s);
// Sums up the sizes of the databases, whether compiled or fetched. 0; -E2BIG: larger than allowed,
// told where faults is not NULL; -EINVAL: they are not for streams.
int scan_compile_measure(struct scan_set *set, struct scan_faults *faults);
void scan_compile_free(struct scan_set *set);

// Fetches the databases of the set from the folder. False: they are not there or not usable, which
// the note of the set says where it matters.
bool scan_cache_fetch(struct scan_set *set, const char *folder);
// Keeps them there; what goes wrong is in the note of the set.
void scan_cache_keep(struct scan_set *set, const char *folder);
