// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// `mailtap demo`: a small capture of a real Postfix, carried inside the program, is replayed into
// a folder of its own, and what came out is shown.

#include "args.h"
#include "conf.h"

// Fills in files, spool and eml folder. 0 or an exit code with error text.
int demo_prepare(struct args *args, struct conf *conf, struct mt_error *error);
void demo_say_where(const struct args *args);
