// SPDX-License-Identifier: BSD-3-Clause
#include "console.h"

#include "console_show.h"
#include "judge_internal.h"

#include "mt_log.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>

#include <rte_telemetry.h>

#define HELD_MAX 1000000 // files counted in the hold folder

static const struct {
	const char *command;
	console_show *show;
	bool reads_disk; // looks into the spool's folder first
	const char *help;
} commands[] = {
	{"/mailtap/health", console_health, false,
		"One word, and why, and what to do. No parameters."},
	{"/mailtap/info", console_info, false,
		"Version, configuration, where things are. No parameters."},
	{"/mailtap/ports", console_ports, false,
		"Figures of each port. Parameter: START (optional)."},
	{"/mailtap/lcores", console_lcores, false,
		"Roles, busy share and rings of each lcore. No parameters."},
	{"/mailtap/flows", console_flows, false,
		"Connections: open, ended by how, what they held and lost. No parameters."},
	{"/mailtap/smtp", console_servers, false,
		"Sessions and mails of each registered server. Parameters: START[,COUNT]."},
	{"/mailtap/hints", console_hints, false,
		"Mail that the configuration does not name. No parameters."},
	{"/mailtap/ledger", console_ledger, false,
		"Every counter, and whether the sums close. No parameters."},
	{"/mailtap/drops", console_drops, false,
		"Every counter that is a loss, and what to do. No parameters."},
	{"/mailtap/counters", console_counters, false,
		"Every counter with unit and help. Parameters: START[,COUNT]."},
	{"/mailtap/odds", console_odds, false,
		"What the wire did that was odd, how often. No parameters."},
	{"/mailtap/mails", console_mails, false,
		"The N newest mails. Parameter: N (at most 32)."},
	{"/mailtap/mail", console_mail, false, "One of the newest mails. Parameter: ID."},
	{"/mailtap/spool", console_spool, true,
		"The log on the disk: size, room, days left, trouble. No parameters."},
	{"/mailtap/signatures", console_signatures, false,
		"The signatures in force and their hits. Parameters: START[,COUNT]."},
	{"/mailtap/limits", console_limits, false,
		"Every table and limit: size, used, how often met. No parameters."},
	{"/mailtap/hist", console_hist, false,
		"A histogram. Parameter: commit_ms, mail_octets or batch_mails."},
	{"/mailtap/ctl/reload", console_reload, false,
		"Reads the configuration again. No parameters."},
	{"/mailtap/ctl/signatures", console_reload_signatures, false,
		"Reads the signatures again. No parameters."},
	{"/mailtap/ctl/log", console_log, false,
		"Sets the log level. Parameter: debug, info, warn, error or fatal."},
	{"/mailtap/ctl/stop", console_stop, false,
		"Drains and stops the appliance. No parameters."},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

// Callbacks of DPDK's telemetry get no context: this is theirs. Once the appliance is being taken
// apart there is nothing to show any more; the lock keeps a callback from seeing it half gone.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct app *shown;
// Questions that let the lock go while they wait: the appliance stays whole until they are back.
static unsigned away;
static pthread_cond_t back = PTHREAD_COND_INITIALIZER;
static char hold_folder[CONF_PATH_SIZE + 8]; // set before any command is registered

void console_sum(const struct console_ask *ask, struct stats_sum *ret)
{
	static const enum stats_counter of_ports[] = {
		STATS_rx_port_packets,
		STATS_rx_port_missed,
		STATS_rx_port_errors,
		STATS_rx_no_mbuf,
	};
	const struct stats_sum *sampled = &watch_now(ask->watch)->sum;

	app_sum_roles(ask->app, ret);
	for (size_t i = 0; i < sizeof(of_ports) / sizeof(of_ports[0]); i++)
		ret->counter[of_ports[i]] = sampled->counter[of_ports[i]];
}

void console_leave(const struct console_ask *ask)
{
	watch_unlock(ask->watch);
	away++;
	pthread_mutex_unlock(&lock);
}

void console_return(const struct console_ask *ask)
{
	pthread_mutex_lock(&lock);
	away--;
	pthread_cond_broadcast(&back);
	watch_lock(ask->watch);
}

void console_addr(struct console_out *o, const char *key, const struct packet_addr *addr)
{
	char text[JUDGE_ADDR];

	judge_addr_text(addr, text);
	console_text(o, key, text);
}

// Without any lock: a disk that hangs shall hold up nobody but who asks for it.
static uint64_t count_held(void)
{
	DIR *folder = opendir(hold_folder);
	struct dirent *entry;
	uint64_t count = 0;

	if (folder == NULL)
		return 0;
	while (count < HELD_MAX && (entry = readdir(folder)) != NULL)
		count += strstr(entry->d_name, ".eml") != NULL;
	closedir(folder);
	return count;
}

static int answer(const char *cmd, const char *params, struct rte_tel_data *d)
{
	struct console_out out;
	size_t which = 0;

	while (which < COMMAND_COUNT && strcmp(cmd, commands[which].command) != 0)
		which++;
	if (which == COMMAND_COUNT)
		return -1;
	struct console_ask ask = {.params = params};
	if (commands[which].reads_disk)
		ask.held = count_held();
	console_out_init(&out, d);
	pthread_mutex_lock(&lock);
	if (shown == NULL) {
		console_error(&out, "the appliance is stopping");
	} else {
		ask.app = shown;
		ask.watch = shown->watch;
		watch_lock(ask.watch);
		commands[which].show(&ask, &out);
		watch_unlock(ask.watch);
	}
	pthread_mutex_unlock(&lock);
	console_out_end(&out);
	return 0;
}

void console_open(struct app *app)
{
	snprintf(hold_folder, sizeof(hold_folder), "%s/hold", app->conf.spool);
	pthread_mutex_lock(&lock);
	shown = app;
	pthread_mutex_unlock(&lock);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		int rc = rte_telemetry_register_cmd(
			commands[i].command, answer, commands[i].help);
		if (rc != 0)
			mt_log(MT_LOG_WARN, "console", "%s cannot be registered: %s",
				commands[i].command, strerror(-rc));
	}
}

void console_close(void)
{
	pthread_mutex_lock(&lock);
	shown = NULL;
	while (away > 0)
		pthread_cond_wait(&back, &lock);
	pthread_mutex_unlock(&lock);
}
