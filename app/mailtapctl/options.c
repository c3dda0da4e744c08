// SPDX-License-Identifier: BSD-3-Clause
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define COUNT_MAX 1000000
#define FIRST     256

enum kind {
	TEXT, // const char *
	FLAG, // bool
	NUMBER, // size_t
	HELP,
	VERSION,
};

// clang-format off
static const struct {
	const char *name;
	char letter; // 0: none
	enum kind kind;
	size_t offset;
	const char *value, *help;
} table[] = {
	{"json",        0,   FLAG,    offsetof(struct ctl, json),        "",     "as JSON, one line each"},
	{"file-prefix", 0,   TEXT,    offsetof(struct ctl, file_prefix), "P",    "the appliance, as its configuration names it (mailtap)"},
	{"spool",       0,   TEXT,    offsetof(struct ctl, spool),       "DIR",  "the spool (/var/spool/mailtap)"},
	{"count",       'n', NUMBER,  offsetof(struct ctl, count),       "N",    "so many mails (mails: 20; export: all)"},
	{"from",        0,   TEXT,    offsetof(struct ctl, from),        "X",    "mails whose envelope sender holds X"},
	{"rcpt",        0,   TEXT,    offsetof(struct ctl, rcpt),        "X",    "of whom a recipient holds X"},
	{"subject",     0,   TEXT,    offsetof(struct ctl, subject),     "X",    "whose subject holds X"},
	{"since",       0,   TEXT,    offsetof(struct ctl, since),       "T",    "from T on: 2h, 7d, 2026-11-25, 2026-11-25T04:00:00 (UTC)"},
	{"outcome",     0,   TEXT,    offsetof(struct ctl, outcome),     "O",    "accepted, refused, unknown or given_up"},
	{"live",        0,   FLAG,    offsetof(struct ctl, live),        "",     "mails: ask the appliance, not the spool"},
	{"all",         'a', FLAG,    offsetof(struct ctl, all),         "",     "ledger, drops, odds: what is 0 as well"},
	{"nagios",      0,   FLAG,    offsetof(struct ctl, nagios),      "",     "health: one line for monitoring; exit 0, 1, 2, 3"},
	{"format",      0,   TEXT,    offsetof(struct ctl, format),      "F",    "export: eml (the very octets) or mbox (mboxrd, LF)"},
	{"dir",         0,   TEXT,    offsetof(struct ctl, dir),         "D",    "export: folder for the eml form"},
	{"output",      0,   TEXT,    offsetof(struct ctl, output),      "FILE", "export: file for the mbox form (standard output)"},
	{"yes",         0,   FLAG,    offsetof(struct ctl, yes),         "",     "stop: do not ask first"},
	{"help",        'h', HELP,    0,                                 "",     "this text"},
	{"version",     0,   VERSION, 0,                                 "",     "of mailtapctl"},
};
// clang-format on

#define OPTIONS (sizeof(table) / sizeof(table[0]))

static int take_count(size_t *to, const char *text, struct mt_error *error)
{
	char *end;

	errno = 0;
	unsigned long n = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9' || n < 1 ||
		n > COUNT_MAX) {
		mt_error_set(
			error, 0, "-n %.40s: a number from 1 to %d", text, COUNT_MAX);
		return EX_USAGE;
	}
	*to = n;
	return 0;
}

static int take(
	struct ctl *ctl, size_t nth, enum options_asked *ret, struct mt_error *error)
{
	char *field = (char *)ctl + table[nth].offset;

	switch (table[nth].kind) {
	case TEXT:
		memcpy(field, &optarg, sizeof(optarg));
		return 0;
	case FLAG:
		*(bool *)field = true;
		return 0;
	case NUMBER:
		return take_count((size_t *)(void *)field, optarg, error);
	case HELP:
		*ret = OPTIONS_HELP;
		return 0;
	case VERSION:
		*ret = OPTIONS_VERSION;
		return 0;
	}
	return 0;
}

static size_t find(int option)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (option == FIRST + (int)i || option == table[i].letter)
			return i;
	return OPTIONS;
}

int options_parse(struct ctl *ctl, int argc, char *argv[], enum options_asked *ret,
	struct mt_error *error)
{
	struct option options[OPTIONS + 1] = {0};
	int option, code = 0;

	for (size_t i = 0; i < OPTIONS; i++)
		options[i] = (struct option){table[i].name,
			table[i].value[0] != '\0' ? required_argument : no_argument, NULL,
			FIRST + (int)i};
	opterr = 0;
	while (code == 0 && *ret == OPTIONS_GO &&
		(option = getopt_long(argc, argv, ":n:ah", options, NULL)) != -1) {
		size_t nth = find(option);
		if (nth < OPTIONS) {
			code = take(ctl, nth, ret, error);
			continue;
		}
		mt_error_set(error, 0, "%.40s: %s; see mailtapctl --help",
			argv[optind - 1],
			option == ':' ? "its value is missing" : "no such option");
		code = EX_USAGE;
	}
	return code;
}

void options_print_help(void)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		char left[32];
		snprintf(left, sizeof(left), "%c%c%c --%s %s",
			table[i].letter != 0 ? '-' : ' ',
			table[i].letter != 0 ? table[i].letter : ' ',
			table[i].letter != 0 ? ',' : ' ', table[i].name, table[i].value);
		printf("  %-22s %s\n", left, table[i].help);
	}
}
