// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Asks a running appliance over the telemetry socket of its DPDK: one SEQPACKET connection a
// question.

#include "ctl.h"

#include <jansson.h>

// `command` with its parameters, as "/mailtap/mails,10". On 0, *ret is the answer alone, without
// the command's name around it, to be given back with json_decref. Else an exit code:
// EX_UNAVAILABLE when no appliance runs, EX_NOPERM, EX_TEMPFAIL when it does not answer,
// EX_PROTOCOL when it answers what is no answer.
int link_ask(
	const struct ctl *ctl, const char *command, json_t **ret, struct mt_error *error);
