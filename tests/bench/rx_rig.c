// SPDX-License-Identifier: BSD-3-Clause
#include "rx_rig.h"

#include "packet_meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <rte_eal.h>
#include <rte_ethdev.h>

#define RING      4096u
#define CACHE     256u
#define DATA_ROOM (RTE_PKTMBUF_HEADROOM + 2048)
#define HUGE_PAGE (2u << 20)
#define DEPTH     1024u // of a port's queue

static int start_eal(const char *device)
{
	char words[][20] = {"mailtap-probe", "--no-huge", "-m", "256", "--no-pci",
		"--no-telemetry", "--no-shconf", "--log-level=3", "-l", "0", "--vdev"};
	char *args[sizeof(words) / sizeof(words[0]) + 2] = {NULL};
	char name[512];

	snprintf(name, sizeof(name), "%s", device);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		args[i] = words[i];
	args[sizeof(words) / sizeof(words[0])] = name;
	return rte_eal_init((int)(sizeof(args) / sizeof(args[0])) - 1, args) < 0 ? -1 : 0;
}

// As rte_pktmbuf_pool_create, but an EAL without huge pages has only small ones: what misses the
// caches would miss the page tables, too.
static struct rte_mempool *make_pool(uint32_t buffers)
{
	struct rte_pktmbuf_pool_private sizes = {
		.mbuf_data_room_size = DATA_ROOM,
		.mbuf_priv_size = PACKET_META_SIZE,
	};
	unsigned each = sizeof(struct rte_mbuf) + PACKET_META_SIZE + DATA_ROOM;
	size_t room = ((size_t)buffers * (each + 192) / HUGE_PAGE + 2) * HUGE_PAGE;
	uint8_t *at = aligned_alloc(HUGE_PAGE, room);
	struct rte_mempool *pool = rte_mempool_create_empty("packets", buffers, each,
		CACHE, sizeof(sizes), SOCKET_ID_ANY, RTE_MEMPOOL_F_NO_IOVA_CONTIG);

	if (at == NULL || pool == NULL ||
		rte_mempool_set_ops_byname(pool, "ring_mp_mc", NULL) != 0)
		return NULL;
	madvise(at, room, MADV_HUGEPAGE);
	rte_pktmbuf_pool_init(pool, &sizes);
	if (rte_mempool_populate_virt(pool, (char *)at, room, HUGE_PAGE, NULL, NULL) <
		(int)buffers)
		return NULL;
	rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
	return pool;
}

static int start_port(struct rx_rig *rig, bool file)
{
	struct rte_eth_conf conf = {0};

	rig->port = (struct port){
		.link = PACKET_LINK_ETHERNET,
		.lossless = file,
		.depth = DEPTH,
	};
	if (rte_eth_dev_configure(0, 1, 0, &conf) != 0 ||
		rte_eth_rx_queue_setup(
			0, 0, 512, (unsigned)SOCKET_ID_ANY, NULL, rig->pool) != 0)
		return -1;
	return rte_eth_dev_start(0);
}

static int make_role(struct rx_rig *rig)
{
	static struct conf conf;
	struct mt_error error;
	struct rx *rx = &rig->rx;

	conf_defaults(&conf);
	if (conf_set(&conf, "registered=[192.0.2.16/28]", &error) != 0)
		return -1;
	live_init(&rig->live, &conf);
	live_view_init(&rx->view, &rig->live.rx_now);
	hints_ports(conf.watched, rx->unwatched);
	rig->freed_by[0] = &rig->freed;
	rx->rings = &rig->ring;
	rx->worker_count = 1;
	rx->credits = rig->pool->size;
	rx->burst = RX_RIG_BURST;
	rx->freed = rig->freed_by;
	rx->fragments = fragments_create(1024, &rx->stats);
	rx->stopping = &rig->stopping;
	rx->source_count = 1;
	rx->read.sources = 1;
	rx->read.depth[0] = DEPTH;
	return rx->fragments != NULL ? rx_rig_rewind(rig) : -1;
}

int rx_rig_start(struct rx_rig *rig, const char *device, bool file, uint32_t buffers)
{
	int rc = start_eal(device);

	if (rc == 0) {
		rig->pool = make_pool(buffers);
		rig->ring = queue_create("ring", RING);
		rc = rig->pool != NULL && rig->ring != NULL ? start_port(rig, file) : -1;
	}
	if (rc == 0)
		rc = make_role(rig);
	if (rc != 0)
		fprintf(stderr, "%s: no port, no buffers or no role\n", device);
	return rc;
}

int rx_rig_rewind(struct rx_rig *rig)
{
	rig->rx.sources[0] = (struct rx_source){.port = &rig->port};
	atomic_store(&rig->rx.state, RX_READING);
	if (!rig->port.lossless)
		return 0;
	rte_eth_dev_stop(0);
	return rte_eth_dev_start(0);
}

void rx_rig_drain(struct rx_rig *rig)
{
	struct rte_mbuf *burst[RX_RIG_BURST];
	uint32_t n;

	while ((n = queue_take(rig->ring, (void **)burst, RX_RIG_BURST)) > 0) {
		uint64_t buffers = 0;
		for (uint32_t i = 0; i < n; i++)
			buffers += burst[i]->nb_segs;
		rte_pktmbuf_free_bulk(burst, n);
		atomic_fetch_add_explicit(&rig->freed, buffers, memory_order_relaxed);
	}
}

void rx_rig_stop(struct rx_rig *rig)
{
	fragments_flush(rig->rx.fragments, 0, true);
	fragments_destroy(rig->rx.fragments);
	rte_eth_dev_stop(0);
	rte_eth_dev_close(0);
	rte_eal_cleanup();
}
