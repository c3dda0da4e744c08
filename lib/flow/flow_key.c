// SPDX-License-Identifier: BSD-3-Clause
#include "flow_key.h"

#include <rte_hash_crc.h>

bool flow_key_make(
	const struct packet *p, const struct packet_apart *apart, struct flow_key *ret)
{
	int order = memcmp(&p->src, &p->dst, sizeof(p->src));
	bool src_low = order < 0 || (order == 0 && p->src_port < p->dst_port);

	ret->low = src_low ? p->src : p->dst;
	ret->high = src_low ? p->dst : p->src;
	ret->low_port = src_low ? p->src_port : p->dst_port;
	ret->high_port = src_low ? p->dst_port : p->src_port;
	ret->apart = *apart;
	return src_low;
}

uint32_t flow_key_steer(const struct flow_key *key)
{
	return rte_hash_crc(key, sizeof(*key), 0);
}
