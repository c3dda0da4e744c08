// SPDX-License-Identifier: BSD-3-Clause
#include "args.h"

#include <getopt.h>
#include <sysexits.h>

#include <criterion/criterion.h>

#define WORDS_MAX 12

static const struct {
	const char *words[WORDS_MAX];
	int code;
	enum args_command command;
	const char *in_error;
} cases[] = {
	{{"mailtap", "run", "-c", "x.yaml"}, 0, ARGS_RUN, NULL},
	{{"mailtap", "replay", "-c", "x.yaml", "a.pcap", "b.pcap"}, 0, ARGS_REPLAY, NULL},
	{{"mailtap", "replay", "-c", "x.yaml", "--legs", "a", "b"}, 0, ARGS_REPLAY, NULL},
	{{"mailtap", "replay", "-c", "x.yaml", "-"}, 0, ARGS_REPLAY, NULL},
	{{"mailtap", "check", "-c", "x.yaml"}, 0, ARGS_CHECK, NULL},
	{{"mailtap", "check", "--reference"}, 0, ARGS_CHECK, NULL},
	{{"mailtap", "demo"}, 0, ARGS_DEMO, NULL},
	{{"mailtap", "--help"}, 0, ARGS_HELP, NULL},
	{{"mailtap", "--version"}, 0, ARGS_VERSION, NULL},
	{{"mailtap"}, EX_USAGE, ARGS_HELP, "say what to do"},
	{{"mailtap", "fly"}, EX_USAGE, ARGS_HELP, "fly"},
	{{"mailtap", "run"}, EX_USAGE, ARGS_RUN, "-c FILE"},
	{{"mailtap", "run", "-c"}, EX_USAGE, ARGS_HELP, "--help"},
	{{"mailtap", "run", "--colour"}, EX_USAGE, ARGS_HELP, "--help"},
	{{"mailtap", "run", "-c", "x", "more"}, EX_USAGE, ARGS_RUN, "more"},
	{{"mailtap", "replay", "-c", "x"}, EX_USAGE, ARGS_REPLAY, "capture file"},
	{{"mailtap", "replay", "-c", "x", "--legs", "a"}, EX_USAGE, ARGS_REPLAY,
		"two files"},
};

Test(args, words_are_read_or_refused_with_a_reason)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *argv[WORDS_MAX + 1] = {NULL};
		struct mt_error error = {""};
		struct args args;
		int argc = 0;
		for (; cases[i].words[argc] != NULL; argc++)
			argv[argc] = strdup(cases[i].words[argc]);
		optind = 0; // getopt begins anew
		int code = args_parse(&args, argc, argv, &error);
		cr_assert_eq(code, cases[i].code, "case %zu: %d %s", i, code, error.text);
		if (code == 0)
			cr_assert_eq(args.command, cases[i].command, "case %zu", i);
		else
			cr_assert_neq(strstr(error.text, cases[i].in_error), NULL,
				"case %zu: %s", i, error.text);
		for (int a = 0; a < argc; a++)
			free(argv[a]);
	}
}
