// SPDX-License-Identifier: BSD-3-Clause
#include "port.h"

#include "port_internal.h"

#include <net/if.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_mbuf_dyn.h>
#include <rte_version.h>

#define RX_DESCRIPTORS  1024
// The kernel's ring of an af_packet port: deep, since a poller may wait for its CPU.
#define FORGET_BURST    32
#define FORGET_MAX      65536
#define AF_PACKET_DEPTH 32768
#define AF_PACKET_RING  "blocksz=4194304,framesz=2048,framecnt=" RTE_STR(AF_PACKET_DEPTH)
// What a vdev holds is its own affair, but not more than that.
#define VDEV_DEPTH      65536

#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
#define BOND_MEMBER "member"
#else
#define BOND_MEMBER "slave"
#endif

static int plug(
	struct port *p, const char *device, const char *arguments, struct mt_error *error)
{
	int rc = rte_eal_hotplug_add("vdev", device, arguments);

	if (rc != 0) {
		mt_error_set(error, 0, "%s: the port cannot be made: %s", p->shown,
			strerror(-rc));
		return EX_UNAVAILABLE;
	}
	snprintf(p->name, sizeof(p->name), "%s", device);
	p->device = p->name;
	return 0;
}

static int find(struct port *p, struct mt_error *error)
{
	if (rte_eth_dev_get_port_by_name(p->name, &p->id) == 0)
		return 0;
	mt_error_set(error, 0, "%s: no such port", p->shown);
	return EX_UNAVAILABLE;
}

static int create_af_packet(struct port *p, const char *bus_name, struct mt_error *error)
{
	char device[PORT_NAME_SIZE], arguments[CONF_PATH_SIZE + 128];

	p->network = true;
	p->depth = AF_PACKET_DEPTH;
	uint32_t if_index = if_nametoindex(p->shown);
	if (if_index == 0) {
		mt_error_set(error, 0,
			"%s: there is no such interface; `ip link` lists those that exist",
			p->shown);
		return EX_UNAVAILABLE;
	}
	snprintf(device, sizeof(device), "net_af_packet_%s", bus_name);
	snprintf(arguments, sizeof(arguments), "iface=%s,qpairs=%u," AF_PACKET_RING,
		p->shown, p->queues);
	int rc = plug(p, device, arguments, error);
	if (rc == 0)
		port_af_packet_find(p, if_index);
	if (rc == 0)
		port_af_packet_watch(p);
	return rc;
}

static int create_file(struct port *p, const char *bus_name, struct mt_error *error)
{
	char device[PORT_NAME_SIZE], arguments[64];
	int rc = port_file_open(p, p->shown, error);

	if (rc != 0)
		return rc;
	snprintf(device, sizeof(device), "net_pcap_%s", bus_name);
	snprintf(arguments, sizeof(arguments), "rx_pcap=/proc/self/fd/%d", p->file);
	return plug(p, device, arguments, error);
}

// "net_memif0,role=server": the name before the comma, the rest are the driver's arguments.
static int create_vdev(struct port *p, struct mt_error *error)
{
	char device[PORT_NAME_SIZE];
	p->depth = VDEV_DEPTH;
	size_t len = strcspn(p->shown, ",");
	const char *arguments = p->shown[len] == ',' ? p->shown + len + 1 : "";

	if (len >= sizeof(device)) {
		mt_error_set(error, 0, "%s: the name of the vdev is too long", p->shown);
		return EX_UNAVAILABLE;
	}
	memcpy(device, p->shown, len);
	device[len] = '\0';
	return plug(p, device, arguments, error);
}

static int create_pci(struct port *p, struct mt_error *error)
{
	int rc = rte_eal_hotplug_add("pci", p->shown, "");

	if (rc != 0) {
		mt_error_set(error, 0,
			"%s: the card cannot be taken: %s; `dpdk-devbind.py -s` shows which driver holds it",
			p->shown, strerror(-rc));
		return EX_UNAVAILABLE;
	}
	snprintf(p->name, sizeof(p->name), "%.*s", PORT_NAME_SIZE - 1, p->shown);
	p->network = true;
	p->depth = RX_DESCRIPTORS;
	return 0;
}

int port_create(struct port *p, const struct conf_port *conf, const char *bus_name,
	uint16_t queues, struct mt_error *error)
{
	int rc = EX_UNAVAILABLE;

	*p = (struct port){.queues = queues, .file = -1, .link = PACKET_LINK_ETHERNET};
	snprintf(p->shown, sizeof(p->shown), "%s", conf->device);
	switch (conf->kind) {
	case CONF_PORT_AF_PACKET:
		rc = create_af_packet(p, bus_name, error);
		break;
	case CONF_PORT_PCAP:
		rc = create_file(p, bus_name, error);
		break;
	case CONF_PORT_PCI:
		rc = create_pci(p, error);
		break;
	case CONF_PORT_VDEV:
		rc = create_vdev(p, error);
		break;
	}
	if (rc == 0)
		rc = find(p, error);
	if (rc != 0)
		port_close(p);
	return rc;
}

