// SPDX-License-Identifier: BSD-3-Clause
#include "help.h"

#include "roff.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#define TEXT_SIZE 512
#define LINE_SIZE 512
// Indented so far, a line goes on with the help of the entry before.
#define CONTINUED 12

struct reader {
	enum help_part wanted, at;
	struct mt_buf *out;
	char term[TEXT_SIZE], help[TEXT_SIZE];
	size_t column; // where the help of this list begins, 0: not yet known
	int written;
};

static void finish_entry(struct reader *r)
{
	if (r->term[0] != '\0' && r->at == r->wanted) {
		roff_item(r->out, r->term, r->help);
		r->written++;
	}
	r->term[0] = r->help[0] = '\0';
}

static void append(char text[TEXT_SIZE], const char *more, size_t len)
{
	size_t have = strlen(text);

	snprintf(text + have, TEXT_SIZE - have, "%s%.*s", have > 0 ? " " : "", (int)len,
		more);
}

// The gap between the two columns: where the list has them, else the first two blanks.
static size_t find_help(const struct reader *r, const char *line, size_t indent)
{
	size_t len = strlen(line);

	if (r->column > 0 && r->column < len && line[r->column - 1] == ' ' &&
		line[r->column] != ' ')
		return r->column;
	const char *gap = strstr(line + indent, "  ");
	if (gap == NULL)
		return len;
	return (size_t)(gap - line) + strspn(gap, " ");
}

static void take_entry(struct reader *r, enum help_part part, const char *line)
{
	size_t indent = strspn(line, " ");

	finish_entry(r);
	if (part != r->at)
		r->column = 0;
	r->at = part;
	size_t help = find_help(r, line, indent), end = help;
	if (r->column == 0 && help < strlen(line))
		r->column = help;
	while (end > indent && line[end - 1] == ' ')
		end--;
	append(r->term, line + indent, end - indent);
	append(r->help, line + help, strlen(line + help));
}

static void take_line(struct reader *r, const char *line)
{
	size_t indent = strspn(line, " ");

	if (line[indent] == '\0' || indent == 0)
		finish_entry(r);
	else if (line[indent] == '-')
		take_entry(r, HELP_OPTIONS, line);
	else if (indent < CONTINUED && isdigit((unsigned char)line[indent]))
		take_entry(r, HELP_EXITS, line);
	else if (indent < CONTINUED)
		take_entry(r, HELP_COMMANDS, line);
	else if (r->term[0] != '\0')
		append(r->help, line + indent, strlen(line + indent));
}

// "73, 74 spool": the numbers, then what they mean.
static void take_code(struct reader *r, const char *text, size_t len)
{
	size_t digits = 0;

	while (digits < len &&
		(isdigit((unsigned char)text[digits]) || text[digits] == ',' ||
			text[digits] == ' '))
		digits++;
	size_t end = digits;
	while (end > 0 && text[end - 1] == ' ')
		end--;
	append(r->term, text, end);
	append(r->help, text + digits, len - digits);
	finish_entry(r);
}

static void take_sentence(struct reader *r, const char *text)
{
	char sentence[4 * TEXT_SIZE];
	size_t n = 0;

	for (; *text != '\0' && n + 1 < sizeof(sentence); text++)
		sentence[n++] = *text == '\n' ? ' ' : *text;
	while (n > 0 && (sentence[n - 1] == ' ' || sentence[n - 1] == '.'))
		n--;
	sentence[n] = '\0';
	r->at = HELP_EXITS;
	for (char *code = sentence; *code != '\0';) {
		code += strspn(code, "; ");
		size_t len = strcspn(code, ";");
		take_code(r, code, len);
		code += len;
	}
}

int help_write(struct mt_buf *out, const char *help, enum help_part part)
{
	struct reader r = {.wanted = part, .at = HELP_PARTS, .out = out};
	const char *sentence = strstr(help, "Exit: ");
	char line[LINE_SIZE];

	while (*help != '\0' && help != sentence) {
		size_t len = strcspn(help, "\n");
		const char *inside = memmem(help, len, "Exit: ", 6);
		snprintf(line, sizeof(line), "%.*s",
			(int)(inside != NULL ? inside - help : (ptrdiff_t)len), help);
		take_line(&r, line);
		help = inside != NULL ? inside : help + len + (help[len] == '\n');
	}
	finish_entry(&r);
	if (sentence != NULL)
		take_sentence(&r, sentence + strlen("Exit: "));
	return r.written > 0 ? 0 : -ENODATA;
}
