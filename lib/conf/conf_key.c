// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#include "mt_near.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

const struct conf_key *conf_key_find(const char *path)
{
	for (size_t k = 0; k < conf_key_count; k++)
		if (strcmp(conf_keys[k].path, path) == 0)
			return &conf_keys[k];
	return NULL;
}

bool conf_key_is_section(const char *path)
{
	size_t len = strlen(path);

	for (size_t k = 0; k < conf_key_count; k++)
		if (strncmp(conf_keys[k].path, path, len) == 0 &&
			conf_keys[k].path[len] == '.')
			return true;
	return false;
}

static struct span last_word(struct span path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.ptr[i - 1] == '.')
			return span_skip(path, i);
	return path;
}

// How far a known path is from what was written; a key in the wrong section is near, too.
static size_t distance(struct span written, struct span known)
{
	if (span_equal(last_word(written), last_word(known)))
		return 1;
	return mt_near_changes(written, known);
}

void conf_key_nearest(const char *path, char ret_path[CONF_KEY_PATH_MAX + 1])
{
	struct span written = span_head(span_text(path), CONF_KEY_PATH_MAX);
	size_t best = mt_near_limit(written) + 1;

	ret_path[0] = '\0';
	for (size_t k = 0; k < conf_key_count; k++) {
		struct span known = span_text(conf_keys[k].path);
		for (size_t len = 1; len <= known.len; len++) {
			if (len < known.len && known.ptr[len] != '.')
				continue;
			size_t d = distance(written, span_head(known, len));
			if (d >= best)
				continue;
			best = d;
			memcpy(ret_path, known.ptr, len);
			ret_path[len] = '\0';
		}
	}
}

int conf_key_fail(const struct conf_tree *t, int node, const struct conf_key *key,
	const char *fmt, ...)
{
	char what[MT_ERROR_SIZE];
	struct mt_buf allowed;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	mt_buf_init(&allowed, MT_ERROR_SIZE);
	key->type->allowed(key, &allowed);
	int rc = conf_tree_fail(t, t->nodes[node].at, "%s: %s; allowed: %.*s", key->path,
		what, (int)allowed.len, (const char *)allowed.ptr);
	mt_buf_fini(&allowed);
	return rc;
}

int conf_key_list(const struct conf_tree *t, int node, const struct conf_key *key)
{
	if (t->nodes[node].kind == CONF_NODE_SCALAR)
		return conf_key_fail(
			t, node, key, "must be a list: [%.60s]", t->nodes[node].text);
	if (t->nodes[node].kind != CONF_NODE_LIST)
		return conf_key_fail(t, node, key, "must be a list");
	uint64_t n = (uint64_t)conf_tree_children(t, node);
	if (n < key->min)
		return conf_key_fail(t, node, key, "the list is empty");
	if (n > key->max)
		return conf_key_fail(t, node, key, "%llu elements, at most %llu fit",
			(unsigned long long)n, (unsigned long long)key->max);
	return 0;
}

int conf_key_copy_text(const struct conf_tree *t, int node, const struct conf_key *key,
	char *field, size_t size)
{
	const char *text = t->nodes[node].text;

	if (t->nodes[node].kind != CONF_NODE_SCALAR)
		return conf_key_fail(t, node, key, "must be a text");
	size_t len = strlen(text);
	if (len == 0)
		return conf_key_fail(t, node, key, "is empty");
	if (len >= size)
		return conf_key_fail(
			t, node, key, "%zu octets, at most %zu fit", len, size - 1);
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)text[i] < 0x20 || (uint8_t)text[i] >= 0x7f)
			return conf_key_fail(
				t, node, key, "only printable ASCII can be used");
	memset(field, 0, size);
	memcpy(field, text, len);
	return 0;
}