int port_create_bond(struct port *p, const struct port members[2], const char *bus_name,
	uint16_t queues, struct mt_error *error)
{
	char device[PORT_NAME_SIZE], arguments[3 * PORT_NAME_SIZE];

	*p = (struct port){.queues = queues,
		.file = -1,
		.link = PACKET_LINK_ETHERNET,
		.depth = 2 * RX_DESCRIPTORS, // it reads its members in turn
		.network = true};
	snprintf(p->shown, sizeof(p->shown), "bond of %.200s and %.200s",
		members[0].shown, members[1].shown);
	snprintf(device, sizeof(device), "net_bonding_%s", bus_name);
	// Mode 0 polls every member that has a link; modes that talk LACP would eat packets.
	snprintf(arguments, sizeof(arguments),
		"mode=0," BOND_MEMBER "=%s," BOND_MEMBER "=%s", members[0].name,
		members[1].name);
	int rc = plug(p, device, arguments, error);
	if (rc == 0)
		rc = find(p, error);
	if (rc != 0)
		port_close(p);
	return rc;
}

// The driver takes a port without transmit queues, but then no peer can connect to it. It also
// needs a relay.
static bool is_memif(const struct rte_eth_dev_info *info)
{
	return strcmp(info->driver_name, "net_memif") == 0;
}

// A tap never sends: no transmit queue, unless the driver insists on pairs.
static int configure(struct port *p, const struct rte_eth_dev_info *info,
	const struct rte_eth_conf *settings)
{
	int rc = -ENOTSUP;

	if (!is_memif(info))
		rc = rte_eth_dev_configure(p->id, p->queues, 0, settings);
	if (rc == 0)
		return 0;
	rc = rte_eth_dev_configure(p->id, p->queues, p->queues, settings);
	for (uint16_t q = 0; rc == 0 && q < p->queues; q++)
		rc = rte_eth_tx_queue_setup(
			p->id, q, RX_DESCRIPTORS, SOCKET_ID_ANY, NULL);
	return rc;
}

static void find_time(struct port *p)
{
	int offset = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, NULL);
	int bit = rte_mbuf_dynflag_lookup(RTE_MBUF_DYNFLAG_RX_TIMESTAMP_NAME, NULL);

	if (offset < 0 || bit < 0)
		return;
	p->time_offset = offset;
	p->time_flag = 1ULL << bit;
}

int port_start(struct port *p, struct rte_mempool *pool, struct mt_error *error)
{
	struct rte_eth_dev_info info;
	struct rte_eth_conf settings;
	const char *what = "asked about";
	int rc = rte_eth_dev_info_get(p->id, &info);

	if (rc != 0)
		goto fail;
	what = "configured";
	port_nic_settings(&info, p->queues, &settings);
	rc = configure(p, &info, &settings);
	for (uint16_t q = 0; rc == 0 && q < p->queues; q++)
		rc = rte_eth_rx_queue_setup(
			p->id, q, RX_DESCRIPTORS, SOCKET_ID_ANY, NULL, pool);
	if (rc != 0)
		goto fail;
	what = "started";
	rc = rte_eth_dev_start(p->id);
	if (rc != 0)
		goto fail;
	p->started = true;
	if (is_memif(&info) && (p->relay = port_relay_create(p->id, p->queues)) == NULL) {
		rc = -ENOMEM;
		goto fail;
	}
	port_nic_listen(p->id);
	find_time(p);
	return 0;
fail:
	mt_error_set(
		error, 0, "%s: the port cannot be %s: %s", p->shown, what, strerror(-rc));
	return EX_UNAVAILABLE;
}

void port_forget(struct port *p)
{
	struct rte_mbuf *burst[FORGET_BURST];

	for (uint16_t q = 0; p->network && q < p->queues; q++) {
		// More than the deepest ring, but not for ever: packets keep coming.
		for (uint32_t n = 0, got = 1; got > 0 && n < FORGET_MAX; n += got) {
			got = port_burst(p, q, burst, FORGET_BURST);
			rte_pktmbuf_free_bulk(burst, got);
		}
	}
	if (p->network)
		port_forget_counts(p);
}

void port_forget_counts(struct port *p)
{
	rte_eth_stats_reset(p->id);
	// Reading them sets them to 0.
	port_af_packet_drops(p);
	p->kernel_drops = 0;
}

void port_close(struct port *p)
{
	port_relay_destroy(p->relay);
	p->relay = NULL;
	if (p->started) {
		rte_eth_dev_stop(p->id);
		p->started = false;
	}
	if (p->name[0] != '\0' && rte_eth_dev_is_valid_port(p->id) && p->device == NULL)
		rte_eth_dev_close(p->id);
	if (p->device != NULL)
		rte_eal_hotplug_remove("vdev", p->device);
	p->device = NULL;
	if (p->file >= 0)
		close(p->file);
	p->file = -1;
	port_af_packet_leave(p);
}

void port_counts_get(struct port *p, struct port_counts *ret)
{
	struct rte_eth_stats stats;
	struct rte_eth_link link;

	*ret = (struct port_counts){0};
	if (!(p->started || p->bonded) || rte_eth_stats_get(p->id, &stats) != 0)
		return;
	p->kernel_drops += port_af_packet_drops(p);
	ret->packets = stats.ipackets;
	ret->octets = stats.ibytes;
	ret->kernel = p->kernel_drops;
	ret->missed = stats.imissed + ret->kernel;
	ret->errors = stats.ierrors;
	ret->no_mbuf = stats.rx_nombuf;
	ret->sent = stats.opackets;
	// The driver of a kernel interface says "up", whatever the interface does.
	ret->link_up = p->socket_count > 0
		? port_af_packet_is_up(p)
		: rte_eth_link_get_nowait(p->id, &link) == 0 && link.link_status != 0;
}
