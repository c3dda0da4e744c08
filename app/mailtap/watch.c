// SPDX-License-Identifier: BSD-3-Clause
#include "watch.h"

#include "mt_clock.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define SECOND_US 1000000UL
#define DAY_US    (24 * 3600 * SECOND_US)
#define RATE_S    10
#define MINUTE_S  60

// --- one sample

static void name_port(const struct app *app, const struct port *port, uint8_t iface,
	struct judge_port_name *ret)
{
	snprintf(ret->interface, sizeof(ret->interface), "%s",
		app->conf.interface_count > iface ? app->conf.interfaces[iface].name
						  : "file");
	// Of a path the end says more than the front.
	size_t len = strlen(port->shown), room = sizeof(ret->device) - 1;
	snprintf(ret->device, sizeof(ret->device), "%s",
		port->shown + (len > room ? len - room : 0));
	ret->file = port->lossless || port->file >= 0;
}

static void name_driver(const struct port *port, char ret[32])
{
	struct rte_eth_dev_info info;

	ret[0] = '\0';
	if (rte_eth_dev_info_get(port->id, &info) == 0)
		snprintf(ret, 32, "%s", info.driver_name);
}

static void take_port(struct watch *w, struct judge_sample *s, struct port *port,
	const struct judge_sample *last)
{
	struct judge_port *to = &s->ports[w->port_count];
	const struct judge_port *then = last != NULL ? &last->ports[w->port_count] : NULL;
	struct port_counts counts;

	port_counts_get(port, &counts);
	*to = (struct judge_port){
		.packets = counts.packets,
		.octets = counts.octets,
		.missed = counts.missed,
		.errors = counts.errors,
		.no_mbuf = counts.no_mbuf,
		.sent = counts.sent,
		.link_up = counts.link_up,
		.moved_us = then != NULL && then->packets == counts.packets
			? then->moved_us
			: s->at_us,
	};
	w->port_count++;
}

// Of two ports of an interface that we poll as a tap.
static char leg_of(const struct app *app, uint32_t port)
{
	uint8_t iface = app->ports[port].iface;
	char leg = 'a';

	if (app->conf.interface_count <= iface ||
		app->conf.interfaces[iface].group != CONF_LEGS)
		return '\0';
	for (uint32_t i = 0; i < port; i++)
		leg += app->ports[i].iface == iface;
	return leg;
}

// Every port that is polled, and behind each bond its members, which tell the legs apart.
static void take_ports(
	struct watch *w, struct judge_sample *s, const struct judge_sample *last)
{
	struct app *app = w->app;
	uint32_t member = 0;

	w->port_count = 0;
	for (uint32_t i = 0; i < app->port_count; i++) {
		struct port *port = &app->ports[i].port;
		uint8_t iface = app->ports[i].iface;
		const struct conf_interface *in = &app->conf.interfaces[iface];
		bool bond = app->conf.interface_count > iface && in->group == CONF_BOND;
		for (int leg = bond ? -1 : 0; leg < (bond ? in->port_count : 1); leg++) {
			struct port *one =
				leg < 0 || !bond ? port : &app->members[member++];
			uint32_t at = w->port_count;
			struct judge_port_name *name = &w->names[at];
			*name = (struct judge_port_name){.member = bond && leg >= 0};
			name_port(app, one, iface, name);
			name_driver(one, w->drivers[at]);
			name->leg = name->member ? (char)('a' + leg) : leg_of(app, i);
			take_port(w, s, one, last);
		}
	}
}

static void take_spool(const struct app *app, struct judge_sample *s)
{
	struct spool_status status;

	s->spool.seen_us = writer_status(app->writer, &status);
	s->spool.free = status.free;
	s->spool.total = status.total;
	s->spool.octets = status.octets;
	s->spool.degraded = status.degraded;
	s->spool.full = status.full;
	memcpy(s->spool.trouble, status.trouble, sizeof(s->spool.trouble));
}

