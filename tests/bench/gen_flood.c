// SPDX-License-Identifier: BSD-3-Clause
#include "gen_flood.h"

size_t gen_flood_next(
	const struct gen_options *o, struct gen_random *random, uint8_t *ret)
{
	static const uint8_t prefix[6] = {0x20, 0x01, 0x0d, 0xb8, 0x00, 0x25};
	uint8_t server = (uint8_t)gen_random_below(random, o->servers);
	struct gen_end from = {.port = (uint16_t)(1024 +
				       gen_random_below(random, 64000))},
		       to = {.port = 25};
	uint64_t dice = gen_random_next(random);

	// Below 192.0.2.0, and not 0.0.0.0/8 nor a loopback: no server and no client of ours is there.
	memcpy(from.addr, &dice, 8);
	from.addr[0] = (uint8_t)(1 + dice % 126);
	memcpy(to.addr, (uint8_t[]){192, 0, 2, (uint8_t)(25 + server)}, 4);
	if (o->ipv6) {
		from.addr[0] = 0x26;
		memcpy(to.addr, prefix, 6);
		to.addr[15] = (uint8_t)(server + 1);
	}
	struct gen_packet p = {.from = &from,
		.to = &to,
		.link = o->link,
		.ipv6 = o->ipv6,
		.vlan = (uint16_t)o->vlan,
		.flags = GEN_SYN,
		.id = (uint16_t)dice,
		.seq = (uint32_t)gen_random_next(random),
		.mss = (uint16_t)o->mss};
	return gen_packet_build(&p, ret);
}
