// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#include <stddef.h>

#define PART(name) \
	offsetof(struct conf_inspect, name), sizeof(((struct conf_inspect *)NULL)->name)
#define SECTION "inspect."
#define RETRY   "retry"
#define M       (1ULL << 20)
#define G       (1ULL << 30)

static const struct conf_word outcomes[] = {
	{"accepted", CONF_KEEP_ACCEPTED},
	{"unknown", CONF_KEEP_UNKNOWN},
	{"refused", CONF_KEEP_REFUSED},
	{0},
};

static const struct conf_word matches[] = {
	{"all", CONF_MATCH_ALL},
	{"alerts", CONF_MATCH_ALERTS},
	{0},
};

// --- arguments: texts one behind the other, each with its NUL

static int arguments_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	char *to = field;
	size_t used = 0;

	int rc = conf_key_list(t, node, key);
	if (rc != 0)
		return rc;
	memset(field, 0, key->size);
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n)) {
		rc = conf_key_copy_text(t, n, key, to + used, key->size - 1 - used);
		if (rc != 0)
			return rc;
		used += strlen(to + used) + 1;
	}
	return 0;
}

static void arguments_print(
	const struct conf_key *key, const void *field, struct mt_buf *out)
{
	const char *before = "";

	(void)key;
	mt_buf_add_text(out, " [");
	for (const char *a = field; *a != '\0'; a += strlen(a) + 1) {
		mt_buf_add_text(out, before);
		conf_key_print_text(a, out);
		before = ", ";
	}
	mt_buf_add_char(out, ']');
}

static void arguments_allowed(const struct conf_key *key, struct mt_buf *out)
{
	mt_buf_printf(out, "a list of at most %u texts, together at most %zu octets",
		(unsigned)key->max, key->size - 2);
}

static const struct conf_type type_arguments = {
	"list of texts", arguments_read, arguments_print, arguments_allowed};

// --- the parts of one output. The first ones are for every output, the rest for a program.

// clang-format off
static const struct conf_key parts[] = {
	{SECTION "name", &conf_type_name, PART(name), NULL},
	{SECTION "directory", &conf_type_path, PART(path), NULL},
	{SECTION "exec", &conf_type_path, PART(path), NULL},
	{SECTION "only", &conf_type_words, PART(only), NULL, 1, 3, .words = outcomes},
	{SECTION "match", &conf_type_word, PART(match), NULL, .words = matches},
	{SECTION "arguments", &type_arguments, PART(arguments), NULL, 0, 32},
	{SECTION "timeout", &conf_type_seconds, PART(timeout_s), NULL, 1, 86400},
	{SECTION "parallel", &conf_type_number, PART(parallel), NULL, 1, CONF_PARALLEL_MAX},
	{SECTION "memory", &conf_type_number, PART(memory), NULL, 64 * M, 1024 * G},
	{SECTION RETRY ".first", &conf_type_seconds, PART(retry_first_s), NULL, 1, 86400},
	{SECTION RETRY ".most", &conf_type_seconds, PART(retry_most_s), NULL, 1, 86400},
	{SECTION RETRY ".times", &conf_type_number, PART(retry_times), NULL, 1, 1000},
};
// clang-format on

#define PART_COUNT (sizeof(parts) / sizeof(parts[0]))
enum {
	NAME,
	DIRECTORY,
	EXEC,
	ONLY,
	MATCH,
	ARGUMENTS
};

static const struct conf_inspect standard = {
	.only = CONF_KEEP_ACCEPTED | CONF_KEEP_UNKNOWN,
	.match = CONF_MATCH_ALL,
	.timeout_s = 60,
	.parallel = 2,
	.memory = 4 * G,
	.retry_first_s = 1,
	.retry_most_s = 300,
	.retry_times = 20,
};

static const char *part_name(size_t part)
{
	return parts[part].path + sizeof(SECTION) - 1;
}

static size_t find_part(const char *section, const char *name)
{
	size_t len = strlen(section);

	for (size_t p = 0; p < PART_COUNT; p++) {
		const char *path = part_name(p);
		if (strncmp(path, section, len) == 0 && strcmp(path + len, name) == 0)
			return p;
	}
	return PART_COUNT;
}

static int read_part(const struct conf_tree *t, int node, const char *section,
	const struct conf_key *key, struct conf_inspect *ret)
{
	size_t p = find_part(section, t->nodes[node].key);

	if (p == PART_COUNT)
		return conf_tree_fail(t, t->nodes[node].key_at,
			"%s: unknown key %s%s; allowed: name, directory, exec, only, match, "
			"arguments, timeout, parallel, memory, retry: {first, most, times}",
			key->path, section, t->nodes[node].key);
	if ((p == DIRECTORY || p == EXEC) && ret->path[0] != '\0')
		return conf_key_fail(t, node, key, "%s: a target is given already",
			t->nodes[node].key);
	if (t->nodes[node].kind == CONF_NODE_NULL)
		return conf_key_fail(
			t, node, &parts[p], "has no value; leave it out or give one");
	int rc = parts[p].type->read(t, node, &parts[p], (char *)ret + parts[p].offset);
	if (rc != 0)
		return rc;
	if (p == DIRECTORY || p == EXEC)
		ret->kind = p == DIRECTORY ? CONF_INSPECT_DIRECTORY : CONF_INSPECT_EXEC;
	if ((p == DIRECTORY || p == EXEC) && ret->path[0] != '/')
		return conf_key_fail(t, node, key,
			"%s: %.100s does not begin with /; give the whole path",
			t->nodes[node].key, ret->path);
	return 0;
}

