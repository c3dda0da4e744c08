// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The control thread: starts what boot built, waits for the end of the capture or a signal,
// drains everything in order and says how it went.

#include "app.h"

// Runs until SIGTERM or SIGINT. Returns the exit code; error text when it is not 0.
int control_run(struct app *app, struct mt_error *error);
// Reads the files to their ends, one after another (or two as legs).
int control_replay(struct app *app, struct mt_error *error);
// SIGINT and SIGTERM: stop in order, and a second one later than a second: at once; SIGHUP: reopen
// eve.json and reload.
void control_catch_signals(void);
// Asks the run to drain and end, as SIGTERM does. Any thread.
void control_stop(void);
