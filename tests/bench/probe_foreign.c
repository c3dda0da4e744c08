// SPDX-License-Identifier: BSD-3-Clause
#include "classify.h"
#include "probe.h"
#include "rx_rig.h"

#include <stdlib.h>
#include <x86intrin.h>

// What a packet that is nobody's mail costs the whole rx role, without the driver: frames of 64
// octets, handed over as a card's driver does, which has written the first line of each buffer's
// head and touched nothing else. Hot: the buffers that were given back last come again. Cold: more
// of them than any cache holds, in any order.

#define FRAME  64u
#define BURSTS 8192u // a round
#define ROUNDS 9
#define POOL   8191u
#define COLD   (BURSTS * RX_RIG_BURST)

static struct feed {
	struct rte_mempool *pool;
	struct rte_mbuf **cold; // a queue of them, NULL for hot
	uint32_t at; // in that
	uint64_t cycles; // its own: they are the driver's
} feed;

// What was just given back goes to the end of the queue, and what stands in front of it comes.
static void change(struct rte_mbuf **burst, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *front = feed.cold[feed.at];
		feed.cold[feed.at] = burst[i];
		feed.at = feed.at + 1 < COLD ? feed.at + 1 : 0;
		burst[i] = front;
		__builtin_prefetch(front, 1);
	}
}

static uint16_t feed_burst(void *queue, struct rte_mbuf **ret, uint16_t n)
{
	uint64_t begin = __rdtsc();

	(void)queue;
	if (rte_mempool_get_bulk(feed.pool, (void **)ret, n) != 0)
		return 0;
	if (feed.cold != NULL)
		change(ret, n);
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = ret[i];
		m->data_off = RTE_PKTMBUF_HEADROOM;
		rte_mbuf_refcnt_set(m, 1);
		m->nb_segs = 1;
		m->port = 0;
		m->ol_flags = 0;
		m->packet_type = 0;
		m->pkt_len = m->data_len = FRAME;
	}
	// The role shall not wait for any of it.
	_mm_mfence();
	feed.cycles += __rdtsc() - begin;
	return n;
}

// An acknowledgement between two ports that are not watched.
static void make_frame(uint8_t *at, uint16_t port)
{
	static const uint8_t head[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0,
		0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 198, 51, 100, 7, 203, 0, 113, 5};

	memset(at, 0, FRAME);
	memcpy(at, head, sizeof(head));
	at[34] = (uint8_t)(port >> 8);
	at[35] = (uint8_t)port;
	at[36] = 443 >> 8;
	at[37] = 443 & 0xff;
	at[46] = 0x50;
	at[47] = 0x10;
}

static void fill(struct rte_mempool *pool, void *ctx, void *object, unsigned index)
{
	struct rte_mbuf *m = object;

	(void)pool;
	(void)ctx;
	make_frame((uint8_t *)m->buf_addr + RTE_PKTMBUF_HEADROOM,
		(uint16_t)(1024 + index % 60000));
}

static int make_cold(struct rte_mempool *pool)
{
	uint64_t at = 1;

	feed.cold = malloc(COLD * sizeof(feed.cold[0]));
	if (feed.cold == NULL ||
		rte_mempool_get_bulk(pool, (void **)feed.cold, COLD) != 0)
		return -1;
	for (uint32_t i = COLD - 1; i > 0; i--) {
		at = at * 6364136223846793005u + 1442695040888963407u;
		uint32_t j = (uint32_t)((at >> 33) % (i + 1));
		struct rte_mbuf *kept = feed.cold[i];
		feed.cold[i] = feed.cold[j];
		feed.cold[j] = kept;
	}
	return 0;
}

// --- the steps, each with all those before it

static void bare(struct rx_rig *rig)
{
	struct rte_mbuf *burst[RX_RIG_BURST];
	uint16_t n = port_burst(&rig->port, 0, burst, RX_RIG_BURST);

	rte_mempool_put_bulk(rig->pool, (void *const *)burst, n);
}

static void looked_at(struct rx_rig *rig)
{
	struct rte_mbuf *burst[RX_RIG_BURST];
	uint16_t n = port_burst(&rig->port, 0, burst, RX_RIG_BURST);
	uint64_t foreign = 0;

	for (uint16_t i = 0; i < n; i++) {
		if (i + 4 < n)
			rte_prefetch0(rte_pktmbuf_mtod(burst[i + 4], const void *));
		foreign +=
			classify_is_foreign(rig->rx.view.set, burst[i], rig->port.link);
	}
	if (foreign != n)
		abort();
	rte_mempool_put_bulk(rig->pool, (void *const *)burst, n);
}

static void role(struct rx_rig *rig)
{
	rx_poll(&rig->rx);
}

enum {
	BARE,
	LOOKED_AT,
	ROLE,
	STEPS
};

static void (*const steps[STEPS])(struct rx_rig *) = {bare, looked_at, role};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

// Cycles a packet without the driver's, of CPU time: the counter runs on while others have the core.
static double one_round(struct rx_rig *rig, void (*step)(struct rx_rig *))
{
	struct probe_result r;

	feed.cycles = 0;
	probe_start(&r);
	uint64_t begin = __rdtsc();
	for (uint32_t i = 0; i < BURSTS; i++)
		step(rig);
	uint64_t cycles = __rdtsc() - begin;
	probe_stop(&r);
	return (double)(cycles - feed.cycles) * (double)r.cpu_ns / (double)r.wall_ns /
		(BURSTS * RX_RIG_BURST);
}

static int probe(bool cold, struct probe_result *ret)
{
	static struct rx_rig rig;
	double cycles[STEPS][ROUNDS];

	if (rx_rig_start(&rig, "net_null0", false, POOL + (cold ? COLD : 0)) != 0)
		return -1;
	feed.pool = rig.pool;
	rte_mempool_obj_iter(rig.pool, fill, NULL);
	if (cold && make_cold(rig.pool) != 0)
		return -1;
	rte_eth_fp_ops[0].rx_pkt_burst = feed_burst;
	probe_start(ret);
	for (int round = 0; round < ROUNDS; round++)
		for (int s = 0; s < STEPS; s++)
			cycles[s][round] = one_round(&rig, steps[s]);
	probe_stop(ret);
	for (int s = 0; s < STEPS; s++)
		qsort(cycles[s], ROUNDS, sizeof(cycles[s][0]), by_size);
	ret->units = (uint64_t)BURSTS * RX_RIG_BURST * ROUNDS;
	ret->octets = ret->units * FRAME;
	ret->cycles = (uint64_t)(cycles[ROLE][ROUNDS / 2] * (double)ret->units);
	probe_step(ret, "free", cycles[BARE][ROUNDS / 2]);
	probe_step(ret, "look", cycles[LOOKED_AT][ROUNDS / 2] - cycles[BARE][ROUNDS / 2]);
	probe_step(ret, "count and clock",
		cycles[ROLE][ROUNDS / 2] - cycles[LOOKED_AT][ROUNDS / 2]);
	bool right = rig.rx.stats.counter[STATS_rx_foreign] == ret->units;
	rx_rig_stop(&rig);
	return right ? 0 : -1;
}

int probe_foreign_hot(const char *place, struct probe_result *ret)
{
	(void)place;
	return probe(false, ret);
}

int probe_foreign_cold(const char *place, struct probe_result *ret)
{
	(void)place;
	return probe(true, ret);
}
