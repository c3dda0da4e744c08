// SPDX-License-Identifier: BSD-3-Clause
#include "args.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

static const char help[] =
	"mailtap-inspect: hands stored mails to folders and programs, and keeps their verdicts\n"
	"\n"
	"  mailtap-inspect -c CONFIG           go on for ever, as mails come\n"
	"  mailtap-inspect -c CONFIG --once    up to the end of the log, then end\n"
	"\n"
	"  -c, --config FILE     the configuration of mailtap: its key `inspect` lists the outputs\n"
	"      --state DIR       cursors, verdicts and status, instead of SPOOL/state/inspect\n"
	"      --once            75 says that mails wait for another try: run it again later\n"
	"  -v, --verbose         say more\n"
	"      --version, --help\n"
	"\n"
	"SIGTERM ends it, SIGHUP takes a changed configuration. Each output NAME leaves in DIR\n"
	"NAME.verdicts (a line of JSON a mail), NAME.status and NAME.cursor.\n"
	"Exit: 0 well; 64 usage; 66 no spool; 69 an output cannot be used; 73, 74 files;\n"
	"75 in use, or mails wait; 78 configuration.\n";

enum {
	OPT_STATE = 256,
	OPT_ONCE,
	OPT_VERSION,
};

static const struct option options[] = {
	{"config", required_argument, NULL, 'c'},
	{"state", required_argument, NULL, OPT_STATE},
	{"once", no_argument, NULL, OPT_ONCE},
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
		args->verbose = true;
		return 0;
	case 'h':
		args->help = true;
		return 0;
	case OPT_VERSION:
		args->version = true;
		return 0;
	case OPT_STATE:
		args->state = optarg;
		return 0;
	case OPT_ONCE:
		args->once = true;
		return 0;
	default:
		mt_error_set(error, 0,
			"unknown option or missing value; see mailtap-inspect --help");
		return EX_USAGE;
	}
}

int args_parse(struct args *args, int argc, char *argv[], struct mt_error *error)
{
	int option;

	*args = (struct args){0};
	opterr = 0;
	optind = 0;
	while ((option = getopt_long(argc, argv, "c:vh", options, NULL)) != -1) {
		int rc = take_option(args, option, error);
		if (rc != 0 || args->help || args->version)
			return rc;
	}
	if (optind < argc) {
		mt_error_set(error, 0,
			"%.100s: not expected here; see mailtap-inspect --help",
			argv[optind]);
		return EX_USAGE;
	}
	if (args->config != NULL)
		return 0;
	mt_error_set(error, 0, "no configuration: give one with -c FILE");
	return EX_USAGE;
}
