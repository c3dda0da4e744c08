// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The command line: words in, one struct out, or a clear error. Decides nothing else.

#include "mt_error.h"

#include <stdbool.h>

#define ARGS_FILES_MAX 4096
#define ARGS_SETS_MAX  64

enum args_command {
	ARGS_RUN,
	ARGS_REPLAY,
	ARGS_CHECK,
	ARGS_DEMO,
	ARGS_HELP,
	ARGS_VERSION,
};

struct args {
	enum args_command command;
	const char *config; // -c, NULL for none
	const char *spool; // --spool
	const char *eml; // --eml
	const char *
		user; // --user, NULL: run takes the one of the configuration, others stay
	const char *sets[ARGS_SETS_MAX]; // --set key=value, in order
	int set_count;
	char *const *files; // of replay
	int file_count;
	bool legs; // --legs: the two files are two legs of one tap
	bool reference; // check --reference: every key
	int verbose;
};

// 0, or EX_USAGE with error text.
int args_parse(struct args *args, int argc, char *argv[], struct mt_error *error);
void args_print_help(void);
