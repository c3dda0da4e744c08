// SPDX-License-Identifier: BSD-3-Clause
#include "port_internal.h"

// The repeated pattern makes Toeplitz hashing symmetric, so that both directions of a connection
// reach one queue. Longer keys than the usual 40 octets repeat it further.
static uint8_t symmetric_key[128];

static void fill_symmetric_key(void)
{
	for (size_t i = 0; i < sizeof(symmetric_key); i += 2) {
		symmetric_key[i] = 0x6d;
		symmetric_key[i + 1] = 0x5a;
	}
}

static void set_rss(const struct rte_eth_dev_info *info, struct rte_eth_conf *ret)
{
	uint64_t kinds =
		(RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP) & info->flow_type_rss_offloads;

	if (kinds == 0)
		return;
	fill_symmetric_key();
	ret->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	ret->rx_adv_conf.rss_conf.rss_hf = kinds;
	// The length must be the device's own, or start-up fails; 0 means that it says nothing.
	if (info->hash_key_size > 0 && info->hash_key_size <= sizeof(symmetric_key)) {
		ret->rx_adv_conf.rss_conf.rss_key = symmetric_key;
		ret->rx_adv_conf.rss_conf.rss_key_len = info->hash_key_size;
	}
}

void port_nic_settings(
	const struct rte_eth_dev_info *info, uint16_t queues, struct rte_eth_conf *ret)
{
	// Of a checksum the card only tells what it found.
	const uint64_t wanted = RTE_ETH_RX_OFFLOAD_SCATTER | RTE_ETH_RX_OFFLOAD_TCP_CKSUM;

	*ret = (struct rte_eth_conf){0};
	// Only what is named here is on: neither VLAN stripping nor LRO, which would change what
	// was on the wire.
	ret->rxmode.offloads = wanted & info->rx_offload_capa;
	if (info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER)
		ret->rxmode.mtu = info->max_mtu;
	if (queues > 1)
		set_rss(info, ret);
}

void port_nic_listen(uint16_t id)
{
	struct rte_eth_fc_conf flow_control;

	rte_eth_promiscuous_enable(id);
	rte_eth_allmulticast_enable(id);
	// A tap must not send pause frames.
	if (rte_eth_dev_flow_ctrl_get(id, &flow_control) == 0 &&
		flow_control.mode != RTE_ETH_FC_NONE) {
		flow_control.mode = RTE_ETH_FC_NONE;
		rte_eth_dev_flow_ctrl_set(id, &flow_control);
	}
}
