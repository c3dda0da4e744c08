// SPDX-License-Identifier: BSD-3-Clause
#include "roff.h"

// A hyphen is a minus sign everywhere: what is shown is there to be typed.
static void add_char(struct mt_buf *out, char c)
{
	if (c == '\\')
		mt_buf_add_text(out, "\\e");
	else if (c == '-')
		mt_buf_add_text(out, "\\-");
	else
		mt_buf_add_char(out, c);
}

void roff_text(struct mt_buf *out, const char *text)
{
	char before = '\0';

	if (*text == '.' || *text == '\'')
		mt_buf_add_text(out, "\\&");
	for (; *text != '\0'; before = *text++) {
		// Sentences begin lines, as roff has it.
		if (*text == ' ' && before == '.' && text[1] >= 'A' && text[1] <= 'Z')
			mt_buf_add_char(out, '\n');
		else
			add_char(out, *text);
	}
	mt_buf_add_char(out, '\n');
}

static bool is_placeholder(const char *word, size_t len)
{
	size_t capitals = 0;

	for (size_t i = 0; i < len; i++) {
		if (word[i] >= 'a' && word[i] <= 'z')
			return false;
		capitals += word[i] >= 'A' && word[i] <= 'Z';
	}
	return capitals > 0 && word[0] != '-';
}

static void add_word(struct mt_buf *out, const char *word, size_t len)
{
	mt_buf_add_text(out, is_placeholder(word, len) ? "\\fI" : "\\fB");
	for (size_t i = 0; i < len; i++)
		add_char(out, word[i]);
	mt_buf_add_text(out, "\\fR");
}

void roff_item(struct mt_buf *out, const char *term, const char *help)
{
	mt_buf_add_text(out, ".TP\n");
	while (*term != '\0') {
		size_t len = strcspn(term, " ");
		add_word(out, term, len);
		term += len;
		while (*term == ' ')
			term++;
		if (*term != '\0')
			mt_buf_add_char(out, ' ');
	}
	mt_buf_add_char(out, '\n');
	if (*help != '\0')
		roff_text(out, help);
}
