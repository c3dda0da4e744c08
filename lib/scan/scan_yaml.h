// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// YAML text of a signature file as entries: the maps in the list under `signatures:`. Knows the
// shape of such a file and nothing of what the keys mean. Reads on behind whatever is wrong, as
// long as it is YAML.

#include "scan_fault.h"

#define SCAN_FIELDS_MAX 24 // keys of an entry
#define SCAN_VALUES_MAX 64 // of all keys of an entry

struct scan_value {
	char *text; // UTF-8 without control characters but \t, \r, \n; ends with NUL
	struct scan_place at;
	bool block; // written with | or >
};

enum scan_shape {
	SCAN_EMPTY, // nothing, "~" or "null"
	SCAN_SCALAR,
	SCAN_LIST, // of scalars
	SCAN_OTHER, // told already
};

struct scan_field {
	char *key;
	struct scan_place key_at, at;
	enum scan_shape shape;
	int first, count; // its values
};

struct scan_entry {
	struct scan_place at;
	struct scan_field fields[SCAN_FIELDS_MAX];
	struct scan_value values[SCAN_VALUES_MAX];
	int field_count, value_count;
};

// Takes one entry, lent until it returns.
typedef void scan_take(void *ctx, const struct scan_entry *entry);

// Gives every entry of the text to take. name stands for the file in faults and places, and must
// live as long as the places. What is wrong goes to faults; entries are given also when something
// was wrong with them.
void scan_yaml_read(const char *name, struct span text, struct scan_faults *faults,
	scan_take *take, void *ctx);
// The field with this key, or NULL.
const struct scan_field *scan_entry_find(const struct scan_entry *entry, const char *key);
