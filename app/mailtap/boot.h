// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Brings an appliance up in stages and takes it down in reverse.

#include "app.h"

// EAL, pools, the configured ports (run only), then, as the user without privileges, the spool. Nothing
// is launched, no port polled. 0 or an exit code with error text.
int boot_up(struct app *app, struct mt_error *error);
// The configured interfaces, made and started. 0 or an exit code.
int boot_ports(struct app *app, struct mt_error *error);
// Gives the ports to the rx roles, which begin to poll. What arrived before is thrown away.
void boot_listen(struct app *app);
// Closes the member of a bond. Its figures are the bond's, but for what only the kernel knows.
void boot_close_member(struct app *app, struct port *member);
// Closes a port that nobody polls any more; its figures stay in app->closed.
void boot_close_port(struct app *app, struct app_port *p);
// Starts the lcores.
void boot_launch(struct app *app);
// Stops the lcores and waits for them.
void boot_join(struct app *app);
// Gives everything back. Safe after any stage of boot_up that failed.
void boot_down(struct app *app);
