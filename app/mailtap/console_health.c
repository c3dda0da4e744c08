// SPDX-License-Identifier: BSD-3-Clause
#include "console_show.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_version.h>

// Packets that came to the tap and were not looked at.
static uint64_t lost_packets(const struct stats_sum *s)
{
	return s->counter[STATS_rx_port_missed] + s->counter[STATS_rx_no_mbuf] +
		s->counter[STATS_rx_ring_full] + s->counter[STATS_tcp_no_connection];
}

static uint64_t ended_mails(const struct stats_sum *s)
{
	return s->counter[STATS_mail_accepted] + s->counter[STATS_mail_refused] +
		s->counter[STATS_mail_unknown];
}

static void add_reasons(const struct console_ask *ask, struct console_out *o)
{
	struct judge_reason reasons[JUDGE_COUNT];
	uint32_t n = judge_list(&ask->watch->judge, mt_clock_wall_us(), reasons);
	struct console_out all, one;

	if (!console_child_begin(&all))
		return;
	for (uint32_t i = 0; i < n; i++) {
		if (!console_child_begin(&one))
			break;
		console_text(&one, "weight", judge_weight_name(reasons[i].weight));
		console_text(&one, "text", reasons[i].text);
		console_text(&one, "hint", reasons[i].hint);
		console_time(&one, "since", reasons[i].since_us);
		console_yes(&one, "active", reasons[i].active);
		console_child_give(&all, judge_name(reasons[i].code), &one);
	}
	console_child_give(o, "reasons", &all);
}

static void add_rates(const struct console_ask *ask, struct console_out *o)
{
	const struct watch *w = ask->watch;

	console_u64(o, "packets_s", watch_counter_rate(w, STATS_rx_packets));
	console_u64(o, "octets_s", watch_counter_rate(w, STATS_rx_octets));
	console_u64(o, "mails_s", watch_counter_rate(w, STATS_mail_begun));
	console_u64(o, "connections_s", watch_counter_rate(w, STATS_conn_begun));
	// Rates below one a second are told as well.
	console_u64(o, "mails_min",
		watch_now(w)->sum.counter[STATS_mail_begun] -
			watch_ago(w, 60)->sum.counter[STATS_mail_begun]);
}

void console_health(const struct console_ask *ask, struct console_out *o)
{
	const struct watch *w = ask->watch;
	struct stats_sum sum;
	const uint64_t *c = sum.counter;

	console_sum(ask, &sum);
	uint64_t lost = lost_packets(&sum), ended = ended_mails(&sum);
	console_text(o, "state", judge_state(&w->judge));
	console_u64(o, "uptime_s", (mt_clock_mono_us() - ask->app->started_us) / 1000000);
	console_u64(o, "connections", c[STATS_conn_open]);
	console_u64(o, "mails", c[STATS_mail_begun]);
	console_u64(o, "mails_today", c[STATS_mail_begun] - w->mails_at_midnight);
	console_u64(o, "complete", c[STATS_mail_complete]);
	console_u64(o, "accepted", c[STATS_mail_accepted]);
	console_u64(o, "refused", c[STATS_mail_refused]);
	console_u64(o, "unknown", c[STATS_mail_unknown]);
	console_u64(o, "dark", c[STATS_conn_dark]);
	console_u64(o, "lost_packets", lost);
	console_u64(o, "spool_free", watch_now(w)->spool.free);
	add_rates(ask, o);
	console_ppm(o, "complete_ppm", c[STATS_mail_complete], ended);
	// Of sessions that said something: a port scan is no session.
	console_ppm(o, "dark_ppm", c[STATS_conn_dark], c[STATS_conn_used]);
	console_ppm(o, "lost_ppm", lost,
		c[STATS_rx_packets] + c[STATS_rx_port_missed] + c[STATS_rx_no_mbuf]);
	add_reasons(ask, o);
}

static const char *command_name(enum args_command command)
{
	static const char *const names[] = {
		[ARGS_HELP] = "help",
		[ARGS_VERSION] = "version",
		[ARGS_RUN] = "run",
		[ARGS_REPLAY] = "replay",
		[ARGS_CHECK] = "check",
		[ARGS_DEMO] = "demo",
	};

	return names[command];
}

static void add_interfaces(const struct app *app, struct console_out *o)
{
	char text[CONSOLE_TEXT] = "";
	size_t len = 0;

	for (uint32_t i = 0; i < app->conf.interface_count && len < sizeof(text) - 1; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
			i > 0 ? " " : "", app->conf.interfaces[i].name);
	console_text(o, "interfaces", text);
}

static void add_user(struct console_out *o)
{
	struct passwd entry, *found = NULL;
	char memory[1024];

	if (getpwuid_r(geteuid(), &entry, memory, sizeof(memory), &found) == 0 &&
		found != NULL)
		console_text(o, "user", found->pw_name);
	else
		console_print(o, "user", "%u", geteuid());
}

static void add_reload(const struct watch_reload *r, struct console_out *o)
{
	console_text(o, "config_sha256", r->sha256);
	console_u64(o, "reloads", r->count);
	console_u64(o, "reload_failed", r->failed);
	console_time(o, "last_reload", r->last_us);
	console_text(o, "reload_error", r->last_failed ? r->text : "");
}

void console_info(const struct console_ask *ask, struct console_out *o)
{
	static const char *const durabilities[] = {
		[CONF_BATCH] = "batch",
		[CONF_EACH] = "each",
		[CONF_NONE] = "none",
	};
	const struct app *app = ask->app;
	const struct conf *conf = &app->conf;

	console_text(o, "version", MAILTAP_VERSION);
	console_text(o, "dpdk", rte_version());
	console_u64(o, "pid", (uint64_t)getpid());
	console_u64(o, "uptime_s", (mt_clock_mono_us() - app->started_us) / 1000000);
	console_time(o, "started", app->start_wall_us);
	console_text(o, "command", command_name(app->args->command));
	console_text(o, "config", app->args->config != NULL ? app->args->config : "");
	add_reload(&ask->watch->reload, o);
	add_interfaces(app, o);
	console_u64(o, "lcores", app->plan.lcore_count);
	console_text(
		o, "automaton", conf->automaton == CONF_STRICT ? "strict" : "mirror");
	console_text(o, "durability", durabilities[conf->durability]);
	console_text(o, "spool", conf->spool);
	if (conf->eve_path[0] != '\0')
		console_text(o, "eve", conf->eve_path);
	else
		console_print(o, "eve", "%s/eve.json", conf->spool);
	console_text(o, "log_level", mt_log_level_name(mt_log_level()));
	add_user(o);
	console_text(o, "file_prefix", conf->file_prefix);
}
