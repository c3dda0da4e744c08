// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Whose packet is this? The port test, the decoder and the selection rule, in the order of cost.

#include "live.h"
#include "packet_meta.h"
#include "stats.h"

// Which hop a connection is on, seen from its server end.
enum classify_hop {
	CLASSIFY_INBOUND,
	CLASSIFY_INTERNAL,
	CLASSIFY_OUTBOUND,
	CLASSIFY_TRANSIT,
};

// The hop of a connection from `client` to `server`.
enum classify_hop classify_hop_of(const struct conf *conf,
	const struct packet_addr *client, const struct packet_addr *server);
// Which end is the server, and the hop, for a packet with at least one watched port. Where both
// ports are watched, a captured hop wins, then the receiver of a SYN.
enum classify_hop classify_ends(
	const struct conf *conf, const struct packet *p, bool *ret_dst_is_server);
bool classify_is_captured(const struct conf *conf, enum classify_hop hop);

// The first look at a packet, and for most of them the last: it is plainly nobody's mail.
static inline bool classify_is_foreign(
	const struct live_set *set, const struct rte_mbuf *m, enum packet_link link)
{
	const struct conf *widest = set->is_wide ? &set->wide : &set->conf;

	return link == PACKET_LINK_ETHERNET &&
		packet_is_foreign(span_make(rte_pktmbuf_mtod(m, const uint8_t *),
					  rte_pktmbuf_data_len(m)),
			widest->watched);
}

// The whole answer: fills meta and returns STATS_rx_to_workers for a packet that a worker must see,
// STATS_rx_fragments_joined for a fragment to be put together first (meta->outer: not one of mail
// itself, but there may be mail in a tunnel), else the counter that names why not. After a reload, what only earlier selections would have taken goes to the worker too.
enum stats_counter classify(const struct live_set *set, struct rte_mbuf *m,
	enum packet_link link, uint8_t iface);
