// SPDX-License-Identifier: BSD-3-Clause
#include "gen_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define POOL_SIZE (1u << 20)
#define LINES_MAX 65536u

// A pool of lines; a mail's body is a run of them that begins at a random one.
struct gen_text {
	uint8_t pool[POOL_SIZE];
	uint32_t start[LINES_MAX];
	uint32_t lines;
	size_t used;
};

static void add_line(struct gen_text *text, struct gen_random *r)
{
	static const char letters[] = "etaoinshrdlucmfwypvbgkqjxz      ,";
	size_t len = 20 + gen_random_below(r, 57);
	uint8_t *at = text->pool + text->used;

	text->start[text->lines++] = (uint32_t)text->used;
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)letters[gen_random_below(r, sizeof(letters) - 1)];
	if (gen_random_below(r, 40) == 0)
		at[0] = '.';
	memcpy(at + len, "\r\n", 2);
	text->used += len + 2;
}

struct gen_text *gen_text_create(struct gen_random *r)
{
	struct gen_text *text = calloc(1, sizeof(*text));

	if (text == NULL)
		return NULL;
	while (text->lines < LINES_MAX && text->used + 80 <= POOL_SIZE)
		add_line(text, r);
	return text;
}

void gen_text_destroy(struct gen_text *text)
{
	free(text);
}

void gen_text_fill(const struct gen_text *text, struct gen_random *r, uint64_t number,
	uint8_t *ret, size_t size)
{
	int head = snprintf((char *)ret, size,
		"From: Sender <sender%" PRIu64 "@example.org>\r\n"
		"To: Reader <reader@example.net>\r\n"
		"Subject: mail number %" PRIu64 "\r\n"
		"Message-ID: <%" PRIu64 ".%08" PRIx32 "@example.org>\r\n\r\n",
		number, number, number, gen_random_below(r, UINT32_MAX));
	size_t done = (size_t)head, from = text->start[gen_random_below(r, text->lines)];

	while (done < size) {
		size_t piece = text->used - from;
		if (piece > size - done)
			piece = size - done;
		memcpy(ret + done, text->pool + from, piece);
		done += piece;
		from = 0;
	}
	// The cut may leave half a CRLF, or a dot alone on the last line.
	memcpy(ret + size - 5, "xxx\r\n", 5);
}

size_t gen_text_stuff(struct span mail, uint8_t *ret)
{
	uint8_t *at = ret;

	while (mail.len > 0) {
		size_t line = span_find(mail, '\n');
		line = line < mail.len ? line + 1 : mail.len;
		if (mail.ptr[0] == '.')
			*at++ = '.';
		memcpy(at, mail.ptr, line);
		at += line;
		mail = span_skip(mail, line);
	}
	memcpy(at, ".\r\n", 3);
	return (size_t)(at + 3 - ret);
}
