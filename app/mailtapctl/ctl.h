// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The operator console: what was asked for, and the verbs. Each verb is a function of one
// `struct ctl`; it writes its answer to stdout and returns 0 or an exit code of sysexits.h with
// error text. Anything that comes from the wire is shown with its control characters masked.

#include "mt_error.h"

#include <stdbool.h>
#include <stddef.h>

struct ctl {
	const char *verb; // as typed
	const char *spool; // directory
	const char *file_prefix; // of the appliance, as in its configuration
	const char *from, *rcpt, *subject, *since, *outcome; // filters, NULL: none
	const char *dir; // of export, NULL: not given
	const char *output; // file of export, NULL: not given
	const char *format; // of export, NULL: not given
	size_t count; // newest so many; 0: not given
	bool json;
	bool live; // ask the appliance, not the spool
	bool all;
	bool nagios;
	bool yes; // do not ask first
	char *const *words; // behind the verb
	int word_count;
};

#define CTL_COUNT_DEFAULT 20

// Beside those of sysexits.h: the answer is there and it is bad news.
#define CTL_NOT_WELL 1

// screen_status.c: the first screen. CTL_NOT_WELL when the appliance says it is not.
int ctl_status(const struct ctl *ctl, struct mt_error *error);
// health.c: CTL_NOT_WELL (without error text) when the appliance says it is not; with --nagios
// its exit codes 0, 1, 2, 3.
int ctl_health(const struct ctl *ctl, struct mt_error *error);
// show.c: the tables of show_views.c.
int ctl_show(const struct ctl *ctl, struct mt_error *error);
// ledger.c: CTL_NOT_WELL when a sum does not close.
int ctl_ledger(const struct ctl *ctl, struct mt_error *error);
// drops.c
int ctl_drops(const struct ctl *ctl, struct mt_error *error);
// odds.c
int ctl_odds(const struct ctl *ctl, struct mt_error *error);
// hist.c
int ctl_hist(const struct ctl *ctl, struct mt_error *error);
// control.c: CTL_NOT_WELL when the appliance did not do it.
int ctl_control(const struct ctl *ctl, struct mt_error *error);
// metrics.c
int ctl_metrics(const struct ctl *ctl, struct mt_error *error);
// top.c
int ctl_top(const struct ctl *ctl, struct mt_error *error);
// mails.c: the newest mails of the spool, or with --live those the appliance has in mind.
int ctl_mails(const struct ctl *ctl, struct mt_error *error);
// mail.c: one record whole.
int ctl_mail(const struct ctl *ctl, struct mt_error *error);
// cat.c
int ctl_cat(const struct ctl *ctl, struct mt_error *error);
// export.c
int ctl_export(const struct ctl *ctl, struct mt_error *error);
// verify.c: EX_DATAERR when something in the log is damaged.
int ctl_verify(const struct ctl *ctl, struct mt_error *error);
