// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the screens show: the appliance's answers to a set of questions, asked one after another
// on one link.

#include "link.h"

// name, command, whether it is a list of pages
#define FACTS_LIST(X)                                            \
	X(HEALTH, "health", "/mailtap/health", false)            \
	X(INFO, "info", "/mailtap/info", false)                  \
	X(PORTS, "ports", "/mailtap/ports", false)               \
	X(LCORES, "lcores", "/mailtap/lcores", false)            \
	X(FLOWS, "flows", "/mailtap/flows", false)               \
	X(SMTP, "smtp", "/mailtap/smtp", true)                   \
	X(SPOOL, "spool", "/mailtap/spool", false)               \
	X(SIGNATURES, "signatures", "/mailtap/signatures", true) \
	X(LEDGER, "ledger", "/mailtap/ledger", false)            \
	X(DROPS, "drops", "/mailtap/drops", false)               \
	X(MAILS, "mails", "/mailtap/mails,32", false)

enum fact {
#define X(name, word, command, paged) FACT_##name,
	FACTS_LIST(X)
#undef X
	FACT_COUNT
};

#define FACT_BIT(name) (1u << FACT_##name)

struct facts {
	json_t *answer
		[FACT_COUNT]; // NULL: not asked for, or this appliance has no such thing
};

// Asks for those in `set`. 0 or an exit code of link.h; health must be answered, what else the
// appliance does not know is left out. *facts is empty on failure.
int facts_ask(
	struct link *link, unsigned set, struct facts *facts, struct mt_error *error);
void facts_fini(struct facts *facts);
// The spool's folder as the appliance says it, else that one.
const char *facts_spool(const struct facts *facts, const char *otherwise);
const char *fact_name(enum fact fact);
