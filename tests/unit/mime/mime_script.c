// SPDX-License-Identifier: BSD-3-Clause
#include "mime_script.h"

#include "guard.h"

#include <stdio.h>
#include <stdlib.h>

#define ITEM_MAX (2u << 20)

static bool starts(struct span s, const char *with)
{
	return span_equal(span_head(s, strlen(with)), span_text(with));
}

static void add_unescaped(struct mt_buf *out, struct span s)
{
	while (s.len > 0) {
		char text[16] = {0};
		size_t used = 2;
		if (s.ptr[0] != '\\') {
			mt_buf_add(out, span_head(s, 1));
			s = span_skip(s, 1);
			continue;
		}
		memcpy(text, s.ptr + 1, s.len - 1 < 15 ? s.len - 1 : 15);
		char *end = text;
		if (text[0] == 'x') {
			char hex[3] = {text[1], text[2], 0};
			mt_buf_add_char(out, (char)strtoul(hex, NULL, 16));
			used = 4;
		} else if (text[0] == '{') {
			unsigned long n = strtoul(text + 1, &end, 10);
			while (n-- > 0)
				mt_buf_add_char(out, end[1]);
			used = 3 + (size_t)(end - text);
		} else {
			mt_buf_add_char(out,
				text[0] == 'r'           ? '\r'
					: text[0] == 'n' ? '\n'
					: text[0] == 't' ? '\t'
							 : text[0]);
		}
		s = span_skip(s, used);
	}
}

static struct mime_script_item *add_item(struct mime_script *script, uint64_t gap)
{
	if (script->count == MIME_SCRIPT_ITEMS)
		abort();
	struct mime_script_item *item = &script->items[script->count++];
	item->gap = gap;
	mt_buf_init(&item->octets, ITEM_MAX);
	return item;
}

// Lines go on in the same item until there is a gap, so that cuts fall everywhere.
static struct mt_buf *octets_of(struct mime_script *script)
{
	if (script->count == 0 || script->items[script->count - 1].gap > 0)
		return &add_item(script, 0)->octets;
	return &script->items[script->count - 1].octets;
}

static void read_line(struct mime_script *script, struct span line)
{
	char n[24] = {0};

	if (line.len == 0 || line.ptr[0] == '#')
		return;
	if (starts(line, "> ")) {
		mt_buf_add(&script->want, span_skip(line, 2));
		mt_buf_add_char(&script->want, '\n');
	} else if (line.ptr[0] == '|' || line.ptr[0] == '-') {
		add_unescaped(octets_of(script), span_skip(line, 2));
		if (line.ptr[0] == '|')
			mt_buf_add_text(octets_of(script), "\r\n");
	} else if (starts(line, "gap ")) {
		memcpy(n, line.ptr + 4, line.len - 4 < 23 ? line.len - 4 : 23);
		add_item(script, n[0] == '?' ? UINT64_MAX : strtoull(n, NULL, 10));
	} else {
		fprintf(stderr, "not a script line: %.*s\n", (int)line.len,
			(const char *)line.ptr);
		abort();
	}
}

bool mime_script_read(struct span *file, struct mime_script *ret)
{
	bool found = false;

	*ret = (struct mime_script){0};
	mt_buf_init(&ret->want, ITEM_MAX);
	while (file->len > 0) {
		size_t n = span_find(*file, '\n');
		struct span line = span_head(*file, n);
		bool head = starts(line, "== ");
		if (head && found)
			return true;
		if (head)
			snprintf(ret->name, sizeof(ret->name), "%.*s", (int)(n - 3),
				(const char *)line.ptr + 3);
		else if (found)
			read_line(ret, line);
		found |= head;
		*file = span_skip(*file, n + 1);
	}
	return found;
}

void mime_script_fini(struct mime_script *script)
{
	for (size_t i = 0; i < script->count; i++)
		mt_buf_fini(&script->items[i].octets);
	mt_buf_fini(&script->want);
}

size_t mime_script_longest(const struct mime_script *script)
{
	size_t longest = 0;

	for (size_t i = 0; i < script->count; i++)
		if (script->items[i].octets.len > longest)
			longest = script->items[i].octets.len;
	return longest;
}

static void feed(struct mime_header *h, struct span text)
{
	struct guard g = guard_make(text);

	mime_header_feed(h, g.text);
	guard_free(&g);
}

void mime_script_play(const struct mime_script *script, size_t cut, struct mime_header *h)
{
	for (size_t i = 0; i < script->count; i++) {
		struct span s = mt_buf_span(&script->items[i].octets);
		if (script->items[i].gap > 0)
			mime_header_gap(h, script->items[i].gap);
		if (cut == MIME_CUT_OCTETS) {
			for (size_t at = 0; at < s.len; at++)
				feed(h, span_head(span_skip(s, at), 1));
			continue;
		}
		feed(h, span_head(s, cut));
		feed(h, span_skip(s, cut));
	}
}
