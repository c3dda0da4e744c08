// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_reply.h"

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static size_t digits(struct span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && n < 4 && is_digit(s.ptr[at + n]))
		n++;
	return n;
}

// Length of "c.sss.ddd" in front (RFC 3463 2), 0 if there is none.
static size_t enhanced_len(struct span s)
{
	if (s.len < 5 || (s.ptr[0] != '2' && s.ptr[0] != '4' && s.ptr[0] != '5') ||
		s.ptr[1] != '.')
		return 0;
	size_t subject = digits(s, 2);
	size_t at = 2 + subject;
	if (subject == 0 || subject > 3 || at >= s.len || s.ptr[at] != '.')
		return 0;
	size_t detail = digits(s, at + 1);
	at += 1 + detail;
	if (detail == 0 || detail > 3 || (at < s.len && s.ptr[at] != ' '))
		return 0;
	return at;
}

// Offset behind the first `mark`, or 0.
static size_t behind(struct span s, const char *mark)
{
	size_t n = strlen(mark);

	for (size_t i = 0; i + n <= s.len; i++)
		if ((s.ptr[i] | 0x20) == (mark[0] | 0x20) &&
			strncasecmp((const char *)s.ptr + i, mark, n) == 0)
			return i + n;
	return 0;
}

static bool is_id(uint8_t c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		c == '-' || c == '_' || c == '.' || c == '/' || c == '+';
}

static struct span id_at(struct span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && is_id(s.ptr[at + n]))
		n++;
	while (n > 0 && s.ptr[at + n - 1] == '.')
		n--;
	return span_make(s.ptr + at, n);
}

// The word that ends right before offset `end`.
static struct span word_before(struct span s, size_t end)
{
	size_t at = end;

	while (at > 0 && is_id(s.ptr[at - 1]))
		at--;
	return span_make(s.ptr + at, end - at);
}

// Postfix "queued as X", Exim "id=X", Exchange "InternalId=X", Sendmail and OpenSMTPD
// "X Message accepted for delivery", Google "... X - gsmtp".
static struct span find_queue_id(struct span text)
{
	static const char *const before[] = {"queued as ", "InternalId=", " id="};
	static const char *const after[] = {" Message accepted", " - gsmtp"};

	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		size_t at = behind(text, before[i]);
		if (at > 0)
			return id_at(text, at);
	}
	if (span_equal_nocase(span_head(text, 3), span_text("id=")))
		return id_at(text, 3);
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++) {
		size_t at = behind(text, after[i]);
		if (at > 0)
			return word_before(text, at - strlen(after[i]));
	}
	return span_text("");
}

bool smtp_reply_parse(struct span line, struct smtp_reply_line *ret)
{
	if (digits(line, 0) != 3 || line.ptr[0] < '2' || line.ptr[0] > '5')
		return false;
	struct smtp_reply r = {.code = (uint16_t)((line.ptr[0] - '0') * 100 +
				       (line.ptr[1] - '0') * 10 + (line.ptr[2] - '0'))};
	bool more = line.len > 3 && line.ptr[3] == '-';
	struct span text =
		span_skip(line, more || (line.len > 3 && line.ptr[3] == ' ') ? 4 : 3);
	size_t n = enhanced_len(text);
	r.enhanced = span_head(text, n);
	text = span_skip(text, n);
	while (text.len > 0 && text.ptr[0] == ' ')
		text = span_skip(text, 1);
	r.text = text;
	if (r.code < 300 && !more)
		r.queue_id = find_queue_id(text);
	*ret = (struct smtp_reply_line){.reply = r, .more = more};
	return true;
}
