// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The order in which an appliance gives up what it no longer needs: files of others before DPDK
// starts, the user and the system calls when the ports are up, and only then is anything read that
// strangers had a hand in.

#include "app.h"

// Looks the user up, makes the folders, confines. Before EAL. 0 or an exit code with error text.
int guard_before_eal(struct app *app, struct mt_error *error);
// Opens the console to its group, changes the user, limits the system calls, and checks that the
// spool is that user's. 0 or an exit code with error text.
int guard_after_ports(struct app *app, struct mt_error *error);
// Adds to an error of a port what the user lacks, if that may be the reason.
void guard_explain_port(struct mt_error *error);
