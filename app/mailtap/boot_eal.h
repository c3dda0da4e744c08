// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Starts DPDK's environment from the configuration and the machine, so that nobody has to type an
// EAL argument.

#include "app.h"

// Finds the CPUs, makes the plan, starts EAL. 0 or EX_UNAVAILABLE / EX_CONFIG with error text.
int boot_eal(struct app *app, struct mt_error *error);
void boot_eal_down(void);
