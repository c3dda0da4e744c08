// SPDX-License-Identifier: BSD-3-Clause
#include "conf/test_paths.h"
#include "conf_key.h"
#include "guard.h"

#include <stdio.h>

#include <criterion/criterion.h>

static struct conf c, defaults;
static struct mt_error error;
static struct mt_buf shipped;

static void read_shipped(void)
{
	char piece[4096];
	size_t n;

	FILE *f = fopen(CONFIG_FOLDER "/mailtap.yaml", "re");
	cr_assert_not_null(f);
	mt_buf_init(&shipped, 1 << 20);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		mt_buf_add(&shipped, span_make(piece, n));
	fclose(f);
	conf_defaults(&defaults);
}

static void free_shipped(void)
{
	mt_buf_fini(&shipped);
}

TestSuite(conf_shipped, .init = read_shipped, .fini = free_shipped);

// The node of a dotted path, or -1.
static int find(const struct conf_tree *t, const char *path)
{
	char word[CONF_KEY_PATH_MAX];
	int node = 0;

	while (node >= 0 && *path != '\0') {
		size_t len = strcspn(path, ".");
		snprintf(word, sizeof(word), "%.*s", (int)len, path);
		node = conf_tree_member(t, node, word);
		path += len + (path[len] == '.');
	}
	return node;
}

Test(conf_shipped, the_file_holds_every_key_with_its_default)
{
	struct conf_tree t = {.name = "mailtap.yaml", .error = &error};

	cr_assert_eq(conf_tree_read(&t, mt_buf_span(&shipped)), 0, "%s", error.text);
	for (size_t k = 0; k < conf_key_count; k++)
		cr_expect_geq(find(&t, conf_keys[k].path), 0, "%s is missing",
			conf_keys[k].path);
	conf_tree_fini(&t);
	conf_defaults(&c);
	memset(c.spool, 0, sizeof(c.spool));
	c.line = c.rcpts = c.skew_ms = 0;
	cr_assert_eq(conf_load(&c, CONFIG_FOLDER "/mailtap.yaml", &error), 0, "%s",
		error.text);
	cr_expect_eq(memcmp(&c, &defaults, sizeof(c)), 0);
}

// The value in the file is the default, key by key: from a struct where this one differs.
Test(conf_shipped, each_value_in_the_file_is_the_default)
{
	struct conf_tree t = {.name = "mailtap.yaml", .error = &error};

	cr_assert_eq(conf_tree_read(&t, mt_buf_span(&shipped)), 0, "%s", error.text);
	for (size_t k = 0; k < conf_key_count; k++) {
		const struct conf_key *key = &conf_keys[k];
		c = defaults;
		memset((char *)&c + key->offset, 0x55, key->size);
		int node = find(&t, key->path);
		cr_assert_eq(key->type->read(&t, node, key, (char *)&c + key->offset), 0,
			"%s", error.text);
		cr_expect_eq(memcmp((char *)&c + key->offset,
				     (char *)&defaults + key->offset, key->size),
			0, "%s", key->path);
	}
	conf_tree_fini(&t);
}

// Loads the file without one line.
static void load_without(int line)
{
	struct span rest = mt_buf_span(&shipped);
	struct mt_buf text;

	mt_buf_init(&text, 1 << 20);
	for (int at = 1; rest.len > 0; at++) {
		size_t len = span_find(rest, '\n') + 1;
		if (at != line)
			mt_buf_add(&text, span_head(rest, len));
		rest = span_skip(rest, len);
	}
	conf_defaults(&c);
	cr_expect_eq(conf_load_text(&c, "f", mt_buf_span(&text), &error), 0,
		"without line %d: %s", line, error.text);
	mt_buf_fini(&text);
}

Test(conf_shipped, each_key_removed_in_turn_changes_nothing)
{
	struct conf_tree t = {.name = "mailtap.yaml", .error = &error};

	cr_assert_eq(conf_tree_read(&t, mt_buf_span(&shipped)), 0, "%s", error.text);
	for (size_t k = 0; k < conf_key_count; k++) {
		load_without(t.nodes[find(&t, conf_keys[k].path)].key_at.line);
		cr_expect_eq(
			memcmp(&c, &defaults, sizeof(c)), 0, "%s", conf_keys[k].path);
	}
	conf_tree_fini(&t);
}

Test(conf_shipped, the_lab_can_run)
{
	conf_defaults(&c);
	cr_expect_eq(
		conf_load(&c, CONFIG_FOLDER "/lab.yaml", &error), 0, "%s", error.text);
	cr_expect_eq(conf_check(&c, false, &error), 0, "%s", error.text);
}

Test(conf_shipped, cut_anywhere_it_loads_or_says_where)
{
	for (size_t len = 0; len <= shipped.len; len += 7) {
		struct guard g = guard_make(span_head(mt_buf_span(&shipped), len));
		conf_defaults(&c);
		if (conf_load_text(&c, "f", g.text, &error) != 0)
			cr_expect_eq(strncmp(error.text, "f:", 2), 0, "%s", error.text);
		guard_free(&g);
	}
}
