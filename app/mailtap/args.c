// SPDX-License-Identifier: BSD-3-Clause
#include "args.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const char help[] =
	"mailtap: follows SMTP on a passive tap and stores every mail as the server took it\n"
	"\n"
	"  mailtap run -c CONFIG               capture from the configured interfaces\n"
	"  mailtap replay -c CONFIG FILE...    read capture files, one after another as one capture\n"
	"  mailtap replay -c CONFIG --legs A B read two files as the two legs of one tap\n"
	"  mailtap check -c CONFIG             show the effective configuration, or every mistake\n"
	"  mailtap check --reference           explain every key\n"
	"  mailtap demo                        replay a small capture and show what comes out\n"
	"\n"
	"  -c, --config FILE     configuration (YAML)\n"
	"      --spool DIR       where mails go, instead of spool.directory\n"
	"      --eml DIR         also write each stored mail as DIR/<id>.eml\n"
	"      --user NAME       whom to become, started as root (run: instead of user)\n"
	"      --set KEY=VALUE   set one key, after the file; may be given again\n"
	"  -v, --verbose         say more\n"
	"      --version, --help\n"
	"\n"
	"A FILE of - is standard input. Exit: 0 well; 64 usage; 65 damaged or unknown capture;\n"
	"66 no input; 67 no such user; 69 port not there; 73, 74 spool; 75 spool in use, or stopped\n"
	"by a second signal before all was stored; 77 no right to it; 78 configuration.\n";

static const struct {
	const char *word;
	enum args_command command;
} commands[] = {
	{"run", ARGS_RUN},
	{"replay", ARGS_REPLAY},
	{"check", ARGS_CHECK},
	{"demo", ARGS_DEMO},
};

enum {
	OPT_SPOOL = 256,
	OPT_EML,
	OPT_USER,
	OPT_SET,
	OPT_LEGS,
	OPT_REFERENCE,
	OPT_VERSION,
};

static const struct option options[] = {
	{"config", required_argument, NULL, 'c'},
	{"spool", required_argument, NULL, OPT_SPOOL},
	{"eml", required_argument, NULL, OPT_EML},
	{"user", required_argument, NULL, OPT_USER},
	{"set", required_argument, NULL, OPT_SET},
	{"legs", no_argument, NULL, OPT_LEGS},
	{"reference", no_argument, NULL, OPT_REFERENCE},
	{"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, OPT_VERSION},
	{"help", no_argument, NULL, 'h'},
	{0},
};

void args_print_help(void)
{
	fputs(help, stdout);
}

static int take_option(struct args *args, int option, struct mt_error *error)
{
	switch (option) {
	case 'c':
		args->config = optarg;
		return 0;
	case 'v':
		args->verbose++;
		return 0;
	case 'h':
		args->command = ARGS_HELP;
		return 0;
	case OPT_VERSION:
		args->command = ARGS_VERSION;
		return 0;
	case OPT_SPOOL:
		args->spool = optarg;
		return 0;
	case OPT_EML:
		args->eml = optarg;
		return 0;
	case OPT_USER:
		args->user = optarg;
		return 0;
	case OPT_LEGS:
		args->legs = true;
		return 0;
	case OPT_REFERENCE:
		args->reference = true;
		return 0;
	case OPT_SET:
		if (args->set_count < ARGS_SETS_MAX) {
			args->sets[args->set_count++] = optarg;
			return 0;
		}
		mt_error_set(error, 0, "--set: more than %d", ARGS_SETS_MAX);
		return EX_USAGE;
	default:
		mt_error_set(
			error, 0, "unknown option or missing value; see mailtap --help");
		return EX_USAGE;
	}
}

static int check_words(struct args *args, struct mt_error *error)
{
	if (args->command == ARGS_REPLAY && args->file_count == 0) {
		mt_error_set(error, 0, "replay: name at least one capture file, or -");
		return EX_USAGE;
	}
	if (args->legs && args->file_count != 2) {
		mt_error_set(error, 0, "--legs: needs exactly two files, one a leg");
		return EX_USAGE;
	}
	if (args->command != ARGS_REPLAY && args->file_count > 0) {
		mt_error_set(error, 0, "%s: not expected here; see mailtap --help",
			args->files[0]);
		return EX_USAGE;
	}
	bool needs_config = args->command == ARGS_RUN ||
		(args->command == ARGS_CHECK && !args->reference) ||
		args->command == ARGS_REPLAY;
	if (needs_config && args->config == NULL && args->set_count == 0) {
		mt_error_set(error, 0, "no configuration: give one with -c FILE");
		return EX_USAGE;
	}
	return 0;
}

int args_parse(struct args *args, int argc, char *argv[], struct mt_error *error)
{
	int option, rc;

	*args = (struct args){.command = ARGS_HELP};
	opterr = 0;
	while ((option = getopt_long(argc, argv, "c:vh", options, NULL)) != -1) {
		rc = take_option(args, option, error);
		if (rc != 0 || option == 'h' || option == OPT_VERSION)
			return rc;
	}
	if (optind == argc) {
		mt_error_set(error, 0,
			"say what to do: run, replay, check or demo; see mailtap --help");
		return EX_USAGE;
	}
	const char *word = argv[optind++];
	size_t i = 0;
	while (i < sizeof(commands) / sizeof(commands[0]) &&
		strcmp(word, commands[i].word) != 0)
		i++;
	if (i == sizeof(commands) / sizeof(commands[0])) {
		mt_error_set(error, 0,
			"%s: not run, replay, check or demo; see mailtap --help", word);
		return EX_USAGE;
	}
	args->command = commands[i].command;
	args->files = argv + optind;
	args->file_count = argc - optind;
	return check_words(args, error);
}
