// SPDX-License-Identifier: BSD-3-Clause
#include "conn.h"
#include "console_show.h"

#include <stdio.h>

struct figure {
	const char *key;
	enum stats_counter counter;
};

static const struct figure flow_figures[] = {
	{"half_open", STATS_conn_half_open},
	{"begun", STATS_conn_begun},
	{"fin", STATS_conn_fin},
	{"reset", STATS_conn_reset},
	{"reused", STATS_conn_reused},
	{"idle", STATS_conn_idle},
	{"evicted", STATS_conn_evicted},
	{"late", STATS_conn_late},
	{"used", STATS_conn_used},
	{"one_sided", STATS_conn_one_sided},
	{"used_client", STATS_conn_used_client},
	{"used_server", STATS_conn_used_server},
	{"dark", STATS_conn_dark},
	{"tls_implicit", STATS_conn_tls_implicit},
	{"tls_refused", STATS_conn_tls_refused},
	{"tls_unused", STATS_conn_tls_unused},
	{"tls_unread", STATS_conn_tls_unread},
	{"not_followed", STATS_tcp_no_connection},
	{"stray", STATS_tcp_stray},
	{"held", STATS_tcp_held},
	{"delivered", STATS_tcp_delivered},
	{"duplicate", STATS_tcp_duplicate},
	{"mirrored", STATS_tcp_mirrored},
	{"retransmitted", STATS_tcp_retransmitted},
	{"holes", STATS_tcp_holes},
	{"lost", STATS_tcp_lost},
	{"out_of_order", STATS_tcp_out_of_order},
	{"unacked", STATS_tcp_unacked},
	{"differs", STATS_tcp_differs},
	{"inbound", STATS_hop_inbound},
	{"internal", STATS_hop_internal},
	{"outbound", STATS_hop_outbound},
};

void console_flows(const struct console_ask *ask, struct console_out *o)
{
	struct stats_sum sum;

	console_sum(ask, &sum);
	console_u64(o, "connections", sum.counter[STATS_conn_open]);
	console_u64(o, "table", ask->app->conf.connections);
	console_ppm(
		o, "load_ppm", sum.counter[STATS_conn_open], ask->app->conf.connections);
	console_u64(o, "connection_octets", sizeof(struct conn));
	console_u64(o, "begun_s", watch_counter_rate(ask->watch, STATS_conn_begun));
	for (size_t i = 0; i < sizeof(flow_figures) / sizeof(flow_figures[0]); i++)
		console_u64(o, flow_figures[i].key, sum.counter[flow_figures[i].counter]);
	// Of nothing there is no share: 0 would read as a capture without a fault.
	uint64_t lost = sum.counter[STATS_tcp_lost];
	uint64_t passed = lost + sum.counter[STATS_tcp_delivered];
	if (passed > 0)
		console_ppm(o, "unseen_ppm", lost, passed);
}

static void fill_server(
	const struct servers_row *row, const char *name, struct console_out *o)
{
	uint64_t ended = row->accepted + row->refused + row->unknown;

	if (name != NULL)
		console_text(o, "server", name);
	else
		console_addr(o, "server", &row->addr);
	console_u64(o, "sessions", row->sessions);
	console_u64(o, "open", row->open);
	console_u64(o, "mails", ended);
	console_u64(o, "accepted", row->accepted);
	console_u64(o, "refused", row->refused);
	console_u64(o, "unknown", row->unknown);
	console_u64(o, "complete", row->complete);
	console_ppm(o, "complete_ppm", row->complete, ended);
	console_u64(o, "dark", row->dark);
	console_ppm(o, "dark_ppm", row->dark, row->sessions);
	console_u64(o, "tls_implicit", row->implicit);
	console_u64(o, "tls_refused", row->tls_refused);
	console_u64(o, "tls_unused", row->tls_unused);
	console_u64(o, "clear", row->clear);
	console_u64(o, "dark_run", servers_dark_run(row));
	console_time(o, "last", row->last_us);
}

// In order of address, so that pages fit together whatever happens between them; the rest last.
static bool nth_server(void *ctx, uint64_t nth, struct console_out *item)
{
	const struct servers_view *v = ctx;

	if (nth < v->count)
		fill_server(&v->rows[nth], NULL, item);
	else
		fill_server(&v->others, "others", item);
	return true;
}

void console_servers(const struct console_ask *ask, struct console_out *o)
{
	struct servers_view *v = &ask->watch->servers;
	struct console_page page;

	if (!console_page_read(ask->params, &page))
		console_error(o, "smtp: START[,COUNT] is wanted, or nothing");
	else
		console_page_write(
			o, &page, v->count + (v->others.sessions > 0), nth_server, v);
}

static void add_hints(const struct console_ask *ask, enum hints_kind kind,
	const char *key, struct console_out *o)
{
	struct console_out all, one;
	char nth[24];

	if (!console_child_begin(&all))
		return;
	for (uint32_t i = 0; i < ask->watch->hint_count[kind]; i++) {
		const struct hints_row *row = &ask->watch->hints[kind][i];
		if (!console_child_begin(&one))
			break;
		console_addr(&one, "server", &row->addr);
		console_u64(&one, "port", row->port);
		console_u64(&one, "seen", row->count);
		snprintf(nth, sizeof(nth), "%u", i);
		console_child_give(&all, nth, &one);
	}
	console_child_give(o, key, &all);
}

void console_hints(const struct console_ask *ask, struct console_out *o)
{
	add_hints(ask, HINTS_SERVER, "not_registered", o);
	add_hints(ask, HINTS_PORT, "not_watched", o);
}
