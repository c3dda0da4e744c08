// SPDX-License-Identifier: BSD-3-Clause
#include "mime_address.h"

#include "mime_text.h"
#include "mime_word.h"

// What would end a phrase or a comment, if a decoded word brought it in.
#define PHRASE_SPECIALS  "()<>[]:;@\\,\""
#define COMMENT_SPECIALS "()\\"

enum token_kind {
	TOKEN_BLANK,
	TOKEN_COMMA, // or semicolon: ends a mailbox
	TOKEN_COLON,
	TOKEN_QUOTED,
	TOKEN_COMMENT,
	TOKEN_BRACKET, // <...> or [...]
	TOKEN_WORDS, // an encoded word
	TOKEN_ATOM, // anything else
};

struct token {
	enum token_kind kind;
	struct span text;
};

// Length of a quoted string at the front of s, 0 when it does not end.
static size_t quoted_length(struct span s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == '"')
			return i + 1;
		i += s.ptr[i] == '\\';
	}
	return 0;
}

// The same for a comment, nested ones counted.
static size_t comment_length(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '(')
			depth++;
		else if (s.ptr[i] == ')' && --depth == 0)
			return i + 1;
		i += s.ptr[i] == '\\';
	}
	return 0;
}

// The same for brackets, with quoted strings inside. Another opening one ends the search: the
// first is without end then.
static size_t bracket_length(struct mime_address_list *list, struct span s)
{
	uint8_t end = s.ptr[0] == '<' ? '>' : ']';

	for (size_t i = 1; i < s.len;) {
		size_t quoted = 0;
		if (s.ptr[i] == end)
			return i + 1;
		if (s.ptr[i] == s.ptr[0])
			return 0;
		if (s.ptr[i] == '"' && !list->quote_open) {
			quoted = quoted_length(span_skip(s, i));
			list->quote_open = quoted == 0;
		}
		i += quoted > 0 ? quoted : 1;
	}
	return 0;
}

static bool is_atom(uint8_t c)
{
	return !mime_is_blank(c) && memchr(",;:\"(<[", c, 7) == NULL;
}

static size_t atom_length(struct span s)
{
	size_t n = 1;

	while (n < s.len && is_atom(s.ptr[n]))
		n++;
	return n;
}

// An encoded word counts where it stands for itself: not as a part of an address.
static size_t word_length(struct span s)
{
	struct mime_word w;

	if (!mime_word_parse(s, &w))
		return 0;
	struct span behind = span_skip(s, w.len);
	if (behind.len > 0 && is_atom(behind.ptr[0]) &&
		!span_equal(span_head(behind, 2), span_text("=?")))
		return 0;
	return w.len;
}

// s is not empty.
static struct token token_at(struct mime_address_list *list, struct span s)
{
	enum token_kind kind = TOKEN_ATOM;
	size_t n = 0;

	switch (s.ptr[0]) {
	case ' ':
	case '\t':
		return (struct token){TOKEN_BLANK, span_head(s, 1)};
	case ',':
	case ';':
		return (struct token){TOKEN_COMMA, span_head(s, 1)};
	case ':':
		return (struct token){TOKEN_COLON, span_head(s, 1)};
	case '"':
		kind = TOKEN_QUOTED;
		n = list->quote_open ? 0 : quoted_length(s);
		list->quote_open |= n == 0;
		break;
	case '(':
		kind = TOKEN_COMMENT;
		n = list->comment_open ? 0 : comment_length(s);
		list->comment_open |= n == 0;
		break;
	case '<':
	case '[':
		kind = TOKEN_BRACKET;
		n = bracket_length(list, s);
		break;
	case '=':
		kind = TOKEN_WORDS;
		n = word_length(s);
		break;
	default:
		break;
	}
	if (n > 0)
		return (struct token){kind, span_head(s, n)};
	return (struct token){TOKEN_ATOM, span_head(s, atom_length(s))};
}

void mime_address_list_init(struct mime_address_list *list, struct span value)
{
	*list = (struct mime_address_list){.rest = value, .group = span_make(NULL, 0)};
}

static struct span between(const uint8_t *from, const uint8_t *to)
{
	return span_make(from, (size_t)(to - from));
}

// Ends the group, at the octet behind its semicolon or at the end of the list. An empty one is an
// element.
static bool end_group(
	struct mime_address_list *list, const uint8_t *end, struct span *ret)
{
	struct span group = list->group;

	list->group = span_make(NULL, 0);
	if (group.ptr == NULL || list->member)
		return false;
	*ret = mime_text_trim(between(group.ptr, end));
	return true;
}

