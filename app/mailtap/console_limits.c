// SPDX-License-Identifier: BSD-3-Clause
#include "console_show.h"

struct limit {
	const char *name;
	uint64_t used, size, met;
};

static void add_limit(struct console_out *o, const struct limit *l)
{
	struct console_out one;

	if (!console_child_begin(&one)) {
		o->left_out++;
		return;
	}
	console_u64(&one, "used", l->used);
	console_u64(&one, "size", l->size);
	console_u64(&one, "met", l->met);
	console_child_give(o, l->name, &one);
}

static void count_rings(const struct app *app, uint64_t *ret_used, uint64_t *ret_size)
{
	*ret_used = *ret_size = 0;
	for (uint32_t i = 0; i < app->plan.worker_count * app->plan.rx_count; i++) {
		*ret_used += queue_count(app->rings[i]);
		*ret_size += queue_size(app->rings[i]);
	}
}

void console_limits(const struct console_ask *ask, struct console_out *o)
{
	const struct app *app = ask->app;
	const struct conf *conf = &app->conf;
	struct spool_status spool;
	struct stats_sum sum;
	uint64_t waiting, rings;

	console_sum(ask, &sum);
	writer_status(app->writer, &spool);
	count_rings(app, &waiting, &rings);
	const uint64_t *c = sum.counter, *odd = sum.odd;
	// Limits of one line or mail are used by none at rest: only how often they are met counts.
	const struct limit limits[] = {
		{"connections", c[STATS_conn_open], conf->connections,
			c[STATS_tcp_no_connection]},
		{"half_open", c[STATS_conn_half_open], conf->connections,
			c[STATS_conn_evicted]},
		{"mbufs", c[STATS_pool_mbufs_used], c[STATS_pool_mbufs],
			c[STATS_rx_no_mbuf]},
		{"packet_rings", waiting, rings, c[STATS_rx_ring_full]},
		{"fragments", c[STATS_rx_fragments_held], app->mbufs * 3 / 8,
			c[STATS_rx_fragments_lost]},
		{"chunks", c[STATS_pool_chunks_used], c[STATS_pool_chunks],
			c[STATS_writer_given_up_chunk]},
		{"open_mails", spool.open_mails, conf->connections,
			c[STATS_writer_given_up_open]},
		{"servers", ask->watch->servers.count, SERVERS_MAX,
			ask->watch->servers.others.sessions},
		{"limits_hold", 0, conf->hold, odd[MT_ODD_hold_full]},
		{"limits_line", 0, conf->line, odd[MT_ODD_command_too_long]},
		{"limits_reply", 0, conf->reply, odd[MT_ODD_reply_too_long]},
		{"limits_rcpts", 0, conf->rcpts, odd[MT_ODD_too_many_rcpts]},
		{"limits_pending", 0, conf->pending, odd[MT_ODD_too_many_pending]},
		{"limits_mail", 0, conf->mail, odd[MT_ODD_too_large]},
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		add_limit(o, &limits[i]);
}
