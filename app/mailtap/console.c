// SPDX-License-Identifier: BSD-3-Clause
#include "console.h"

#include "mt_clock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_telemetry.h>
#include <rte_version.h>

#define MAILS_DEFAULT 10
// A mail takes up to some 400 octets of JSON; a reply of the socket at most 16 KiB.
#define MAILS_MAX     32
#define TEXT_MAX      120

#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
#define add_u64 rte_tel_data_add_dict_uint
#else
#define add_u64 rte_tel_data_add_dict_u64
#endif

// Callbacks of DPDK's telemetry get no context: this is theirs. Once the appliance is being taken
// apart there is nothing to show any more; the lock keeps a callback from seeing it half gone.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct app *shown;

static void add_text(struct rte_tel_data *d, const char *key, const char *text)
{
	char safe[TEXT_MAX];
	size_t i = 0;

	// The library neither escapes control octets nor carries UTF-8.
	for (; text[i] != '\0' && i < sizeof(safe) - 1; i++)
		safe[i] = text[i] >= 0x20 && text[i] < 0x7f && text[i] != '\\' ? text[i]
									       : '?';
	safe[i] = '\0';
	rte_tel_data_add_dict_string(d, key, safe);
}

// A snapshot taken while counters move may be uneven: only what stays so is believed.
static bool is_balanced(struct stats_sum *sum)
{
	for (int look = 0; look < 3; look++) {
		if (stats_balanced(sum, false))
			return true;
		app_sum(shown, sum);
	}
	return stats_balanced(sum, false);
}

static const char *find_trouble(struct stats_sum *sum, const struct spool_status *spool)
{
	const uint64_t *c = sum->counter;

	if (spool->degraded)
		return spool->trouble;
	if (!is_balanced(sum))
		return "the ledger does not balance: please report it";
	if (c[STATS_writer_given_up_disk_full] > 0)
		return "mails were given up: the disk was full";
	if (c[STATS_writer_given_up_disk_error] > 0)
		return "mails were given up: the disk failed";
	if (c[STATS_writer_given_up_chunk] > 0)
		return "mails were given up: memory.chunks is too small for this disk";
	if (c[STATS_rx_ring_full] > 0)
		return "packets were dropped: the workers are too slow, give them more cores";
	if (c[STATS_rx_port_missed] + c[STATS_rx_no_mbuf] > 0)
		return "packets were lost before us: see ports";
	if (c[STATS_tcp_no_connection] > 0)
		return "connections were not followed: flow.connections is too small";
	return NULL;
}

static int show_health(const char *params, struct rte_tel_data *d)
{
	struct stats_sum sum;
	struct spool_status spool;

	(void)params;
	app_sum(shown, &sum);
	writer_status(shown->writer, &spool);
	const char *trouble = find_trouble(&sum, &spool);
	rte_tel_data_start_dict(d);
	add_text(d, "state", trouble == NULL ? "OK" : "DEGRADED");
	add_text(d, "reason", trouble == NULL ? "" : trouble);
	add_u64(d, "uptime_s", (mt_clock_mono_us() - shown->started_us) / 1000000);
	add_u64(d, "connections", sum.counter[STATS_conn_open]);
	add_u64(d, "mails", sum.counter[STATS_mail_begun]);
	add_u64(d, "complete", sum.counter[STATS_mail_complete]);
	add_u64(d, "dark", sum.counter[STATS_conn_dark]);
	add_u64(d, "lost_packets",
		sum.counter[STATS_rx_port_missed] + sum.counter[STATS_rx_no_mbuf] +
			sum.counter[STATS_rx_ring_full]);
	add_u64(d, "spool_free", spool.free);
	return 0;
}

static int show_ledger(const char *params, struct rte_tel_data *d)
{
	struct stats_sum sum;

	(void)params;
	app_sum(shown, &sum);
	rte_tel_data_start_dict(d);
	add_text(d, "balanced", is_balanced(&sum) ? "yes" : "no");
	for (enum stats_counter c = 0; c < STATS_COUNT; c++)
		add_u64(d, stats_name(c), sum.counter[c]);
	return 0;
}

