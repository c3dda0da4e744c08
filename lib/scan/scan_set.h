// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The signatures of some YAML files, compiled: read once, then never changed. Loading takes
// seconds for a thousand signatures when it must compile; it touches nothing global, so it runs
// on any thread. A set is counted by references, taken and dropped on any thread; mails in flight
// keep the one they began with while another is put in force.

#include "scan_signature.h"

#include "mt_buf.h"

#define SCAN_FILES_MAX      1024u // of all folders together
#define SCAN_FILE_MAX       (8u << 20) // octets
#define SCAN_SIGNATURES_MAX 20000u
#define SCAN_DATABASE_MAX   (128u << 20) // octets, of a scope
#define SCAN_STREAM_MAX     (64u << 10) // octets that Hyperscan keeps of a mail, all scopes
#define SCAN_FAULTS_MAX     200u // told; a last line counts the rest

struct scan_settings {
	const char *const *paths; // files, and folders of which every *.yaml is read
	size_t path_count; // none: a set without signatures
	const char *cache; // folder for compiled sets, made when missing; NULL: none
};

struct scan_set;

// Loads a set and gives its first reference, or NULL. Then every fault found was added to
// `faults`, a line each: "file:line:column: id 7: what: why; what to do". (That an expression is
// too large shows only in compiling, so it is told once nothing else is wrong.) A cache that
// cannot be used is no fault: see scan_set_note.
struct scan_set *scan_set_load(
	const struct scan_settings *settings, struct mt_buf *faults);
// One more reference; returns the set.
struct scan_set *scan_set_hold(struct scan_set *set);
// Drops a reference, the last one frees the set. NULL is allowed.
void scan_set_drop(struct scan_set *set);

size_t scan_set_count(const struct scan_set *set);
// Of those in force, in the order of their ids; nth < count.
const struct scan_signature *scan_set_get(const struct scan_set *set, size_t nth);
// How many signatures are looked for in a scope.
size_t scan_set_scope_count(const struct scan_set *set, enum scan_scope scope);
// How many stand in the files with `enabled: no`.
size_t scan_set_disabled(const struct scan_set *set);
// SHA-256 of everything the signatures say, wherever they stand.
const uint8_t *scan_set_hash(const struct scan_set *set);
uint64_t scan_set_load_us(const struct scan_set *set); // reading, compiling or fetching
bool scan_set_from_cache(const struct scan_set *set); // not compiled now
size_t scan_set_database_octets(const struct scan_set *set); // all scopes
size_t scan_set_stream_octets(
	const struct scan_set *set); // that Hyperscan keeps of a mail
// Why the cache was not used or not written; "" when there is nothing to say.
const char *scan_set_note(const struct scan_set *set);
