// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The effective configuration of a run: the file, then what the command line says over it.

#include "args.h"
#include "conf.h"

// 0, or EX_CONFIG with error text. conf holds something of no use then.
int settings_read(const struct args *args, struct conf *conf, struct mt_error *error);
// The level of the process's own log: that of the configuration, unless -v says more.
void settings_set_log_level(const struct args *args, const struct conf *conf);
