// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#define INDENT 2

// Length of the sections that two paths have in common, with their last dot.
static size_t common_sections(const char *a, const char *b)
{
	size_t common = 0;

	for (size_t i = 0; a[i] != '\0' && a[i] == b[i]; i++)
		if (a[i] == '.')
			common = i + 1;
	return common;
}

static int dots(const char *path, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++)
		n += path[i] == '.';
	return n;
}

// Opens the sections of path that the key before did not stand under, and names the key.
static void print_key(const char *before, const char *path, struct mt_buf *out)
{
	size_t at = common_sections(before, path);
	const char *dot;

	do {
		dot = strchr(path + at, '.');
		size_t len = dot != NULL ? (size_t)(dot - path) - at : strlen(path) - at;
		mt_buf_printf(out, "%*s%.*s:%s", INDENT * dots(path, at), "", (int)len,
			path + at, dot != NULL ? "\n" : "");
		at += len + 1;
	} while (dot != NULL);
}

void conf_print(const struct conf *c, struct mt_buf *out)
{
	const char *before = "";

	for (size_t k = 0; k < conf_key_count; k++) {
		const struct conf_key *key = &conf_keys[k];
		print_key(before, key->path, out);
		key->type->print(key, (const char *)c + key->offset, out);
		mt_buf_add_char(out, '\n');
		before = key->path;
	}
}

#define WIDTH 78

// The help in lines, each indented.
static void print_wrapped(const char *text, struct mt_buf *out)
{
	while (*text != '\0') {
		size_t len = strlen(text), take = len;
		if (len > WIDTH)
			for (take = WIDTH; take > 0 && text[take] != ' '; take--)
				;
		mt_buf_printf(out, "    %.*s\n", (int)take, text);
		text += take;
		text += *text == ' ';
	}
}

void conf_print_reference(struct mt_buf *out)
{
	mt_buf_add_text(out,
		"Every key with its type, its default and what is allowed. In numbers K, M, G "
		"and T\nare 1024-fold. A change of a live key takes effect with a reload "
		"(SIGHUP), of the\nothers with a restart.\n");
	for (size_t k = 0; k < conf_key_count; k++) {
		const struct conf_key *key = &conf_keys[k];
		mt_buf_printf(out, "\n%s (%s, %s)\n", key->path, key->type->name,
			key->live ? "live" : "restart");
		print_wrapped(key->help, out);
		mt_buf_printf(out, "    Default: %s. Allowed: ", key->standard);
		key->type->allowed(key, out);
		mt_buf_add_text(out, ".\n");
	}
}
