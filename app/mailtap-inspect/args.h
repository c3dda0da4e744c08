// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The command line.

#include "mt_error.h"

#include <stdbool.h>

struct args {
	const char *config;
	const char *state; // NULL: state/inspect in the spool
	bool once, verbose, help, version;
};

void args_print_help(void);
// 0, or the exit code with error text.
int args_parse(struct args *args, int argc, char *argv[], struct mt_error *error);