// Reads up to the end of a mailbox, or of the list. Returns what ended it (',' for the end).
static uint8_t read_mailbox(struct mime_address_list *list, struct span *ret)
{
	const uint8_t *begin = list->rest.ptr;
	bool is_address = false;

	while (list->rest.len > 0) {
		struct token t = token_at(list, list->rest);
		list->rest = span_skip(list->rest, t.text.len);
		if (t.kind == TOKEN_COMMA) {
			*ret = between(begin, t.text.ptr);
			return t.text.ptr[0];
		}
		// "name:" begins a group, "a@x:25" does not.
		if (t.kind == TOKEN_COLON && !is_address && list->group.ptr == NULL) {
			list->group = between(begin, t.text.ptr);
			list->member = false;
			begin = t.text.ptr + 1;
		}
		is_address |= t.kind == TOKEN_BRACKET ||
			(t.kind == TOKEN_ATOM && span_find(t.text, '@') < t.text.len);
	}
	*ret = between(begin, list->rest.ptr);
	return ',';
}

bool mime_address_list_next(struct mime_address_list *list, struct span *ret)
{
	while (list->rest.len > 0) {
		struct span mailbox;
		uint8_t ended_by = read_mailbox(list, &mailbox);
		mailbox = mime_text_trim(mailbox);
		list->member |= mailbox.len > 0;
		bool over = ended_by == ';' || list->rest.len == 0;
		if (over && end_group(list, list->rest.ptr, ret))
			return true;
		if (mailbox.len > 0) {
			*ret = mailbox;
			return true;
		}
	}
	return false;
}

// --- one mailbox as text

static void add_escaped(struct mt_buf *out, struct span text, const char *specials)
{
	for (size_t i = 0; i < text.len; i++) {
		if (memchr(specials, text.ptr[i], strlen(specials)) != NULL)
			mt_buf_add_char(out, '\\');
		mt_buf_add_char(out, (char)text.ptr[i]);
	}
}

static void add_quoted(struct mt_buf *out, struct span text)
{
	mt_buf_add_char(out, '"');
	add_escaped(out, text, "\\\"");
	mt_buf_add_char(out, '"');
}

static bool holds_special(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (memchr(PHRASE_SPECIALS, text.ptr[i], sizeof(PHRASE_SPECIALS) - 1) !=
			NULL)
			return true;
	return false;
}

// The words at the front of s, decoded into env->phrase. Returns their length.
static size_t decode_words(struct mime_env *env, struct span s, uint64_t *odds)
{
	mt_buf_clear(&env->phrase);
	return mime_words_add(env, s, &env->phrase, odds);
}

static size_t add_words(
	struct mime_env *env, struct span s, struct mt_buf *out, uint64_t *odds)
{
	size_t used = decode_words(env, s, odds);
	struct span text = mt_buf_span(&env->phrase);

	if (holds_special(text))
		add_quoted(out, text);
	else
		mt_buf_add(out, text);
	return used;
}

static void add_quoted_string(
	struct mime_env *env, struct span s, struct mt_buf *out, uint64_t *odds)
{
	struct span inside = mime_text_trim(span_make(s.ptr + 1, s.len - 2));
	uint64_t tried = *odds;
	struct mime_word w;

	if (mime_word_parse(inside, &w) &&
		decode_words(env, inside, &tried) == inside.len) {
		*odds = tried;
		add_quoted(out, mt_buf_span(&env->phrase));
	} else {
		mime_text_add(out, s, MT_ODD_not_utf8, odds);
	}
}

static void add_comment(
	struct mime_env *env, struct span s, struct mt_buf *out, uint64_t *odds)
{
	while (s.len > 0) {
		size_t n = s.ptr[0] == '=' ? decode_words(env, s, odds) : 0;
		if (n > 0) {
			add_escaped(out, mt_buf_span(&env->phrase), COMMENT_SPECIALS);
		} else {
			for (n = 1; n < s.len && s.ptr[n] != '=';)
				n++;
			mime_text_add(out, span_head(s, n), MT_ODD_not_utf8, odds);
		}
		s = span_skip(s, n);
	}
}

void mime_address_add(
	struct mime_env *env, struct span mailbox, struct mt_buf *out, uint64_t *odds)
{
	struct mime_address_list list;
	enum token_kind before = TOKEN_COMMA;

	mime_address_list_init(&list, mailbox);
	while (list.rest.len > 0) {
		struct token t = token_at(&list, list.rest);
		size_t used = t.text.len;
		if (t.kind != TOKEN_BLANK && before == TOKEN_BLANK)
			mt_buf_add_char(out, ' ');
		switch (t.kind) {
		case TOKEN_WORDS:
			used = add_words(env, list.rest, out, odds);
			break;
		case TOKEN_QUOTED:
			add_quoted_string(env, t.text, out, odds);
			break;
		case TOKEN_COMMENT:
			add_comment(env, t.text, out, odds);
			break;
		case TOKEN_BLANK:
			break;
		case TOKEN_COMMA:
		case TOKEN_COLON:
		case TOKEN_BRACKET:
		case TOKEN_ATOM:
			mime_text_add(out, t.text, MT_ODD_not_utf8, odds);
			break;
		}
		before = t.kind;
		list.rest = span_skip(list.rest, used);
	}
}
