// SPDX-License-Identifier: BSD-3-Clause
#include "probe.h"

#include <stdio.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#define BURST        32
#define POOL         8191
#define EMPTY_AT_END 3 // zero returns in a row that mean the end of the file

static int start(struct rte_mempool *pool)
{
	struct rte_eth_conf conf = {0};

	if (rte_eth_dev_configure(0, 1, 0, &conf) != 0)
		return -1;
	if (rte_eth_rx_queue_setup(0, 0, 512, (unsigned)SOCKET_ID_ANY, NULL, pool) != 0)
		return -1;
	return rte_eth_dev_start(0);
}

static void take_all(struct probe_result *ret)
{
	struct rte_mbuf *burst[BURST];

	for (int empty = 0; empty < EMPTY_AT_END;) {
		uint16_t n = rte_eth_rx_burst(0, 0, burst, BURST);
		empty = n == 0 ? empty + 1 : 0;
		for (uint16_t i = 0; i < n; i++)
			ret->octets += rte_pktmbuf_pkt_len(burst[i]);
		rte_pktmbuf_free_bulk(burst, n);
		ret->units += n;
	}
}

int probe_receive(const char *capture, struct probe_result *ret)
{
	char device[512];
	char words[][20] = {"mailtap-probe", "--no-huge", "-m", "128", "--no-pci",
		"--no-telemetry", "--no-shconf", "--log-level=3", "-l", "0", "--vdev"};
	char *args[sizeof(words) / sizeof(words[0]) + 2] = {NULL};
	snprintf(device, sizeof(device), "net_pcap0,rx_pcap=%s", capture);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		args[i] = words[i];
	args[sizeof(words) / sizeof(words[0])] = device;
	if (rte_eal_init((int)(sizeof(args) / sizeof(args[0])) - 1, args) < 0) {
		fprintf(stderr, "%s: the port could not be made\n", capture);
		return -1;
	}
	struct rte_mempool *pool = rte_pktmbuf_pool_create(
		"probe", POOL, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	int rc = pool != NULL ? start(pool) : -1;
	if (rc == 0) {
		probe_start(ret);
		take_all(ret);
		probe_stop(ret);
		rte_eth_dev_stop(0);
		rte_eth_dev_close(0);
	}
	rte_eal_cleanup();
	return rc;
}