static int show_ports(const char *params, struct rte_tel_data *d)
{
	(void)params;
	rte_tel_data_start_dict(d);
	for (uint32_t i = 0; i < shown->port_count; i++) {
		struct port *port = &shown->ports[i].port;
		struct rte_tel_data *one = rte_tel_data_alloc();
		struct port_counts counts;
		char key[32];
		if (one == NULL)
			return -1;
		port_counts_get(port, &counts);
		rte_tel_data_start_dict(one);
		add_text(one, "interface",
			shown->conf.interfaces[shown->ports[i].iface].name);
		add_text(one, "device", port->shown);
		add_text(one, "link", counts.link_up ? "up" : "down");
		add_u64(one, "packets", counts.packets);
		add_u64(one, "octets", counts.octets);
		add_u64(one, "missed", counts.missed);
		add_u64(one, "errors", counts.errors);
		add_u64(one, "no_mbuf", counts.no_mbuf);
		add_u64(one, "sent", counts.sent);
		snprintf(key, sizeof(key), "port%u", i);
		rte_tel_data_add_dict_container(d, key, one, 0);
	}
	return 0;
}

static int add_mail(struct rte_tel_data *d, const struct recent_mail *m)
{
	static const char *const outcomes[] = {"unknown", "accepted", "refused"};
	struct rte_tel_data *one = rte_tel_data_alloc();
	char time[MT_CLOCK_TEXT_SIZE], odds[TEXT_MAX] = "";

	if (one == NULL)
		return -1;
	mt_clock_text(m->at_us, time);
	for (enum mt_odd o = 0; o < MT_ODD_COUNT; o++)
		if (m->odds & mt_odd_bit(o))
			snprintf(odds + strlen(odds), sizeof(odds) - strlen(odds), "%s%s",
				odds[0] != '\0' ? " " : "", mt_odd_name(o));
	rte_tel_data_start_dict(one);
	add_text(one, "time", time);
	add_text(one, "from", m->from);
	add_text(one, "rcpt", m->rcpt);
	add_u64(one, "rcpts", m->rcpts);
	add_u64(one, "rcpts_refused", m->refused);
	add_u64(one, "size", m->size);
	add_text(one, "outcome", outcomes[m->outcome]);
	add_text(one, "complete", m->complete ? "yes" : "no");
	add_text(one, "stored", m->stored ? "yes" : "no");
	add_text(one, "odd", odds);
	return rte_tel_data_add_dict_container(d, m->id, one, 0);
}

// "/mailtap/mails,N": the N newest.
static int show_mails(const char *params, struct rte_tel_data *d)
{
	unsigned long n = params != NULL ? strtoul(params, NULL, 10) : MAILS_DEFAULT;
	struct recent_mail m;

	if (n == 0 || n > MAILS_MAX)
		n = n == 0 ? MAILS_DEFAULT : MAILS_MAX;
	rte_tel_data_start_dict(d);
	for (uint32_t i = 0; i < n && recent_get(writer_recent(shown->writer), i, &m);
		i++)
		if (add_mail(d, &m) != 0)
			return -1;
	return 0;
}

static const struct {
	const char *command;
	int (*show)(const char *params, struct rte_tel_data *d);
	const char *help;
} commands[] = {
	{"/mailtap/health", show_health, "One word, and why."},
	{"/mailtap/ledger", show_ledger, "Every counter, and whether the sums close."},
	{"/mailtap/ports", show_ports, "Figures of each port."},
	{"/mailtap/mails", show_mails, "The N newest mails. Parameter: N (at most 32)."},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int answer(const char *cmd, const char *params, struct rte_tel_data *d)
{
	int rc = -1;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; shown != NULL && i < COMMAND_COUNT; i++)
		if (strcmp(cmd, commands[i].command) == 0)
			rc = commands[i].show(params, d);
	pthread_mutex_unlock(&lock);
	return rc;
}

void console_open(struct app *app)
{
	shown = app;
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		rte_telemetry_register_cmd(commands[i].command, answer, commands[i].help);
}

void console_close(void)
{
	pthread_mutex_lock(&lock);
	shown = NULL;
	pthread_mutex_unlock(&lock);
}
