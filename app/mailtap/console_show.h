// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Between the files of the console: one function a command. They run on threads of the telemetry
// library, one at a time, with the lock of the watch held, and write into `o`.

#include "console_out.h"
#include "watch.h"

struct console_ask {
	struct app *app;
	struct watch *watch;
	const char *params; // what stands behind the command's comma, NULL for nothing
	uint64_t
		held; // files in the spool's hold folder, where the command wants to know
};

typedef void console_show(const struct console_ask *ask, struct console_out *o);

// console_health.c
console_show console_health, console_info;
// console_ports.c
console_show console_ports, console_lcores;
// console_flows.c
console_show console_flows, console_servers, console_hints;
// console_counters.c
console_show console_ledger, console_drops, console_counters, console_odds;
// console_mails.c
console_show console_mails, console_mail;
// console_spool.c
console_show console_spool, console_hist;
// console_limits.c
console_show console_limits;
// console_control.c
console_show console_signatures, console_reload, console_reload_signatures, console_log,
	console_stop;

// For a question that waits: others are answered between these two.
void console_leave(const struct console_ask *ask);
void console_return(const struct console_ask *ask);
// All counters as they stand; those of ports are of the newest sample.
void console_sum(const struct console_ask *ask, struct stats_sum *ret);
// "192.0.2.25" under key.
void console_addr(struct console_out *o, const char *key, const struct packet_addr *addr);
