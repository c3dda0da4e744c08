// SPDX-License-Identifier: BSD-3-Clause

// Packets that nobody wants go back to their pool, however a driver gave them.

#include "packet_meta.h"
#include "rx_rig.h"

#include <rte_ethdev.h>

#include <criterion/criterion.h>

#define FRAME 64

static struct rx_rig rig;
static struct rte_mbuf *given[RX_RIG_BURST];
static uint16_t given_count;

static uint16_t give(void *queue, struct rte_mbuf **ret, uint16_t n)
{
	uint16_t count = given_count;

	(void)queue;
	(void)n;
	memcpy(ret, given, count * sizeof(given[0]));
	given_count = 0;
	return count;
}

// An acknowledgement between two ports that are not watched.
static struct rte_mbuf *make(struct rte_mempool *pool)
{
	static const uint8_t front[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0,
		0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 198, 51, 100, 7, 203, 0, 113, 5, 4, 1,
		1, 0xbb};
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	cr_assert_not_null(m);
	uint8_t *at = (uint8_t *)rte_pktmbuf_append(m, FRAME);
	cr_assert_not_null(at);
	memset(at, 0, FRAME);
	memcpy(at, front, sizeof(front));
	at[46] = 0x50;
	given[given_count++] = m;
	return m;
}

static void start(void)
{
	cr_assert_eq(rx_rig_start(&rig, "net_null0", false, 511), 0);
	rte_eth_fp_ops[0].rx_pkt_burst = give;
}

static uint64_t foreign(void)
{
	return rig.rx.stats.counter[STATS_rx_foreign];
}

TestSuite(rx_freed, .init = start);

Test(rx_freed, alone)
{
	for (int i = 0; i < 20; i++)
		make(rig.pool);
	rx_poll(&rig.rx);
	cr_expect_eq(foreign(), 20);
	cr_expect_eq(rte_mempool_in_use_count(rig.pool), 0);
	cr_expect_eq(rx_mbufs_out(&rig.rx), 0);
}

Test(rx_freed, in_several_buffers)
{
	make(rig.pool);
	for (int i = 0; i < 2; i++)
		cr_assert_eq(rte_pktmbuf_chain(given[0], rte_pktmbuf_alloc(rig.pool)), 0);
	make(rig.pool);
	rx_poll(&rig.rx);
	cr_expect_eq(foreign(), 2);
	cr_expect_eq(rte_mempool_in_use_count(rig.pool), 0);
	cr_expect_eq(rx_mbufs_out(&rig.rx), 0);
}

Test(rx_freed, that_somebody_else_has_too)
{
	struct rte_mbuf *m = make(rig.pool);

	rte_mbuf_refcnt_update(m, 1);
	rx_poll(&rig.rx);
	cr_expect_eq(foreign(), 1);
	cr_expect_eq(rte_mbuf_refcnt_read(m), 1);
	cr_expect_eq(rte_mempool_in_use_count(rig.pool), 1);
}

Test(rx_freed, that_lie_in_another)
{
	struct rte_mbuf *m = make(rig.pool), *other = rte_pktmbuf_alloc(rig.pool);

	rte_pktmbuf_attach(other, m);
	given[0] = other;
	rte_pktmbuf_free(m);
	rx_poll(&rig.rx);
	cr_expect_eq(foreign(), 1);
	cr_expect_eq(rte_mempool_in_use_count(rig.pool), 0);
	cr_expect(RTE_MBUF_DIRECT(other));
}

Test(rx_freed, of_two_pools)
{
	struct rte_mempool *second = rte_pktmbuf_pool_create(
		"second", 63, 0, PACKET_META_SIZE, RTE_MBUF_DEFAULT_BUF_SIZE, 0);

	cr_assert_not_null(second);
	make(rig.pool);
	make(second);
	make(rig.pool);
	rx_poll(&rig.rx);
	cr_expect_eq(foreign(), 3);
	cr_expect_eq(rte_mempool_in_use_count(rig.pool), 0);
	cr_expect_eq(rte_mempool_in_use_count(second), 0);
}
