// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_command.h"

static const char *const names[] = {"?",
#define X(text, name) text,
	SMTP_VERB_LIST(X)
#undef X
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span trim(struct span s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = span_skip(s, 1);
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct span smtp_command_word(struct span arg, struct span *rest)
{
	size_t n = 0;

	while (n < arg.len && !is_blank(arg.ptr[n]))
		n++;
	*rest = trim(span_skip(arg, n));
	return span_head(arg, n);
}

struct smtp_command smtp_command_parse(struct span line)
{
	struct smtp_command c = {.verb = SMTP_VERB_UNKNOWN};
	struct span verb = smtp_command_word(trim(line), &c.arg);

	for (int i = 1; i < SMTP_VERB_COUNT; i++)
		if (span_equal_nocase(verb, span_text(names[i])))
			c.verb = (enum smtp_verb)i;
	return c;
}

// Length of "<...>" with its brackets; quoted strings may hold brackets (RFC 5321 4.1.2).
// 0: no closing bracket.
static size_t bracketed(struct span s)
{
	bool quoted = false;

	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == '>' && !quoted)
			return i + 1;
	}
	return 0;
}

bool smtp_command_path(
	struct span arg, const char *word, struct span *ret_path, struct span *ret_params)
{
	struct span w = span_text(word);

	if (!span_equal_nocase(span_head(arg, w.len), w))
		return false;
	arg = trim(span_skip(arg, w.len));
	if (arg.len == 0 || arg.ptr[0] != ':')
		return false;
	arg = trim(span_skip(arg, 1));
	size_t n = arg.len > 0 && arg.ptr[0] == '<' ? bracketed(arg) : 0;
	if (n == 0) {
		*ret_path = smtp_command_word(arg, ret_params);
	} else {
		*ret_path = span_head(arg, n);
		*ret_params = trim(span_skip(arg, n));
	}
	return true;
}

static bool parse_u63(struct span digits, uint64_t *ret)
{
	uint64_t n = 0;

	if (digits.len == 0)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
			return false;
		uint64_t d = digits.ptr[i] - (uint64_t)'0';
		if (n > ((uint64_t)INT64_MAX - d) / 10)
			return false;
		n = n * 10 + d;
	}
	*ret = n;
	return true;
}

bool smtp_command_chunk(struct span arg, uint64_t *ret_size, bool *ret_last)
{
	struct span rest;
	struct span size = smtp_command_word(arg, &rest);
	bool last = span_equal_nocase(rest, span_text("LAST"));

	if ((rest.len > 0 && !last) || !parse_u63(size, ret_size))
		return false;
	*ret_last = last;
	return true;
}

bool smtp_command_chunk_loosely(struct span arg, uint64_t *ret_size, bool *ret_last)
{
	size_t at = 0, from;
	uint32_t n = 0;
	bool minus;

	arg = trim(arg);
	minus = arg.len > 0 && arg.ptr[0] == '-';
	at += minus || (arg.len > 0 && arg.ptr[0] == '+') ? 1 : 0;
	for (from = at; at < arg.len && arg.ptr[at] >= '0' && arg.ptr[at] <= '9'; at++)
		n = n * 10 + (arg.ptr[at] - (uint32_t)'0');
	if (at == from)
		return false;
	*ret_size = minus ? -n : n;
	*ret_last = span_equal_nocase(trim(span_skip(arg, at)), span_text("LAST"));
	return true;
}

bool smtp_command_number(struct span arg, uint64_t *ret)
{
	struct span rest;

	return parse_u63(smtp_command_word(arg, &rest), ret);
}

const char *smtp_verb_name(enum smtp_verb verb)
{
	return names[verb];
}
