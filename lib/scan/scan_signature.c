// SPDX-License-Identifier: BSD-3-Clause
#include "scan_key.h"

#include <stdlib.h>

const char *scan_scope_name(enum scan_scope scope)
{
	static const char *const names[SCAN_SCOPE_COUNT] = {"raw", "header", "body"};

	return names[scope];
}

const char *scan_action_name(enum scan_action action)
{
	return action == SCAN_HOLD ? "hold" : "note";
}

void scan_signature_fini(struct scan_signature *s)
{
	free(s->name);
	free(s->category);
	free(s->description);
	free(s->reference);
	free(s->expression);
	*s = (struct scan_signature){0};
}
