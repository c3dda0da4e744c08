// SPDX-License-Identifier: BSD-3-Clause

// What changes the appliance, and the signatures. Each change is told in the log.

#include "console_show.h"
#include "control.h"
#include "operate.h"

#include "mt_log.h"

static void show_answer(const struct operate_answer *a, struct console_out *o)
{
	console_yes(o, "done", a->done);
	console_text(o, "text", a->text);
	if (a->needs_restart[0] != '\0')
		console_text(o, "needs_restart", a->needs_restart);
}

void console_reload(const struct console_ask *ask, struct console_out *o)
{
	struct operate_answer answer;

	mt_log(MT_LOG_INFO, "console", "reload was asked");
	// Signatures may take a minute to compile, and the control thread needs the watch.
	console_leave(ask);
	operate_reload(ask->app, &answer);
	console_return(ask);
	show_answer(&answer, o);
}

void console_reload_signatures(const struct console_ask *ask, struct console_out *o)
{
	struct operate_answer answer;

	mt_log(MT_LOG_INFO, "console", "reload of the signatures was asked");
	console_leave(ask);
	operate_reload_signatures(ask->app, &answer);
	console_return(ask);
	show_answer(&answer, o);
}

static bool nth_signature(void *ctx, uint64_t nth, struct console_out *item)
{
	struct operate_signature s = {0};

	if (!operate_signature_get(ctx, nth, &s))
		return false;
	console_u64(item, "id", s.id);
	console_text(item, "name", s.name);
	console_u64(item, "hits", s.hits);
	console_text(item, "severity", s.severity);
	console_text(item, "action", s.action);
	return true;
}

void console_signatures(const struct console_ask *ask, struct console_out *o)
{
	struct operate_signatures all;
	struct console_page page;

	if (!console_page_read(ask->params, &page)) {
		console_error(o, "signatures: START[,COUNT] is wanted, or nothing");
		return;
	}
	operate_signatures_get(ask->app, &all);
	console_text(o, "set", all.set);
	console_text(o, "text", all.text);
	console_time(o, "loaded", all.loaded_us);
	console_u64(o, "compile_ms", all.compile_ms);
	console_yes(o, "cached", all.cached);
	console_page_write(o, &page, all.count, nth_signature, ask->app);
}

void console_log(const struct console_ask *ask, struct console_out *o)
{
	for (enum mt_log_level l = MT_LOG_DEBUG; l < MT_LOG_LEVEL_COUNT; l++) {
		if (ask->params == NULL || strcmp(ask->params, mt_log_level_name(l)) != 0)
			continue;
		mt_log_set_level(l);
		console_yes(o, "done", true);
		console_print(o, "text", "the log level is %s", mt_log_level_name(l));
		return;
	}
	console_error(o, "log: debug, info, warn, error or fatal is wanted");
}

void console_stop(const struct console_ask *ask, struct console_out *o)
{
	(void)ask;
	mt_log(MT_LOG_INFO, "console", "stop was asked");
	control_stop();
	console_yes(o, "done", true);
	console_text(o, "text", "draining; the ledger is closed and the process ends");
}
