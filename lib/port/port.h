// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A port we listen on: made from the configuration, set up as a tap needs it, and never
// transmitted on. Ports are made, started, stopped and closed by the control thread; only
// port_burst belongs to an rx lcore.

#include "conf.h"
#include "packet.h"
#include "port_relay.h"

#include <rte_ethdev.h>
#include <rte_mempool.h>

#define PORT_NAME_SIZE   64
#define PORT_SOCKETS_MAX 16 // one a queue
#define PORT_NETDEV_MAX  2

enum port_time {
	PORT_TIME_ARRIVAL, // the clock when we take the packet
	PORT_TIME_FILE_US, // microseconds since the epoch in the mbuf's dynamic field
};

struct port {
	char name[PORT_NAME_SIZE]; // of the ethdev
	char shown[CONF_PATH_SIZE]; // for people: eth0, a file, a PCI address
	const char *device; // the vdev to unplug at the end, NULL for none
	struct port_relay *relay; // between us and the driver, NULL for none
	uint16_t id;
	uint16_t queues;
	uint32_t depth; // packets that can lie in a queue in front of us, at most
	enum packet_link link;
	enum port_time time;
	bool lossless; // a file: waits for us
	bool network; // a card or kernel interface: packets come whether we look or not
	bool started;
	int file; // descriptor of a capture file, -1 for none
	int time_offset; // of the dynamic field
	uint64_t time_flag; // in ol_flags
	bool bonded; // its bond starts and stops it
	int sockets
		[PORT_SOCKETS_MAX]; // af_packet: the driver's, to ask them what they lost
	uint32_t socket_count;
	uint64_t kernel_drops; // af_packet: what these lost, accumulated
	struct port_netdev {
		int fd;
		uint64_t last;
	} netdev[PORT_NETDEV_MAX]; // af_packet: figures of the interface's own losses
	uint32_t netdev_count;
};

struct port_counts {
	uint64_t packets, octets; // received
	uint64_t missed; // lost in front of us: NIC or kernel
	uint64_t
		kernel; // of these, what the driver does not know of: it must be asked of members
	uint64_t errors; // broken frames
	uint64_t no_mbuf; // for want of buffers
	uint64_t sent; // must stay 0
	bool link_up;
};

// Makes the ethdev of a configured port (not yet started). bus_name: unique, "tap0a". 0, or
// one of EX_NOINPUT, EX_DATAERR, EX_UNAVAILABLE with error text.
int port_create(struct port *p, const struct conf_port *conf, const char *bus_name,
	uint16_t queues, struct mt_error *error);
// Makes one port of two by net_bonding mode 0. The members must not be started. bus_name as above.
int port_create_bond(struct port *p, const struct port members[2], const char *bus_name,
	uint16_t queues, struct mt_error *error);
// Configures and starts it: promiscuous, all multicast, no stripping, no transmit queue where the
// driver allows. 0 or EX_UNAVAILABLE.
int port_start(struct port *p, struct rte_mempool *pool, struct mt_error *error);
// Throws away what a live port has received so far, and its figures. Before anybody polls it.
void port_forget(struct port *p);
// Its figures alone.
void port_forget_counts(struct port *p);
// Stops, closes and unplugs. Nobody may poll it any more.
void port_close(struct port *p);
// All zero for a port that is not started. Control thread only: it asks the kernel, which forgets.
void port_counts_get(struct port *p, struct port_counts *ret);

// Takes up to n packets. rx lcore only.
static inline uint16_t port_burst(
	const struct port *p, uint16_t queue, struct rte_mbuf **ret, uint16_t n)
{
	if (p->relay != NULL)
		return port_relay_burst(p->relay, queue, ret, n);
	return rte_eth_rx_burst(p->id, queue, ret, n);
}

// Packet time in microseconds; now_us where the port gives none.
static inline uint64_t port_time_of(
	const struct port *p, const struct rte_mbuf *m, uint64_t now_us)
{
	if (p->time != PORT_TIME_FILE_US || !(m->ol_flags & p->time_flag))
		return now_us;
	return *RTE_MBUF_DYNFIELD(m, p->time_offset, const uint64_t *);
}
