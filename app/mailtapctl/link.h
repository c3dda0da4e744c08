// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Asks a running appliance over the telemetry socket of its DPDK. What comes back is judged: it
// must be one JSON object under the limits, and what it says goes through mask.h before it is
// shown.

#include "ctl.h"

#include <jansson.h>

struct link;

// 0; EX_UNAVAILABLE when no appliance runs, EX_NOPERM when this user may not ask it, EX_TEMPFAIL
// when it does not greet, EX_OSERR. patience_s bounds every wait on the link.
int link_open(
	const struct ctl *ctl, int patience_s, struct link **ret, struct mt_error *error);
void link_close(struct link *link); // NULL is taken

// `command` with its parameters, as "/mailtap/mails,10". On 0, *ret is the answer alone, an
// object without the command's name around it, to be given back with json_decref. Else an exit
// code: EX_TEMPFAIL when nothing comes, EX_PROTOCOL when it answers what is no answer (the link
// is still good), EX_USAGE when it refuses the question.
int link_question(
	struct link *link, const char *command, json_t **ret, struct mt_error *error);
// All pages of a list: the first answer, whose "items" is then an array of all of them.
int link_pages(
	struct link *link, const char *command, json_t **ret, struct mt_error *error);

// One question on a link of its own.
int link_ask(
	const struct ctl *ctl, const char *command, json_t **ret, struct mt_error *error);
// The same for a list of pages.
int link_ask_pages(
	const struct ctl *ctl, const char *command, json_t **ret, struct mt_error *error);
