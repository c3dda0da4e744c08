// SPDX-License-Identifier: BSD-3-Clause
#include "conf.h"

#include "conf_key.h"

#include "mt_assert.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

// The dotted path of a member, from the root down.
static void path_of(const struct conf_tree *t, int node, char path[CONF_KEY_PATH_MAX + 1])
{
	int chain[CONF_TREE_DEPTH_MAX + 1], depth = 0;
	size_t len = 0;

	for (; node >= 0 && depth <= CONF_TREE_DEPTH_MAX; node = t->nodes[node].parent)
		if (t->nodes[node].key != NULL)
			chain[depth++] = node;
	path[0] = '\0';
	while (depth > 0 && len < CONF_KEY_PATH_MAX) {
		int n = snprintf(path + len, CONF_KEY_PATH_MAX + 1 - len, "%s%s",
			len > 0 ? "." : "", t->nodes[chain[--depth]].key);
		len += (size_t)n;
	}
}

static int unknown(const struct conf_tree *t, int node, const char *path)
{
	char nearest[CONF_KEY_PATH_MAX + 1];

	conf_key_nearest(path, nearest);
	if (nearest[0] == '\0')
		return conf_tree_fail(t, t->nodes[node].key_at,
			"%s: unknown key; `mailtap check --reference` lists them all",
			path);
	return conf_tree_fail(t, t->nodes[node].key_at,
		"%s: unknown key; did you mean %s?", path, nearest);
}

// Takes the node as a key's value (moves *node behind it) or as a section (moves to its inside).
static int take_node(struct conf *c, const struct conf_tree *t, int *node)
{
	const struct conf_node *n = &t->nodes[*node];
	char path[CONF_KEY_PATH_MAX + 1];

	path_of(t, *node, path);
	const struct conf_key *key = conf_key_find(path);
	if (key != NULL) {
		if (n->kind == CONF_NODE_NULL)
			return conf_key_fail(t, *node, key, "has no value");
		*node = n->end;
		return key->type->read(
			t, (int)(n - t->nodes), key, (char *)c + key->offset);
	}
	if (path[0] != '\0' && !conf_key_is_section(path))
		return unknown(t, *node, path);
	if (n->kind == CONF_NODE_MAP || n->kind == CONF_NODE_NULL) {
		++*node;
		return 0;
	}
	return conf_tree_fail(t, n->at, "%s%smust hold keys with values (\"key: value\")",
		path, path[0] != '\0' ? ": " : "the file ");
}

// all: NULL to stop at the first fault, else a line for each and what is well is taken. The code
// of the last fault, 0 for none.
static int take_tree(struct conf *c, const struct conf_tree *t, struct mt_buf *all)
{
	int node = 0, rc = 0;

	while (node < t->count) {
		int at = node;
		int fault = take_node(c, t, &node);
		if (fault == 0)
			continue;
		rc = fault;
		if (all == NULL)
			break;
		mt_buf_printf(all, "%s\n", t->error->text);
		node = t->nodes[at].end;
	}
	return rc;
}

static int read_value(
	struct conf *c, struct conf_tree *t, const char *path, const char *value)
{
	int rc = conf_tree_read(t, span_text(value));
	if (rc == 0 && t->count == 0)
		rc = mt_error_set(
			t->error, EINVAL, "%s: %s: has no value", t->name, path);
	if (rc == 0) {
		t->nodes[0].key = strdup(path);
		rc = t->nodes[0].key != NULL
			? take_tree(c, t, NULL)
			: mt_error_set(t->error, ENOMEM, "out of memory");
	}
	conf_tree_fini(t);
	return rc;
}

void conf_defaults(struct conf *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t k = 0; k < conf_key_count; k++) {
		struct mt_error error;
		struct conf_tree t = {.name = "default", .error = &error};
		int rc = read_value(c, &t, conf_keys[k].path, conf_keys[k].standard);
		MT_ASSERT(rc == 0);
	}
}

static int read_file(const char *path, struct mt_buf *text, struct mt_error *error)
{
	char piece[4096];
	size_t n;
	int rc = 0;

	FILE *f = fopen(path, "re");
	if (f == NULL)
		return mt_error_set(error, errno, "%s: cannot read the configuration: %s",
			path, strerror(errno));
	while (rc == 0 && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		if (!mt_buf_add(text, span_make(piece, n)))
			rc = mt_error_set(error, E2BIG, "%s: larger than %u octets", path,
				CONF_TREE_TEXT_MAX);
	if (rc == 0 && ferror(f))
		rc = mt_error_set(error, EIO, "%s: cannot read the configuration: %s",
			path, strerror(errno));
	fclose(f);
	return rc;
}

static int load_text(struct conf *c, const char *name, struct span text,
	struct mt_buf *all, struct mt_error *error)
{
	struct conf_tree t = {.name = name, .has_places = true, .error = error};

	int rc = conf_tree_read(&t, text);
	if (rc == 0)
		rc = take_tree(c, &t, all);
	else if (all != NULL)
		mt_buf_printf(all, "%s\n", error->text);
	conf_tree_fini(&t);
	return rc;
}

int conf_load_text(
	struct conf *c, const char *name, struct span text, struct mt_error *error)
{
	return load_text(c, name, text, NULL, error);
}

static int load(
	struct conf *c, const char *path, struct mt_buf *all, struct mt_error *error)
{
	struct mt_buf text;

	mt_buf_init(&text, CONF_TREE_TEXT_MAX);
	int rc = read_file(path, &text, error);
	if (rc == 0)
		rc = load_text(c, path, mt_buf_span(&text), all, error);
	else if (all != NULL)
		mt_buf_printf(all, "%s\n", error->text);
	mt_buf_fini(&text);
	return rc;
}

int conf_load(struct conf *c, const char *path, struct mt_error *error)
{
	return load(c, path, NULL, error);
}

int conf_load_all(struct conf *c, const char *path, struct mt_buf *faults)
{
	struct mt_error error;

	return load(c, path, faults, &error);
}

int conf_set(struct conf *c, const char *assignment, struct mt_error *error)
{
	const char *equals = strchr(assignment, '=');
	char path[CONF_KEY_PATH_MAX + 1];
	struct conf_tree t = {.name = "--set", .error = error};

	if (equals == NULL || equals == assignment)
		return mt_error_set(
			error, EINVAL, "--set: \"%.100s\" is not KEY=VALUE", assignment);
	size_t len = (size_t)(equals - assignment);
	if (len > CONF_KEY_PATH_MAX)
		return mt_error_set(error, EINVAL, "--set: the key is too long");
	memcpy(path, assignment, len);
	path[len] = '\0';
	return read_value(c, &t, path, equals + 1);
}
