// SPDX-License-Identifier: BSD-3-Clause
#include "port_relay.h"

#include "port_intr.h"

#include <stdatomic.h>
#include <stdio.h>

#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_ring.h>

// Packets fetched at once, a queue: so many share one wake-up of the thread.
#define ROOM  1024
#define BURST 32

struct port_relay {
	uint16_t port, queues;
	struct port_intr *fetch;
	_Atomic bool asked; // the thread was woken and has not yet come
	struct rte_ring *fetched[]; // one a queue
};

static void fetch_queue(struct port_relay *r, uint16_t queue)
{
	struct rte_mbuf *burst[BURST];
	uint16_t n = BURST;

	while (n == BURST && rte_ring_free_count(r->fetched[queue]) >= BURST) {
		n = rte_eth_rx_burst(r->port, queue, burst, BURST);
		rte_ring_sp_enqueue_bulk(r->fetched[queue], (void **)burst, n, NULL);
	}
}

static void fetch_all(void *ctx)
{
	struct port_relay *r = ctx;

	atomic_store_explicit(&r->asked, false, memory_order_relaxed);
	for (uint16_t q = 0; q < r->queues; q++)
		fetch_queue(r, q);
}

static bool is_connected(uint16_t port)
{
	struct rte_eth_link link;

	return rte_eth_link_get_nowait(port, &link) == 0 && link.link_status != 0;
}

struct port_relay *port_relay_create(uint16_t port, uint16_t queues)
{
	size_t size = sizeof(struct port_relay) + queues * sizeof(struct rte_ring *);
	struct port_relay *r = rte_zmalloc("port_relay", size, 0);
	char name[RTE_RING_NAMESIZE];

	if (r == NULL)
		return NULL;
	r->port = port;
	r->fetch = port_intr_create(fetch_all, r);
	if (r->fetch == NULL)
		goto fail;
	for (; r->queues < queues; r->queues++) {
		snprintf(name, sizeof(name), "relay_%u_%u", port, r->queues);
		r->fetched[r->queues] = rte_ring_create(name, ROOM, SOCKET_ID_ANY,
			RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
		if (r->fetched[r->queues] == NULL)
			goto fail;
	}
	return r;
fail:
	port_relay_destroy(r);
	return NULL;
}

void port_relay_destroy(struct port_relay *r)
{
	void *m;

	if (r == NULL)
		return;
	port_intr_destroy(r->fetch);
	for (uint16_t q = 0; q < r->queues; q++) {
		while (rte_ring_sc_dequeue(r->fetched[q], &m) == 0)
			rte_pktmbuf_free(m);
		rte_ring_free(r->fetched[q]);
	}
	rte_free(r);
}

uint16_t port_relay_burst(
	struct port_relay *r, uint16_t queue, struct rte_mbuf **ret, uint16_t n)
{
	unsigned left;
	uint16_t taken = (uint16_t)rte_ring_sc_dequeue_burst(
		r->fetched[queue], (void **)ret, n, &left);

	if (left < ROOM / 2 && (left > 0 || taken > 0 || is_connected(r->port)) &&
		!atomic_exchange_explicit(&r->asked, true, memory_order_relaxed))
		port_intr_ask(r->fetch);
	return taken;
}
