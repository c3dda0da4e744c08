// SPDX-License-Identifier: BSD-3-Clause
#include "app.h"

#include <rte_mempool.h>

static void add_ports(struct app *app, struct stats_sum *sum)
{
	struct port_counts all = app->closed;

	sum->live = app->closed_live;

	for (uint32_t i = 0; i < app->port_count; i++) {
		struct port_counts one;
		port_counts_get(&app->ports[i].port, &one);
		sum->live |= !app->ports[i].port.lossless;
		all.packets += one.packets;
		all.missed += one.missed;
		all.errors += one.errors;
		all.no_mbuf += one.no_mbuf;
	}
	for (uint32_t i = 0; i < app->member_count; i++) {
		struct port_counts one;
		port_counts_get(&app->members[i], &one);
		all.missed += one.kernel;
	}
	sum->counter[STATS_rx_port_packets] += all.packets;
	sum->counter[STATS_rx_port_missed] += all.missed;
	sum->counter[STATS_rx_port_errors] += all.errors;
	sum->counter[STATS_rx_no_mbuf] += all.no_mbuf;
}

static void add_gauges(const struct app *app, struct stats_sum *sum)
{
	uint64_t *c = sum->counter;

	c[STATS_pool_chunks] += app->chunks;
	c[STATS_pool_mbufs] += app->mbufs;
	c[STATS_pool_mbufs_used] += rte_mempool_in_use_count(app->pool);
}

void app_sum_roles(const struct app *app, struct stats_sum *ret)
{
	*ret = (struct stats_sum){0};
	// What workers have taken before what was put: so it is never more.
	for (uint32_t i = 0; i < app->plan.worker_count; i++)
		stats_sum_add(ret, &app->workers[i].stats);
	atomic_thread_fence(memory_order_acquire);
	for (uint32_t i = 0; i < app->plan.rx_count; i++)
		stats_sum_add(ret, &app->rx[i].stats);
	for (uint32_t i = 0; i < app->plan.lcore_count; i++)
		stats_sum_add(ret, &app->lcores[i].stats);
	stats_sum_add(ret, writer_stats(app->writer));
	add_gauges(app, ret);
}

void app_sum(struct app *app, struct stats_sum *ret)
{
	app_sum_roles(app, ret);
	add_ports(app, ret);
}
