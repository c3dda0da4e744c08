// SPDX-License-Identifier: BSD-3-Clause
#include "classify.h"

#include <netinet/in.h>

_Static_assert(PACKET_APART_VLAN == CONF_KEY_VLAN &&
		PACKET_APART_TUNNEL == CONF_KEY_TUNNEL &&
		PACKET_APART_INTERFACE == CONF_KEY_INTERFACE,
	"flow.key_includes is a set of these");

static const enum stats_counter class_counters[PACKET_CLASS_COUNT] = {
	[PACKET_TCP] = STATS_rx_to_workers,
	[PACKET_NOT_IP] = STATS_rx_not_ip,
	[PACKET_NOT_TCP] = STATS_rx_not_tcp,
	[PACKET_CUT] = STATS_rx_cut,
	[PACKET_TOO_DEEP] = STATS_rx_too_deep,
	[PACKET_BAD_LINK] = STATS_rx_bad,
	[PACKET_BAD_IP] = STATS_rx_bad,
	[PACKET_BAD_TCP] = STATS_rx_bad,
};

static const enum stats_counter hop_counters[] = {
	[CLASSIFY_INBOUND] = STATS_rx_to_workers,
	[CLASSIFY_INTERNAL] = STATS_hop_internal_skipped,
	[CLASSIFY_OUTBOUND] = STATS_hop_outbound_skipped,
	[CLASSIFY_TRANSIT] = STATS_rx_transit,
};

enum classify_hop classify_hop_of(const struct conf *conf,
	const struct packet_addr *client, const struct packet_addr *server)
{
	bool from_ours = conf_is_registered(conf, client->octet);
	bool to_ours = conf_is_registered(conf, server->octet);

	if (to_ours)
		return from_ours ? CLASSIFY_INTERNAL : CLASSIFY_INBOUND;
	return from_ours ? CLASSIFY_OUTBOUND : CLASSIFY_TRANSIT;
}

bool classify_is_captured(const struct conf *conf, enum classify_hop hop)
{
	static const uint32_t bits[] = {
		[CLASSIFY_INBOUND] = CONF_CAPTURE_INBOUND,
		[CLASSIFY_INTERNAL] = CONF_CAPTURE_INTERNAL,
		[CLASSIFY_OUTBOUND] = CONF_CAPTURE_OUTBOUND,
		[CLASSIFY_TRANSIT] = 0,
	};

	return (conf->capture & bits[hop]) != 0;
}

enum classify_hop classify_ends(
	const struct conf *conf, const struct packet *p, bool *ret_dst_is_server)
{
	bool dst = packet_port_in(conf->watched, p->dst_port);
	bool src = packet_port_in(conf->watched, p->src_port);
	enum classify_hop to_dst =
		dst ? classify_hop_of(conf, &p->src, &p->dst) : CLASSIFY_TRANSIT;

	if (!src) {
		*ret_dst_is_server = true;
		return to_dst;
	}
	enum classify_hop to_src = classify_hop_of(conf, &p->dst, &p->src);
	bool dst_fits = dst && classify_is_captured(conf, to_dst);
	bool src_fits = classify_is_captured(conf, to_src);
	if (dst && dst_fits == src_fits)
		*ret_dst_is_server = (p->flags & (PACKET_SYN | PACKET_ACK)) !=
			(PACKET_SYN | PACKET_ACK);
	else
		*ret_dst_is_server = dst_fits;
	return *ret_dst_is_server ? to_dst : to_src;
}

// Its ports are not known yet; only what goes to or comes from a registered server is held.
static bool touches_ours(const struct conf *conf, const struct packet *p)
{
	return conf_is_registered(conf, p->src.octet) ||
		conf_is_registered(conf, p->dst.octet);
}

static bool has_port(const struct conf *conf, const struct packet *p)
{
	return packet_port_in(conf->watched, p->dst_port) ||
		packet_port_in(conf->watched, p->src_port);
}

static enum stats_counter select_packet(
	const struct live_set *set, const struct packet *p)
{
	enum classify_hop hop;
	bool dst_is_server;

	if (has_port(&set->conf, p)) {
		hop = classify_ends(&set->conf, p, &dst_is_server);
		if (classify_is_captured(&set->conf, hop))
			return STATS_rx_to_workers;
	} else if (!set->is_wide || !has_port(&set->wide, p)) {
		return STATS_rx_foreign;
	} else {
		hop = CLASSIFY_TRANSIT;
	}
	// Perhaps of a connection that was begun under an earlier selection: the worker knows.
	return set->is_wide && touches_ours(&set->wide, p) ? STATS_rx_to_workers
							   : hop_counters[hop];
}

// Where the datagrams of a tunnel go says nothing about the mail inside.
static enum stats_counter classify_fragment(
	const struct conf *widest, struct packet_meta *meta)
{
	const struct packet *p = &meta->packet;
	bool tunnel = packet_is_tunnel_fragment(p);

	meta->outer = tunnel || !touches_ours(widest, p);
	return meta->outer && p->frag_protocol == IPPROTO_TCP ? STATS_rx_fragments
							      : STATS_rx_fragments_joined;
}

enum stats_counter classify(const struct live_set *set, struct rte_mbuf *m,
	enum packet_link link, uint8_t iface)
{
	const struct conf *widest = set->is_wide ? &set->wide : &set->conf;
	struct packet_meta *meta = packet_meta_of(m);
	struct span head =
		span_make(rte_pktmbuf_mtod(m, const uint8_t *), rte_pktmbuf_data_len(m));

	enum packet_class class =
		packet_parse(head, rte_pktmbuf_pkt_len(m), link, &meta->packet);
	meta->joined = meta->doubtful = false;
	if (class == PACKET_FRAGMENT)
		return classify_fragment(widest, meta);
	if (class != PACKET_TCP)
		return class_counters[class];
	enum stats_counter verdict = select_packet(set, &meta->packet);
	if (verdict != STATS_rx_to_workers)
		return verdict;
	struct packet_apart apart =
		packet_apart_make(&meta->packet, iface, set->conf.key_includes);
	meta->src_low = flow_key_make(&meta->packet, &apart, &meta->key);
	return verdict;
}
