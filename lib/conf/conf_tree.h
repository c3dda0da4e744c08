// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// YAML text as a list of nodes in document order, each knowing its parent and where it stands.
// Only what a configuration needs: one document, no anchors, aliases or tags, scalar keys that
// are not repeated, and a bounded size, depth and number of nodes.

#include "mt_error.h"
#include "mt_span.h"

#define CONF_TREE_TEXT_MAX  (1u << 20)
#define CONF_TREE_NODES_MAX 8192
#define CONF_TREE_DEPTH_MAX 8
#define CONF_TREE_KEY_MAX   127

enum conf_node_kind {
	CONF_NODE_NULL, // nothing, "~" or "null"
	CONF_NODE_SCALAR,
	CONF_NODE_LIST,
	CONF_NODE_MAP,
};

struct conf_place {
	int line, column; // from 1
};

struct conf_node {
	enum conf_node_kind kind;
	int parent; // -1: this is the root, node 0
	int end; // number of the first node that is not inside this one
	char *key; // in a map, else NULL
	char *text; // of a scalar
	bool quoted;
	struct conf_place key_at, at;
};

struct conf_tree {
	const char *name; // of the file, for errors; lent by the caller
	bool has_places; // whether line and column mean something to the reader of an error
	struct mt_error *error;
	struct conf_node *nodes;
	int count;
};

// Reads the text. 0, -EINVAL, -E2BIG or -ENOMEM with error text. Free with conf_tree_fini either way.
int conf_tree_read(struct conf_tree *t, struct span text);
void conf_tree_fini(struct conf_tree *t);
// Sets the error to "name:line:column: text". Returns -EINVAL.
__attribute__((format(printf, 3, 4))) int conf_tree_fail(
	const struct conf_tree *t, struct conf_place at, const char *fmt, ...);
// The member of a map with this key, or -1.
int conf_tree_member(const struct conf_tree *t, int map, const char *key);
// The first child, and the one after a child; -1 when there is none.
int conf_tree_first(const struct conf_tree *t, int parent);
int conf_tree_next(const struct conf_tree *t, int child);
// How many children.
int conf_tree_children(const struct conf_tree *t, int parent);
