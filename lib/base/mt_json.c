// SPDX-License-Identifier: BSD-3-Clause
#include "mt_json.h"

#include "mt_utf8.h"

void mt_json_init(struct mt_json *j, struct mt_buf *out)
{
	*j = (struct mt_json){.out = out, .first = true};
}

static bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

// All of eight octets at once, by the bits that only others have: below 0x20, 0x7f and above, and the
// two that are zero here. A borrow comes only from one that is not plain itself.
static bool are_plain(const uint8_t *eight)
{
	const uint64_t each = 0x0101010101010101u;
	uint64_t word;

	memcpy(&word, eight, sizeof(word));
	uint64_t quote = word ^ each * '"', slash = word ^ each * '\\';
	uint64_t others = (word - each * 0x20) | word | (word + each) | (quote - each) |
		(slash - each);
	return (others & each * 0x80) == 0;
}

static size_t plain_run(struct span s)
{
	size_t run = 0;

	while (s.len - run >= 8 && are_plain(s.ptr + run))
		run += 8;
	while (run < s.len && is_plain(s.ptr[run]))
		run++;
	return run;
}

static void add_escaped(struct mt_json *j, uint8_t c)
{
	static const char hex[] = "0123456789abcdef";
	char text[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15], '\0'};

	switch (c) {
	case '"':
		mt_buf_add_text(j->out, "\\\"");
		break;
	case '\\':
		mt_buf_add_text(j->out, "\\\\");
		break;
	case '\n':
		mt_buf_add_text(j->out, "\\n");
		break;
	case '\r':
		mt_buf_add_text(j->out, "\\r");
		break;
	case '\t':
		mt_buf_add_text(j->out, "\\t");
		break;
	default:
		mt_buf_add_text(j->out, text);
	}
}

static void add_string(struct mt_json *j, struct span s)
{
	// Nearly always all of it is plain: room for it and its quotes at once.
	if (!mt_buf_reserve(j->out, s.len + 2))
		return;
	mt_buf_add_char(j->out, '"');
	while (s.len > 0) {
		size_t run = plain_run(s);
		mt_buf_add(j->out, span_head(s, run));
		s = span_skip(s, run);
		if (s.len == 0)
			break;
		size_t len = mt_utf8_length(s);
		if (len > 1) {
			mt_buf_add(j->out, span_head(s, len));
		} else if (len == 1) {
			add_escaped(j, s.ptr[0]);
		} else {
			mt_buf_add_text(j->out, MT_UTF8_REPLACEMENT);
			j->replaced = true;
			len = 1;
		}
		s = span_skip(s, len);
	}
	mt_buf_add_char(j->out, '"');
}

static void add_key(struct mt_json *j, struct span key)
{
	struct mt_buf *out = j->out;

	if (!mt_buf_reserve(out, key.len + 4))
		return;
	uint8_t *to = out->ptr + out->len;
	if (!j->first)
		*to++ = ',';
	j->first = false;
	if (key.ptr != NULL) {
		*to++ = '"';
		memcpy(to, key.ptr, key.len);
		to += key.len;
		*to++ = '"';
		*to++ = ':';
	}
	out->len = (size_t)(to - out->ptr);
}

void mt_json_put_open(struct mt_json *j, struct span key, char bracket)
{
	add_key(j, key);
	mt_buf_add_char(j->out, bracket);
	j->first = true;
}

void mt_json_close(struct mt_json *j, char bracket)
{
	mt_buf_add_char(j->out, bracket);
	j->first = false;
}

void mt_json_put_span(struct mt_json *j, struct span key, struct span value)
{
	add_key(j, key);
	add_string(j, value);
}

void mt_json_put_u64(struct mt_json *j, struct span key, uint64_t value)
{
	add_key(j, key);
	mt_buf_add_u64(j->out, value);
}

void mt_json_put_word(struct mt_json *j, struct span key, struct span word)
{
	add_key(j, key);
	mt_buf_add(j->out, word);
}

static void add_outside_key(struct mt_json *j, struct span key)
{
	add_key(j, mt_json_key(NULL));
	add_string(j, key);
	mt_buf_add_char(j->out, ':');
}

void mt_json_pair(struct mt_json *j, struct span key, struct span value)
{
	add_outside_key(j, key);
	add_string(j, value);
}

void mt_json_pair_true(struct mt_json *j, struct span key)
{
	add_outside_key(j, key);
	mt_buf_add_text(j->out, "true");
}
