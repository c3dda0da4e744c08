// SPDX-License-Identifier: BSD-3-Clause

// What a reload changes. Values are compared and carried as the text in which they are printed
// and read: that works for every type there is, and is tested for each (print, read, print).

#include "conf_key.h"

#include "mt_assert.h"

#define VALUE_MAX (1u << 20)

static void print_value(
	const struct conf *c, const struct conf_key *key, struct mt_buf *out)
{
	mt_buf_clear(out);
	key->type->print(key, (const char *)c + key->offset, out);
}

static bool differs(const struct conf *a, const struct conf *b,
	const struct conf_key *key, struct mt_buf text[2])
{
	print_value(a, key, &text[0]);
	print_value(b, key, &text[1]);
	return !span_equal(mt_buf_span(&text[0]), mt_buf_span(&text[1]));
}

static void open_texts(struct mt_buf text[2])
{
	mt_buf_init(&text[0], VALUE_MAX);
	mt_buf_init(&text[1], VALUE_MAX);
}

static void close_texts(struct mt_buf text[2])
{
	mt_buf_fini(&text[0]);
	mt_buf_fini(&text[1]);
}

size_t conf_changed(
	const struct conf *a, const struct conf *b, bool live, struct mt_buf *out)
{
	struct mt_buf text[2];
	size_t n = 0;

	open_texts(text);
	for (size_t k = 0; k < conf_key_count; k++) {
		const struct conf_key *key = &conf_keys[k];
		if (key->live != live || !differs(a, b, key, text))
			continue;
		mt_buf_printf(out, "%s%s", n > 0 ? ", " : "", key->path);
		n++;
	}
	close_texts(text);
	return n;
}

void conf_take_live(struct conf *c, const struct conf *from)
{
	struct mt_buf text[2];
	struct mt_error error;

	open_texts(text);
	for (size_t k = 0; k < conf_key_count; k++) {
		const struct conf_key *key = &conf_keys[k];
		if (!key->live || !differs(c, from, key, text))
			continue;
		// A value that was printed can be read.
		mt_buf_clear(&text[0]);
		mt_buf_printf(&text[0], "%s=%.*s", key->path, (int)text[1].len,
			(const char *)text[1].ptr);
		mt_buf_add_char(&text[0], '\0');
		int rc = conf_set(c, (const char *)text[0].ptr, &error);
		MT_ASSERT(rc == 0);
	}
	close_texts(text);
}
