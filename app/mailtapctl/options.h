// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The options of the command line, from one table, as is their help.

#include "ctl.h"

enum options_asked {
	OPTIONS_GO, // on to the verb
	OPTIONS_HELP,
	OPTIONS_VERSION,
};

// Takes the options; what is no option moves behind them (argv from optind on). 0, or EX_USAGE
// with error text.
int options_parse(struct ctl *ctl, int argc, char *argv[], enum options_asked *ret,
	struct mt_error *error);
void options_print_help(void);
