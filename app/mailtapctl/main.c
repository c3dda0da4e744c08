// SPDX-License-Identifier: BSD-3-Clause

// Words, verb, exit code.

#include "ctl.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define COUNT_DEFAULT 20
#define COUNT_MAX     1000000

static const struct verb {
	const char *name;
	int (*run)(const struct ctl *ctl, struct mt_error *error);
	bool words; // takes more of them
	const char *use, *help;
} verbs[] = {
	{"health", ctl_health, false, "health",
		"one word, and why; exit 1 when it is not OK"},
	{"mails", ctl_mails, false, "mails [-n N] [--from X] [--rcpt X]",
		"the newest mails in the spool (--live: in the appliance)"},
	{"cat", ctl_cat, true, "cat ID",
		"the octets of a mail, after checking its SHA-256"},
	{"export", ctl_export, true, "export --dir D [ID...]",
		"<id>.eml and <id>.json of these mails, or of all"},
	{"ledger", ctl_ledger, false, "ledger [--all]",
		"every counter, and whether the sums close; exit 1 when not"},
	{"ports", ctl_ports, false, "ports", "figures of each port"},
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

enum {
	OPT_JSON = 256,
	OPT_FROM,
	OPT_RCPT,
	OPT_DIR,
	OPT_SPOOL,
	OPT_PREFIX,
	OPT_LIVE,
	OPT_VERSION,
};

static const struct option options[] = {
	{"count", required_argument, NULL, 'n'},
	{"all", no_argument, NULL, 'a'},
	{"json", no_argument, NULL, OPT_JSON},
	{"from", required_argument, NULL, OPT_FROM},
	{"rcpt", required_argument, NULL, OPT_RCPT},
	{"dir", required_argument, NULL, OPT_DIR},
	{"spool", required_argument, NULL, OPT_SPOOL},
	{"file-prefix", required_argument, NULL, OPT_PREFIX},
	{"live", no_argument, NULL, OPT_LIVE},
	{"version", no_argument, NULL, OPT_VERSION},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static void print_help(void)
{
	puts("mailtapctl: looks into a mailtap appliance and its spool\n");
	for (size_t i = 0; i < VERBS; i++)
		printf("  mailtapctl %-36s %s\n", verbs[i].use, verbs[i].help);
	puts("\n"
	     "  -n, --count N          so many mails (20)\n"
	     "      --from X           whose sender holds X\n"
	     "      --rcpt X           of whom a recipient holds X\n"
	     "      --json             as JSON, one line each\n"
	     "      --live             ask the appliance, not the spool\n"
	     "      --dir D            where export writes\n"
	     "  -a, --all              counters that are 0 as well\n"
	     "      --spool DIR        the spool (/var/spool/mailtap)\n"
	     "      --file-prefix P    the appliance, as its configuration names it (mailtap)\n"
	     "      --version, --help\n"
	     "\n"
	     "Without a verb: health. Exit: 0 well; 1 not well; 64 usage; 65 damaged content;\n"
	     "66 no such mail or spool; 69 no appliance runs; 73, 74 files; 75, 76 no answer\n"
	     "of the appliance; 77 not allowed.");
}

static int take_count(struct ctl *ctl, struct mt_error *error)
{
	char *end;

	errno = 0;
	unsigned long n = strtoul(optarg, &end, 10);
	if (errno != 0 || *end != '\0' || end == optarg || n < 1 || n > COUNT_MAX) {
		mt_error_set(
			error, 0, "-n %.40s: a number from 1 to %d", optarg, COUNT_MAX);
		return EX_USAGE;
	}
	ctl->count = n;
	return 0;
}

static int take_option(struct ctl *ctl, int option, struct mt_error *error)
{
	switch (option) {
	case 'n':
		return take_count(ctl, error);
	case 'a':
		ctl->all = true;
		return 0;
	case OPT_JSON:
		ctl->json = true;
		return 0;
	case OPT_LIVE:
		ctl->live = true;
		return 0;
	case OPT_FROM:
		ctl->from = optarg;
		return 0;
	case OPT_RCPT:
		ctl->rcpt = optarg;
		return 0;
	case OPT_DIR:
		ctl->dir = optarg;
		return 0;
	case OPT_SPOOL:
		ctl->spool = optarg;
		return 0;
	case OPT_PREFIX:
		ctl->file_prefix = optarg;
		return 0;
	default:
		mt_error_set(error, 0,
			"unknown option or missing value; see mailtapctl --help");
		return EX_USAGE;
	}
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

// What was to be told may not have reached the disk or the pipe.
static int check_output(int code, struct mt_error *error)
{
	bool lost = ferror(stdout) != 0;

	if ((fflush(stdout) == 0 && !lost) || code > CTL_NOT_WELL)
		return code;
	mt_error_set(error, 0, "standard output: %s", strerror(errno));
	return EX_IOERR;
}

static int run(struct ctl *ctl, int argc, char *argv[], struct mt_error *error)
{
	const char *name = optind < argc ? argv[optind++] : "health";
	const struct verb *verb = find_verb(name);

	if (verb == NULL) {
		mt_error_set(
			error, 0, "%.40s: no such verb; see mailtapctl --help", name);
		return EX_USAGE;
	}
	ctl->words = argv + optind;
	ctl->word_count = argc - optind;
	if (ctl->word_count > 0 && !verb->words) {
		mt_error_set(error, 0, "%.40s: not expected here; mailtapctl %s",
			ctl->words[0], verb->use);
		return EX_USAGE;
	}
	return check_output(verb->run(ctl, error), error);
}

int main(int argc, char *argv[])
{
	struct ctl ctl = {.spool = "/var/spool/mailtap",
		.file_prefix = "mailtap",
		.count = COUNT_DEFAULT};
	struct mt_error error = {""};
	int option, code = 0;

	setlocale(LC_CTYPE, "");
	opterr = 0;
	while (code == 0 &&
		(option = getopt_long(argc, argv, "n:ah", options, NULL)) != -1) {
		if (option == 'h') {
			print_help();
			return 0;
		}
		if (option == OPT_VERSION) {
			puts("mailtapctl " MAILTAP_VERSION);
			return 0;
		}
		code = take_option(&ctl, option, &error);
	}
	if (code == 0)
		code = run(&ctl, argc, argv, &error);
	if (error.text[0] != '\0')
		fprintf(stderr, "mailtapctl: %s\n", error.text);
	return code;
}
