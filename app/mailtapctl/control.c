// SPDX-License-Identifier: BSD-3-Clause
#include "ctl.h"
#include "field.h"
#include "link.h"
#include "mask.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const struct control {
	const char *verb, *command;
	const char *word; // it needs one: what it is
	const char *question; // asked before, NULL: none
	int patience_s;
} controls[] = {
	// Thousands of signatures take their time to compile.
	{"reload", "/mailtap/ctl/reload", NULL, NULL, 300},
	{"reload-signatures", "/mailtap/ctl/signatures", NULL, NULL, 300},
	{"log", "/mailtap/ctl/log", "a level: debug, info, warn, error or fatal", NULL,
		5},
	{"stop", "/mailtap/ctl/stop", NULL,
		"No mail is captured until it is started again. Stop it", 5},
};

static const struct control *find(const char *verb)
{
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (strcmp(controls[i].verb, verb) == 0)
			return &controls[i];
	return NULL;
}

// 0: go on.
static int make_sure(
	const struct ctl *ctl, const struct control *c, struct mt_error *error)
{
	char line[16] = "";

	if (c->question == NULL || ctl->yes)
		return 0;
	if (!isatty(STDIN_FILENO)) {
		mt_error_set(
			error, 0, "%s: nobody is there to be asked; say --yes", c->verb);
		return EX_USAGE;
	}
	fprintf(stderr, "appliance '%s': %s? [y/N] ", ctl->file_prefix, c->question);
	if (fgets(line, sizeof(line), stdin) != NULL &&
		(line[0] == 'y' || line[0] == 'Y'))
		return 0;
	mt_error_set(error, 0, "%s: not done", c->verb);
	return CTL_NOT_WELL;
}

static int make_command(const struct ctl *ctl, const struct control *c, char *to,
	size_t size, struct mt_error *error)
{
	const char *word = ctl->word_count > 0 ? ctl->words[0] : NULL;

	if ((word == NULL) != (c->word == NULL) || ctl->word_count > 1) {
		if (c->word == NULL)
			mt_error_set(error, 0, "%s: takes no word", c->verb);
		else
			mt_error_set(error, 0, "%s: say %s", c->verb, c->word);
		return EX_USAGE;
	}
	if (word != NULL && (strlen(word) > 32 || strchr(word, ',') != NULL)) {
		mt_error_set(error, 0, "%s %.32s: say %s", c->verb, word, c->word);
		return EX_USAGE;
	}
	snprintf(to, size, "%s%s%s", c->command, word != NULL ? "," : "",
		word != NULL ? word : "");
	return 0;
}

static void print(const json_t *answer)
{
	struct span text = field_text(answer, "text");
	struct span restart = field_text(answer, "needs_restart");

	if (text.len == 0)
		text = span_text(field_is(answer, "done", "yes") ? "done" : "not done");
	mask_print(stdout, text);
	putchar('\n');
	if (restart.len == 0)
		return;
	fputs("these take effect with the next start only: ", stdout);
	mask_print(stdout, restart);
	putchar('\n');
}

static int ask(const struct ctl *ctl, const struct control *c, const char *command,
	json_t **ret, struct mt_error *error)
{
	struct link *link;
	int code = link_open(ctl, c->patience_s, &link, error);

	if (code != 0)
		return code;
	code = link_question(link, command, ret, error);
	link_close(link);
	return code;
}

int ctl_control(const struct ctl *ctl, struct mt_error *error)
{
	const struct control *c = find(ctl->verb);
	char command[96];
	json_t *answer;

	int code = make_command(ctl, c, command, sizeof(command), error);
	if (code == 0)
		code = make_sure(ctl, c, error);
	if (code == 0)
		code = ask(ctl, c, command, &answer, error);
	if (code != 0)
		return code;
	if (ctl->json)
		field_print(answer);
	else
		print(answer);
	code = field_is(answer, "done", "yes") ? 0 : CTL_NOT_WELL;
	json_decref(answer);
	return code;
}
