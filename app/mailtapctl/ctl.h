// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The operator console: what was asked for, and the verbs. Each verb is a function of one
// `struct ctl`; it writes its answer to stdout and returns 0 or an exit code of sysexits.h with
// error text. Anything that comes from the wire is shown with its control characters masked.

#include "mt_error.h"

#include <stdbool.h>
#include <stddef.h>

struct ctl {
	const char *spool; // directory
	const char *file_prefix; // of the appliance, as in its configuration
	const char *from, *rcpt; // filters, NULL: none
	const char *dir; // of export, NULL: not given
	size_t count; // newest so many
	bool json;
	bool live; // ask the appliance, not the spool
	bool all;
	char *const *words; // behind the verb
	int word_count;
};

// Beside those of sysexits.h: the answer is there and it is bad news.
#define CTL_NOT_WELL 1

// mails.c: the newest mails of the spool, or with --live those the appliance has in mind.
int ctl_mails(const struct ctl *ctl, struct mt_error *error);
// cat.c
int ctl_cat(const struct ctl *ctl, struct mt_error *error);
// export.c
int ctl_export(const struct ctl *ctl, struct mt_error *error);
// show.c: CTL_NOT_WELL (without error text) when the appliance says it is not.
int ctl_health(const struct ctl *ctl, struct mt_error *error);
int ctl_ports(const struct ctl *ctl, struct mt_error *error);
// ledger.c: CTL_NOT_WELL when a sum does not close.
int ctl_ledger(const struct ctl *ctl, struct mt_error *error);