static uint64_t load(const struct stats_block *b, enum stats_counter c)
{
	return atomic_load_explicit(&b->counter[c], memory_order_relaxed);
}

static void take_lcores(const struct app *app, struct judge_sample *s)
{
	for (uint32_t i = 0; i < app->plan.lcore_count; i++) {
		s->busy[i] = load(&app->lcores[i].stats, STATS_busy_cycles);
		s->idle[i] = load(&app->lcores[i].stats, STATS_idle_cycles);
	}
}

// A snapshot taken while counters move may be uneven: an even one is worth another look.
static void take_sum(struct app *app, struct stats_sum *sum)
{
	for (int look = 0; look < 3; look++) {
		app_sum(app, sum);
		if (stats_balanced(sum, false))
			return;
	}
}

static void take_tables(struct watch *w)
{
	const struct servers *tables[CONF_CORES_MAX];
	struct app *app = w->app;

	for (uint32_t i = 0; i < app->plan.worker_count; i++)
		tables[i] = app->workers[i].servers;
	servers_view_update(&w->servers, tables, app->plan.worker_count);
	for (int kind = 0; kind < HINTS_KIND_COUNT; kind++) {
		w->hint_count[kind] = 0;
		for (uint32_t i = 0; i < app->plan.rx_count; i++)
			hints_get(&app->rx[i].hints, kind, w->hints[kind],
				&w->hint_count[kind]);
	}
}

// Mails of today are those since midnight, or since the start.
static void note_day(struct watch *w, const struct judge_sample *s)
{
	if (s->wall_us / DAY_US == w->midnight_us / DAY_US)
		return;
	w->mails_at_midnight = w->midnight_us != 0 ? s->sum.counter[STATS_mail_begun] : 0;
	w->midnight_us = s->wall_us / DAY_US * DAY_US;
}

// On the rings, and in the burst of each worker.
static uint64_t count_under_way(const struct app *app)
{
	uint64_t n = (uint64_t)app->plan.worker_count * WORKER_BURST;

	for (uint32_t i = 0; i < app->plan.worker_count * app->plan.rx_count; i++)
		n += queue_size(app->rings[i]);
	return n;
}

static void judge_it(struct watch *w)
{
	struct judge_view view = {
		.now = watch_now(w),
		.before = watch_ago(w, RATE_S),
		.minute = watch_ago(w, MINUTE_S),
		.names = w->names,
		.port_count = w->port_count,
		.connections = w->app->conf.connections,
		.under_way = count_under_way(w->app),
		.servers = &w->servers,
		.strangers = w->hints[HINTS_SERVER],
		.stranger_count = w->hint_count[HINTS_SERVER],
		.ports = w->hints[HINTS_PORT],
		.hint_port_count = w->hint_count[HINTS_PORT],
		.reload_error = w->reload.last_failed ? w->reload.text : NULL,
	};

	judge_update(&w->judge, &view);
}

static void take_sample(struct watch *w)
{
	const struct judge_sample *last = w->count > 0 ? watch_now(w) : NULL;
	struct judge_sample *s = &w->samples[w->count % WATCH_SAMPLES];
	struct judge_port_name names[JUDGE_PORTS_MAX];
	uint32_t ports = w->port_count;

	memcpy(names, w->names, sizeof(names));
	s->at_us = mt_clock_mono_us();
	s->wall_us = mt_clock_wall_us();
	take_sum(w->app, &s->sum);
	take_ports(w, s, last);
	take_spool(w->app, s);
	take_lcores(w->app, s);
	// Ports that came or went: what was before cannot be compared with it.
	if (w->port_count != ports ||
		memcmp(names, w->names, ports * sizeof(names[0])) != 0) {
		if (w->count > 0)
			w->samples[0] = *s;
		w->count = 0;
		for (uint32_t i = 0; i < w->port_count; i++)
			w->samples[0].ports[i].moved_us = s->at_us;
	}
	w->count++;
	take_tables(w);
	note_day(w, watch_now(w));
	judge_it(w);
}

