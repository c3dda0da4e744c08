// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The operator's window: commands on DPDK's telemetry socket. They read counters and snapshots on
// a thread of their own and never take a moment of the data path's.

#include "app.h"

// Registers every command. app->watch must be there.
void console_open(struct app *app);
// The appliance is about to be taken apart: from here on there is no answer.
void console_close(void);
