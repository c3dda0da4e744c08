// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#include <ctype.h>
#include <errno.h>

static const struct conf_word *find_word(const struct conf_key *key, const char *text)
{
	for (const struct conf_word *w = key->words; w->name != NULL; w++)
		if (strcmp(w->name, text) == 0)
			return w;
	return NULL;
}

static void words_allowed(const struct conf_key *key, struct mt_buf *out)
{
	for (const struct conf_word *w = key->words; w->name != NULL; w++)
		mt_buf_printf(out, "%s%s", w == key->words ? "" : ", ", w->name);
}

// The word that a scalar is, or NULL with the error set.
static const struct conf_word *word_at(
	const struct conf_tree *t, int node, const struct conf_key *key)
{
	const struct conf_word *w = NULL;

	if (t->nodes[node].kind != CONF_NODE_SCALAR) {
		conf_key_fail(t, node, key, "must be one word");
		return NULL;
	}
	w = find_word(key, t->nodes[node].text);
	if (w == NULL)
		conf_key_fail(
			t, node, key, "\"%.60s\" is not known", t->nodes[node].text);
	return w;
}

static int word_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	const struct conf_word *w = word_at(t, node, key);

	if (w == NULL)
		return -EINVAL;
	memcpy(field, &w->value, sizeof(w->value));
	return 0;
}

static void word_print(const struct conf_key *key, const void *field, struct mt_buf *out)
{
	uint32_t value;

	memcpy(&value, field, sizeof(value));
	for (const struct conf_word *w = key->words; w->name != NULL; w++)
		if (w->value == value)
			mt_buf_printf(out, " %s", w->name);
}

const struct conf_type conf_type_word = {"word", word_read, word_print, words_allowed};

static int words_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	uint32_t bits = 0;

	int rc = conf_key_list(t, node, key);
	if (rc != 0)
		return rc;
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n)) {
		const struct conf_word *w = word_at(t, n, key);
		if (w == NULL)
			return -EINVAL;
		if (bits & w->value)
			return conf_key_fail(t, n, key, "%s stands there twice", w->name);
		bits |= w->value;
	}
	memcpy(field, &bits, sizeof(bits));
	return 0;
}

static void words_print(const struct conf_key *key, const void *field, struct mt_buf *out)
{
	const char *before = "";
	uint32_t bits;

	memcpy(&bits, field, sizeof(bits));
	mt_buf_add_text(out, " [");
	for (const struct conf_word *w = key->words; w->name != NULL; w++) {
		if (!(bits & w->value))
			continue;
		mt_buf_printf(out, "%s%s", before, w->name);
		before = ", ";
	}
	mt_buf_add_char(out, ']');
}

const struct conf_type conf_type_words = {
	"list of words", words_read, words_print, words_allowed};

static int name_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	const char *text = t->nodes[node].text;

	if (key->words != NULL && word_at(t, node, key) == NULL)
		return -EINVAL;
	int rc = conf_key_copy_text(t, node, key, field, key->size);
	if (rc != 0)
		return rc;
	for (const char *p = text; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
			return conf_key_fail(
				t, node, key, "\"%s\" is no plain name", text);
	return 0;
}

static void text_print(const struct conf_key *key, const void *field, struct mt_buf *out)
{
	const char *text = field;

	mt_buf_add_char(out, ' ');
	if (text[0] == '\0' && key->zero != NULL)
		mt_buf_add_text(out, key->zero);
	else
		conf_key_print_text(text, out);
}

static void name_allowed(const struct conf_key *key, struct mt_buf *out)
{
	if (key->words != NULL)
		words_allowed(key, out);
	else
		mt_buf_printf(
			out, "letters, digits, _ and -, at most %zu", key->size - 1);
}

const struct conf_type conf_type_name = {"name", name_read, text_print, name_allowed};

static int path_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	const struct conf_node *n = &t->nodes[node];

	if (n->kind == CONF_NODE_SCALAR && key->zero != NULL && !n->quoted &&
		strcmp(n->text, key->zero) == 0) {
		memset(field, 0, key->size);
		return 0;
	}
	return conf_key_copy_text(t, node, key, field, key->size);
}

static void path_allowed(const struct conf_key *key, struct mt_buf *out)
{
	mt_buf_printf(out, "a path of at most %zu octets", key->size - 1);
	if (key->zero != NULL)
		mt_buf_printf(out, ", or %s", key->zero);
}

const struct conf_type conf_type_path = {"path", path_read, text_print, path_allowed};

static int paths_read(
	const struct conf_tree *t, int node, const struct conf_key *key, void *field)
{
	struct conf_paths *paths = field;

	int rc = conf_key_list(t, node, key);
	if (rc != 0)
		return rc;
	memset(paths, 0, sizeof(*paths));
	for (int n = conf_tree_first(t, node); n >= 0; n = conf_tree_next(t, n)) {
		char *path = paths->path[paths->count];
		rc = conf_key_copy_text(t, n, key, path, CONF_PATH_SIZE);
		if (rc != 0)
			return rc;
		for (uint32_t i = 0; i < paths->count; i++)
			if (strcmp(paths->path[i], path) == 0)
				return conf_key_fail(
					t, n, key, "%.60s stands there twice", path);
		paths->count++;
	}
	return 0;
}

static void paths_print(const struct conf_key *key, const void *field, struct mt_buf *out)
{
	const struct conf_paths *paths = field;

	(void)key;
	mt_buf_add_text(out, " [");
	for (uint32_t i = 0; i < paths->count; i++) {
		mt_buf_add_text(out, i > 0 ? ", " : "");
		conf_key_print_text(paths->path[i], out);
	}
	mt_buf_add_char(out, ']');
}

static void paths_allowed(const struct conf_key *key, struct mt_buf *out)
{
	mt_buf_printf(out, "a list of at most %llu paths of %d octets",
		(unsigned long long)key->max, CONF_PATH_SIZE - 1);
}

const struct conf_type conf_type_paths = {
	"list of paths", paths_read, paths_print, paths_allowed};

void conf_key_print_text(const char *text, struct mt_buf *out)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-";
	static const char *const special[] = {"auto", "never", "null"};
	bool quote = text[strspn(text, plain)] != '\0' || text[0] == '-';

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		quote = quote || strcmp(text, special[i]) == 0;
	if (!quote) {
		mt_buf_add_text(out, text);
		return;
	}
	mt_buf_add_char(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			mt_buf_add_char(out, '\\');
		mt_buf_add_char(out, *text);
	}
	mt_buf_add_char(out, '"');
}
