// SPDX-License-Identifier: BSD-3-Clause
#include "operate.h"

#include <stdio.h>

void operate_reload(struct app *app, struct operate_answer *ret)
{
	*ret = (struct operate_answer){.done = false};
	snprintf(ret->text, sizeof(ret->text), "%s",
		app->args->config == NULL ? "there is no configuration file to read"
					  : "not built in: restart to take a change");
}

void operate_reload_signatures(struct app *app, struct operate_answer *ret)
{
	(void)app;
	*ret = (struct operate_answer){.done = false};
	snprintf(ret->text, sizeof(ret->text), "no signatures are configured");
}

void operate_signatures_get(const struct app *app, struct operate_signatures *ret)
{
	(void)app;
	*ret = (struct operate_signatures){.count = 0};
	snprintf(ret->text, sizeof(ret->text), "no signatures are configured");
}

bool operate_signature_get(
	const struct app *app, uint64_t nth, struct operate_signature *ret)
{
	(void)app;
	(void)nth;
	(void)ret;
	return false;
}
