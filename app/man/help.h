// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Reads what a program prints for --help, which it makes from its own tables: lines of two columns
// for commands ("  mailtap run ...") and options ("  -c, --config FILE ..."), and the exit codes,
// either a line each ("  64  usage") behind a title "Exit codes:", or as one sentence ("Exit: 0
// well; 64 usage."). The help of an entry may go on in its column on the next lines.

#include "mt_buf.h"

enum help_part {
	HELP_COMMANDS,
	HELP_OPTIONS,
	HELP_EXITS,
	HELP_PARTS
};

// Appends the entries of one part to the page. 0, or -ENODATA when the help has none.
int help_write(struct mt_buf *out, const char *help, enum help_part part);
