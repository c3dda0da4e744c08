// SPDX-License-Identifier: BSD-3-Clause
#include "operate.h"

#include <stdio.h>
#include <string.h>

static const char needs[] = "; a restart is needed for: ";

void operate_reload(struct app *app, struct operate_answer *ret)
{
	struct reload_result result;

	*ret = (struct operate_answer){.done = false};
	if (app->reload == NULL) {
		snprintf(ret->text, sizeof(ret->text),
			"files are read with what they began with");
		return;
	}
	reload_now(app->reload, &result);
	ret->done = result.ok;
	const char *restart = result.ok ? strstr(result.text, needs) : NULL;
	int len =
		restart != NULL ? (int)(restart - result.text) : (int)strlen(result.text);
	snprintf(ret->text, sizeof(ret->text), "%.*s", len, result.text);
	if (restart != NULL)
		snprintf(ret->needs_restart, sizeof(ret->needs_restart), "%s",
			restart + sizeof(needs) - 1);
}

// A broken signature file refuses a reload, and an unchanged configuration changes nothing else.
void operate_reload_signatures(struct app *app, struct operate_answer *ret)
{
	operate_reload(app, ret);
}

static void describe(void *ctx, const struct signatures *s)
{
	struct operate_signatures *ret = ctx;

	if (s == NULL) {
		snprintf(ret->text, sizeof(ret->text), "no signatures are configured");
		return;
	}
	const struct scan_set *set = signatures_set(s);
	const uint8_t *hash = scan_set_hash(set);
	ret->count = scan_set_count(set);
	ret->loaded_us = signatures_loaded_us(s);
	ret->compile_ms = scan_set_load_us(set) / 1000;
	ret->cached = scan_set_from_cache(set);
	for (int i = 0; i < 8; i++)
		snprintf(ret->set + 2 * i, 3, "%02x", hash[i]);
}

// While files are read nothing replaces the signatures.
static void look(const struct app *app,
	void (*at)(void *ctx, const struct signatures *signatures), void *ctx)
{
	if (app->reload != NULL)
		reload_look(app->reload, at, ctx);
	else
		at(ctx, app->signatures);
}

void operate_signatures_get(const struct app *app, struct operate_signatures *ret)
{
	*ret = (struct operate_signatures){.count = 0};
	look(app, describe, ret);
}

struct nth {
	uint64_t nth;
	struct operate_signature *ret;
	bool found;
};

static void describe_nth(void *ctx, const struct signatures *s)
{
	struct nth *n = ctx;

	n->found = s != NULL && n->nth < scan_set_count(signatures_set(s));
	if (!n->found)
		return;
	const struct scan_signature *one = scan_set_get(signatures_set(s), n->nth);
	*n->ret = (struct operate_signature){
		.id = one->id, .hits = signatures_hits(s, n->nth)};
	snprintf(n->ret->name, sizeof(n->ret->name), "%s", one->name);
	snprintf(n->ret->severity, sizeof(n->ret->severity), "%u", one->severity);
	snprintf(n->ret->action, sizeof(n->ret->action), "%s",
		scan_action_name(one->action));
}

bool operate_signature_get(
	const struct app *app, uint64_t nth, struct operate_signature *ret)
{
	struct nth n = {.nth = nth, .ret = ret};

	look(app, describe_nth, &n);
	return n.found;
}
