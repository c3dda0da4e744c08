// SPDX-License-Identifier: BSD-3-Clause
#include "queue.h"

#include <rte_ring.h>

// A queue is a ring and nothing else; the type of its own keeps the flags in one place.
static struct rte_ring *ring_of(const struct queue *q)
{
	return (struct rte_ring *)(uintptr_t)q;
}

struct queue *queue_create(const char *name, uint32_t size)
{
	return (struct queue *)rte_ring_create(name, size, SOCKET_ID_ANY,
		RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
}

void queue_destroy(struct queue *q)
{
	rte_ring_free(ring_of(q));
}

uint32_t queue_room(const struct queue *q)
{
	return rte_ring_free_count(ring_of(q));
}

uint32_t queue_count(const struct queue *q)
{
	return rte_ring_count(ring_of(q));
}

uint32_t queue_size(const struct queue *q)
{
	return rte_ring_get_capacity(ring_of(q));
}

uint32_t queue_put(struct queue *q, void *const *items, uint32_t n)
{
	return rte_ring_sp_enqueue_burst(ring_of(q), items, n, NULL);
}

uint32_t queue_take(struct queue *q, void **ret_items, uint32_t n)
{
	return rte_ring_sc_dequeue_burst(ring_of(q), ret_items, n, NULL);
}
