// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A key of the configuration is one row of conf_keys: its place in struct conf, its default as
// it would stand in the file, its bounds, and a type that reads and prints it.

#include "conf.h"
#include "conf_tree.h"

#define CONF_KEY_PATH_MAX 255

struct conf_word {
	const char *name; // NULL ends a list
	uint32_t value; // of the enumerator or the bit
};

struct conf_key;

struct conf_type {
	const char *name; // for the reference
	// Reads node into field, which holds some earlier value. 0 or -EINVAL with error text.
	int (*read)(const struct conf_tree *t, int node, const struct conf_key *key,
		void *field);
	// Appends what follows "key:", with the space or line end before it and without one behind.
	void (*print)(const struct conf_key *key, const void *field, struct mt_buf *out);
	// Appends what is allowed, in words.
	void (*allowed)(const struct conf_key *key, struct mt_buf *out);
};

struct conf_key {
	const char *path; // "limits.line"
	const struct conf_type *type;
	size_t offset, size; // of the field in struct conf
	const char *standard; // the default, as YAML
	uint64_t min, max; // of the value, or of the number of elements
	const struct conf_word *words; // the allowed ones
	const char *zero; // the word for 0 or for the empty text, if there is one
	bool live; // a reload changes it; the others need a restart
	const char *help;
};

extern const struct conf_key conf_keys[];
extern const size_t conf_key_count;

extern const struct conf_type conf_type_number; // uint32_t or uint64_t
extern const struct conf_type conf_type_seconds; // uint32_t
extern const struct conf_type conf_type_word; // an enum
extern const struct conf_type conf_type_words; // uint32_t, a bit a word
extern const struct conf_type conf_type_name; // char[], one of words or of [A-Za-z0-9_-]
extern const struct conf_type conf_type_path; // char[]
extern const struct conf_type conf_type_paths; // struct conf_paths
extern const struct conf_type conf_type_room; // struct conf_room
extern const struct conf_type
	conf_type_ports; // uint64_t[1024], a bit a port; keeps `watched`
extern const struct conf_type conf_type_prefixes; // registered, with its count beside it
extern const struct conf_type conf_type_stacks; // struct conf_stacks
extern const struct conf_type conf_type_interfaces;
extern const struct conf_type conf_type_cores;
extern const struct conf_type conf_type_inspect;

// The key with this path, or NULL.
const struct conf_key *conf_key_find(const char *path);
// Whether this path is one that keys stand under ("limits").
bool conf_key_is_section(const char *path);
// The key or section most like path, or an empty text: for "did you mean".
void conf_key_nearest(const char *path, char ret_path[CONF_KEY_PATH_MAX + 1]);

// Fails at a node with "key: what; allowed: ...".
__attribute__((format(printf, 4, 5))) int conf_key_fail(const struct conf_tree *t,
	int node, const struct conf_key *key, const char *fmt, ...);
// Fails unless node is a list of at least key->min and at most key->max elements.
int conf_key_list(const struct conf_tree *t, int node, const struct conf_key *key);
// Reads a decimal number with K, M, G or T (1024-fold) behind it. False: it is none.
bool conf_key_number(const char *text, uint64_t *ret);
// Prints a number with the largest of K, M, G and T that loses nothing.
void conf_key_print_number(uint64_t n, struct mt_buf *out);
// Appends text as a YAML scalar, quoted where it has to be.
void conf_key_print_text(const char *text, struct mt_buf *out);
// Copies text into field, rest zero. Fails when it is empty, too long or not printable.
int conf_key_copy_text(const struct conf_tree *t, int node, const struct conf_key *key,
	char *field, size_t size);
