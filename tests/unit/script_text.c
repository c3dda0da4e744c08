// SPDX-License-Identifier: BSD-3-Clause
#include "script_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (1u << 20)

struct mt_buf script_file(const char *folder, const char *name)
{
	char path[4096], piece[4096];
	struct mt_buf text;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		script_die(span_text(path));
	mt_buf_init(&text, FILE_MAX);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		mt_buf_add(&text, span_make(piece, n));
	fclose(f);
	return text;
}

bool script_starts(struct span line, const char *with)
{
	return span_equal(span_head(line, strlen(with)), span_text(with));
}

static struct span take_line(struct span *text)
{
	size_t n = span_find(*text, '\n');
	struct span line = span_head(*text, n);

	*text = span_skip(*text, n + 1);
	return line;
}

bool script_case(struct span *file, char *name, size_t size, struct span *lines)
{
	struct span line = {0};

	while (file->len > 0 && !script_starts(line, "== "))
		line = take_line(file);
	if (!script_starts(line, "== "))
		return false;
	snprintf(name, size, "%.*s", (int)(line.len - 3), (const char *)line.ptr + 3);
	*lines = *file;
	while (file->len > 0 && !script_starts(*file, "== "))
		take_line(file);
	*lines = span_head(*lines, lines->len - file->len);
	return true;
}

bool script_line(struct span *lines, struct mt_buf *want, struct span *line)
{
	while (lines->len > 0) {
		*line = take_line(lines);
		if (line->len == 0 || line->ptr[0] == '#')
			continue;
		if (!script_starts(*line, "> "))
			return true;
		mt_buf_add(want, span_skip(*line, 2));
		mt_buf_add_char(want, '\n');
	}
	return false;
}

// What stands behind a backslash: octets used.
static size_t add_escaped(struct mt_buf *out, struct span s)
{
	static const char letters[] = "r\rn\nt\t\\\\";
	char text[16] = {0}, *end;

	memcpy(text, s.ptr, s.len < sizeof(text) - 1 ? s.len : sizeof(text) - 1);
	if (text[0] == 'x') {
		char hex[3] = {text[1], text[2], 0};
		mt_buf_add_char(out, (char)strtoul(hex, NULL, 16));
		return 3;
	}
	if (text[0] == '{') {
		unsigned long n = strtoul(text + 1, &end, 10);
		if (*end != '}' || end[1] == 0)
			script_die(s);
		while (n-- > 0)
			mt_buf_add_char(out, end[1]);
		return (size_t)(end - text) + 2;
	}
	const char *letter = text[0] != 0 ? strchr(letters, text[0]) : NULL;
	if (letter == NULL)
		script_die(s);
	mt_buf_add_char(out, letter[1]);
	return 1;
}

void script_octets(struct mt_buf *out, struct span s)
{
	while (s.len > 0) {
		size_t plain = span_find(s, '\\');
		mt_buf_add(out, span_head(s, plain));
		s = span_skip(s, plain);
		if (s.len == 0)
			break;
		s = span_skip(s, 1);
		s = span_skip(s, add_escaped(out, s));
	}
}

uint64_t script_gap(struct span s)
{
	char n[24] = {0};

	memcpy(n, s.ptr, s.len < sizeof(n) - 1 ? s.len : sizeof(n) - 1);
	return n[0] == '?' ? UINT64_MAX : strtoull(n, NULL, 10);
}

void script_die(struct span line)
{
	fprintf(stderr, "not a script line: %.*s\n", (int)line.len,
		(const char *)line.ptr);
	abort();
}
