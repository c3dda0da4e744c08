// SPDX-License-Identifier: BSD-3-Clause
#include "classify.h"
#include "probe.h"
#include "rx_rig.h"

#include <stdlib.h>
#include <x86intrin.h>

#include <rte_ethdev.h>

// The rx role on a capture beside bare receiving: net_pcap's burst, which reads the file and copies
// each packet, and giving the buffers back. Both read the whole file in turn, again and again, so that
// what else the machine does falls on both alike. The role has a worker beside it that only gives the
// mail's buffers back; its time counts. A third reading takes the role's steps apart, burst by burst.

#define POOL         32767u
#define ROUNDS       9
#define EMPTY_AT_END 3 // bursts of none in a row that mean the end of the file
#define AHEAD        4 // packets, as the role fetches them

enum part {
	RECEIVE,
	LOOK,
	DECODE,
	CHOOSE, // with decoding
	FREE,
	ROLE, // all of it
	PARTS
};

// Cycles of the time stamp counter: of a reading, and of each round.
static uint64_t spending[PARTS];
static double spent[PARTS][ROUNDS];
static int round_now;
static eth_rx_burst_t driver;
static uint64_t packets;

static void spend(enum part part, uint64_t since)
{
	spending[part] += __rdtsc() - since;
}

static uint16_t receive(void *queue, struct rte_mbuf **ret, uint16_t n)
{
	uint64_t begin = __rdtsc();
	uint16_t got = driver(queue, ret, n);

	spend(RECEIVE, begin);
	return got;
}

static void look(struct rx_rig *rig, struct rte_mbuf **burst, uint16_t n, bool foreign[])
{
	uint64_t begin = __rdtsc();

	for (uint16_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			rte_prefetch0(rte_pktmbuf_mtod(burst[i + AHEAD], const void *));
		foreign[i] =
			classify_is_foreign(rig->rx.view.set, burst[i], rig->port.link);
	}
	spend(LOOK, begin);
}

static void decode(struct rte_mbuf **burst, uint16_t n, const bool foreign[])
{
	uint64_t begin = __rdtsc();

	for (uint16_t i = 0; i < n; i++)
		if (!foreign[i])
			packet_parse(
				span_make(rte_pktmbuf_mtod(burst[i], const uint8_t *),
					rte_pktmbuf_data_len(burst[i])),
				rte_pktmbuf_pkt_len(burst[i]), PACKET_LINK_ETHERNET,
				&packet_meta_of(burst[i])->packet);
	spend(DECODE, begin);
}

static void choose(
	struct rx_rig *rig, struct rte_mbuf **burst, uint16_t n, const bool foreign[])
{
	uint64_t begin = __rdtsc();

	for (uint16_t i = 0; i < n; i++)
		if (!foreign[i])
			classify(rig->rx.view.set, burst[i], PACKET_LINK_ETHERNET, 0);
	spend(CHOOSE, begin);
}

static void read_bare(struct rx_rig *rig)
{
	struct rte_mbuf *burst[RX_RIG_BURST];

	for (int empty = 0; empty < EMPTY_AT_END;) {
		uint16_t n = port_burst(&rig->port, 0, burst, RX_RIG_BURST);
		empty = n == 0 ? empty + 1 : 0;
		rte_pktmbuf_free_bulk(burst, n);
		packets += n;
	}
}

static void read_by_steps(struct rx_rig *rig)
{
	struct rte_mbuf *burst[RX_RIG_BURST];
	bool foreign[RX_RIG_BURST];

	for (int empty = 0; empty < EMPTY_AT_END;) {
		uint16_t n = port_burst(&rig->port, 0, burst, RX_RIG_BURST);
		empty = n == 0 ? empty + 1 : 0;
		look(rig, burst, n, foreign);
		decode(burst, n, foreign);
		choose(rig, burst, n, foreign);
		uint64_t begin = __rdtsc();
		rte_pktmbuf_free_bulk(burst, n);
		spend(FREE, begin);
	}
}

static void read_by_role(struct rx_rig *rig)
{
	uint64_t begin = __rdtsc();

	driver = rte_eth_fp_ops[0].rx_pkt_burst;
	rte_eth_fp_ops[0].rx_pkt_burst = receive;
	while (atomic_load_explicit(&rig->rx.state, memory_order_relaxed) == RX_READING) {
		rx_poll(&rig->rx);
		rx_rig_drain(rig);
	}
	spend(ROLE, begin);
}

// Nanoseconds of CPU time, the kernel's for the file among them. The counter runs on while others have
// the core, so cycles are taken for the share of time that was ours.
static double timed(struct rx_rig *rig, void (*read)(struct rx_rig *))
{
	struct probe_result r;

	if (rx_rig_rewind(rig) != 0)
		abort();
	memset(spending, 0, sizeof(spending));
	probe_start(&r);
	read(rig);
	probe_stop(&r);
	for (int p = 0; p < PARTS; p++)
		spent[p][round_now] +=
			(double)spending[p] * (double)r.cpu_ns / (double)r.wall_ns;
	return (double)r.cpu_ns;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double middle(double of[ROUNDS])
{
	qsort(of, ROUNDS, sizeof(of[0]), by_size);
	return of[ROUNDS / 2];
}

// Cycles a packet.
static void tell_parts(double each, struct probe_result *ret)
{
	double cycles[PARTS];

	for (int p = 0; p < PARTS; p++)
		cycles[p] = middle(spent[p]) / each;
	cycles[CHOOSE] -= cycles[DECODE];
	probe_step(ret, "receive", cycles[RECEIVE]);
	probe_step(ret, "look", cycles[LOOK]);
	probe_step(ret, "decode", cycles[DECODE]);
	probe_step(ret, "choose", cycles[CHOOSE]);
	probe_step(ret, "free", cycles[FREE]);
	probe_step(ret, "count and enqueue",
		cycles[ROLE] - cycles[RECEIVE] - cycles[LOOK] - cycles[DECODE] -
			cycles[CHOOSE] - cycles[FREE]);
}

int probe_role(const char *capture, struct probe_result *ret)
{
	static struct rx_rig rig;
	double ratio[ROUNDS];
	char device[512];

	snprintf(device, sizeof(device), "net_pcap0,rx_pcap=%s", capture);
	if (rx_rig_start(&rig, device, true, POOL) != 0)
		return -1;
	probe_start(ret);
	for (; round_now < ROUNDS; round_now++) {
		double bare = timed(&rig, read_bare);
		ratio[round_now] = bare / timed(&rig, read_by_role);
		timed(&rig, read_by_steps);
	}
	probe_stop(ret);
	ret->units = rig.rx.stats.counter[STATS_rx_packets];
	ret->octets = rig.rx.stats.counter[STATS_rx_octets];
	ret->bare_ratio = middle(ratio);
	tell_parts((double)ret->units / ROUNDS, ret);
	fprintf(stderr, "%.1f %% of the packets went to a worker\n",
		100.0 * (double)rig.rx.stats.counter[STATS_rx_to_workers] /
			(double)ret->units);
	rx_rig_stop(&rig);
	return packets == ret->units ? 0 : -1;
}
