// SPDX-License-Identifier: BSD-3-Clause
#include "args.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <criterion/criterion.h>

static const struct {
	const char *words[6];
	int code;
	const char *want; // of the error
} cases[] = {
	{{"-c", "f"}, 0, ""},
	{{"--config", "f", "--once", "-v", "--state=d"}, 0, ""},
	{{"--help", "--nonsense"}, 0, ""},
	{{"--version"}, 0, ""},
	{{NULL}, EX_USAGE, "no configuration: give one with -c FILE"},
	{{"-c"}, EX_USAGE, "unknown option or missing value; see mailtap-inspect --help"},
	{{"-c", "f", "--twice"}, EX_USAGE,
		"unknown option or missing value; see mailtap-inspect --help"},
	{{"-c", "f", "run"}, EX_USAGE,
		"run: not expected here; see mailtap-inspect --help"},
};

Test(inspect_args, words_are_taken_or_refused)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char words[8][32], *argv[8] = {words[0]};
		struct mt_error error = {""};
		struct args args;
		int argc = 1;
		snprintf(words[0], sizeof(words[0]), "mailtap-inspect");
		for (; argc <= 6 && cases[i].words[argc - 1] != NULL; argc++) {
			snprintf(words[argc], sizeof(words[0]), "%s",
				cases[i].words[argc - 1]);
			argv[argc] = words[argc];
		}
		cr_expect_eq(
			args_parse(&args, argc, argv, &error), cases[i].code, "%zu", i);
		cr_expect_str_eq(error.text, cases[i].want);
		if (i != 1)
			continue;
		cr_expect(args.once && args.verbose);
		cr_expect_str_eq(args.config, "f");
		cr_expect_str_eq(args.state, "d");
	}
}