void watch_tick(struct watch *w)
{
	uint64_t now_us = mt_clock_mono_us();

	if (now_us < w->due_us)
		return;
	w->due_us = now_us < w->due_us + SECOND_US ? w->due_us + SECOND_US
						   : now_us + SECOND_US;
	pthread_mutex_lock(&w->lock);
	take_sample(w);
	pthread_mutex_unlock(&w->lock);
}

// --- reloads

static void hash_file(const char *path, char ret[17])
{
	uint8_t part[4096], hash[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	FILE *f = path != NULL ? fopen(path, "re") : NULL;
	size_t n;

	ret[0] = '\0';
	if (f != NULL && ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1) {
		while ((n = fread(part, 1, sizeof(part), f)) > 0)
			EVP_DigestUpdate(ctx, part, n);
		EVP_DigestFinal_ex(ctx, hash, NULL);
		for (int i = 0; i < 8; i++)
			snprintf(ret + 2 * i, 3, "%02x", hash[i]);
	}
	if (f != NULL)
		fclose(f);
	EVP_MD_CTX_free(ctx);
}

void watch_note_config(struct watch *w)
{
	char sha256[17];

	hash_file(w->app->args->config, sha256);
	pthread_mutex_lock(&w->lock);
	memcpy(w->reload.sha256, sha256, sizeof(sha256));
	pthread_mutex_unlock(&w->lock);
}

void watch_note_reload(struct watch *w, bool well, const char *text)
{
	pthread_mutex_lock(&w->lock);
	w->reload.count++;
	w->reload.failed += !well;
	w->reload.last_failed = !well;
	w->reload.last_us = mt_clock_wall_us();
	if (!well)
		snprintf(w->reload.text, sizeof(w->reload.text), "%s", text);
	pthread_mutex_unlock(&w->lock);
	if (well)
		watch_note_config(w);
}

// --- reading

void watch_lock(struct watch *w)
{
	pthread_mutex_lock(&w->lock);
}

void watch_unlock(struct watch *w)
{
	pthread_mutex_unlock(&w->lock);
}

const struct judge_sample *watch_now(const struct watch *w)
{
	return &w->samples[(w->count - 1) % WATCH_SAMPLES];
}

const struct judge_sample *watch_ago(const struct watch *w, uint32_t seconds)
{
	const struct judge_sample *now = watch_now(w), *s = now;
	uint64_t kept = w->count < WATCH_SAMPLES ? w->count : WATCH_SAMPLES;

	// Half a second less: samples are not taken to the microsecond.
	for (uint64_t back = 1; back < kept; back++) {
		s = &w->samples[(w->count - 1 - back) % WATCH_SAMPLES];
		if (now->at_us - s->at_us + SECOND_US / 2 >= seconds * SECOND_US)
			break;
	}
	return s;
}

uint64_t watch_rate(const struct watch *w, uint64_t now, uint64_t then)
{
	uint64_t span_us = watch_now(w)->at_us - watch_ago(w, RATE_S)->at_us;

	if (span_us == 0 || now <= then)
		return 0;
	return (uint64_t)((unsigned __int128)(now - then) * SECOND_US / span_us);
}

uint64_t watch_counter_rate(const struct watch *w, enum stats_counter c)
{
	return watch_rate(
		w, watch_now(w)->sum.counter[c], watch_ago(w, RATE_S)->sum.counter[c]);
}

// --- its life

struct watch *watch_create(struct app *app)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	if (pthread_mutex_init(&w->lock, NULL) != 0) {
		free(w);
		return NULL;
	}
	w->app = app;
	watch_note_config(w);
	watch_tick(w);
	return w;
}

void watch_destroy(struct watch *w)
{
	if (w == NULL)
		return;
	pthread_mutex_destroy(&w->lock);
	free(w);
}