static int read_retry(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_inspect *ret)
{
	if (t->nodes[node].kind != CONF_NODE_MAP)
		return conf_key_fail(
			t, node, key, "retry must be {first: 1s, most: 5m, times: 20}");
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n)) {
		int rc = read_part(t, n, RETRY ".", key, ret);
		if (rc != 0)
			return rc;
	}
	if (ret->retry_most_s < ret->retry_first_s)
		return conf_key_fail(t, node, key, "retry: most is less than first");
	return 0;
}

// Keys that mean nothing for a folder are a misunderstanding, not a habit.
static int check_output(const struct conf_tree *t, int node, const struct conf_key *key,
	const struct conf_inspect *o)
{
	if (o->name[0] == '\0')
		return conf_key_fail(t, node, key, "an output without a name");
	if (o->path[0] == '\0')
		return conf_key_fail(
			t, node, key, "%s has neither directory nor exec", o->name);
	if (o->kind == CONF_INSPECT_EXEC)
		return 0;
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n))
		if (strcmp(t->nodes[n].key, RETRY) == 0 ||
			find_part("", t->nodes[n].key) >= ARGUMENTS)
			return conf_key_fail(
				t, n, key, "%s: only an exec has that", t->nodes[n].key);
	return 0;
}

static int read_output(const struct conf_tree *t, int node, const struct conf_key *key,
	struct conf_inspect *ret)
{
	*ret = standard;
	if (t->nodes[node].kind != CONF_NODE_MAP)
		return conf_key_fail(t, node, key, "each output is a map");
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n)) {
		int rc = strcmp(t->nodes[n].key, RETRY) == 0
			? read_retry(t, n, key, ret)
			: read_part(t, n, "", key, ret);
		if (rc != 0)
			return rc;
	}
	return check_output(t, node, key, ret);
}

static int check_pair(const struct conf_tree *t, int node, const struct conf_key *key,
	const struct conf_inspect *a, const struct conf_inspect *b)
{
	if (strcmp(a->name, b->name) == 0)
		return conf_key_fail(t, node, key, "two are called %s", a->name);
	if (a->kind == CONF_INSPECT_DIRECTORY && b->kind == CONF_INSPECT_DIRECTORY &&
		strcmp(a->path, b->path) == 0)
		return conf_key_fail(t, node, key, "%s and %s write to the same folder",
			a->name, b->name);
	return 0;
}

static int inspect_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	struct conf *c = (struct conf *)(void *)((char *)field - key->offset);

	int rc = conf_key_list(t, node, key);
	if (rc != 0)
		return rc;
	memset(c->inspect, 0, sizeof(c->inspect));
	c->inspect_count = 0;
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n)) {
		struct conf_inspect *o = &c->inspect[c->inspect_count];
		rc = read_output(t, n, key, o);
		for (uint32_t i = 0; i < c->inspect_count && rc == 0; i++)
			rc = check_pair(t, n, key, &c->inspect[i], o);
		if (rc != 0)
			return rc;
		c->inspect_count++;
	}
	return 0;
}

static void print_output(const struct conf_inspect *o, struct mt_buf *out)
{
	const char *before = "\n  - {", *open = "";
	size_t last = o->kind == CONF_INSPECT_EXEC ? PART_COUNT : ARGUMENTS;

	for (size_t p = 0; p < last; p++) {
		const char *name = part_name(p);
		if (p == (o->kind == CONF_INSPECT_EXEC ? DIRECTORY : EXEC))
			continue;
		if (strncmp(name, RETRY ".", sizeof(RETRY)) == 0) {
			mt_buf_printf(
				out, "%s%s", before, open[0] == '\0' ? "retry: {" : "");
			open = "}";
			name += sizeof(RETRY);
		} else {
			mt_buf_add_text(out, before);
		}
		mt_buf_printf(out, "%s:", name);
		parts[p].type->print(&parts[p], (const char *)o + parts[p].offset, out);
		before = ", ";
	}
	mt_buf_printf(out, "%s}", open);
}

static void inspect_print(
	const struct conf_key *key, const void *field, struct mt_buf *out)
{
	const struct conf *c =
		(const struct conf *)(const void *)((const char *)field - key->offset);

	if (c->inspect_count == 0)
		mt_buf_add_text(out, " []");
	for (uint32_t i = 0; i < c->inspect_count; i++)
		print_output(&c->inspect[i], out);
}

static void inspect_allowed(const struct conf_key *key, struct mt_buf *out)
{
	mt_buf_printf(out,
		"a list of at most %u such as [{name: drop, directory: /var/spool/drop}] or "
		"[{name: av, exec: /usr/local/bin/scan, timeout: 60s, parallel: 2}]",
		(unsigned)key->max);
}

const struct conf_type conf_type_inspect = {
	"list of outputs", inspect_read, inspect_print, inspect_allowed};
