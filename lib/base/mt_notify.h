// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Tells a service manager (systemd's Type=notify, or whoever offers NOTIFY_SOCKET) how the process
// is. Without a manager every call does nothing. It never waits long and never fails loudly: a
// manager that does not listen must not disturb the work.

#include <stdbool.h>
#include <stdint.h>

// Connects to the socket that NOTIFY_SOCKET names, a path or "@name" of the abstract kind, and
// notes what WATCHDOG_USEC asks for; both leave the environment. Early: before the process gives
// up the right to connect. 0 (also without a manager), or -errno: it cannot be reached.
int mt_notify_open(void);
void mt_notify_close(void);
bool mt_notify_is_open(void);
// How often the manager wants a sign of life at least, 0 for never.
uint64_t mt_notify_watchdog_us(void);

// Start-up is over, or a reload is.
void mt_notify_ready(void);
// A reload begins; mt_notify_ready ends it.
void mt_notify_reloading(void);
void mt_notify_stopping(void);
// A sign of life.
void mt_notify_alive(void);
// One line for people (`systemctl status`), at most 200 octets.
__attribute__((format(printf, 1, 2))) void mt_notify_status(const char *fmt, ...);
