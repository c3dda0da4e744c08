// SPDX-License-Identifier: BSD-3-Clause
#include "gen_packet.h"

static uint8_t *put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
	return put16(put16(at, value >> 16), value);
}

// The sum of RFC 1071 in the machine's own order, which folds to the same checksum.
static uint64_t sum_up(uint64_t sum, const uint8_t *ptr, size_t len)
{
	uint16_t last = 0;
	size_t i;

	for (i = 0; i + 4 <= len; i += 4) {
		uint32_t word;
		memcpy(&word, ptr + i, 4);
		sum += word;
	}
	for (; i + 2 <= len; i += 2) {
		uint16_t word;
		memcpy(&word, ptr + i, 2);
		sum += word;
	}
	if (i < len) {
		memcpy(&last, ptr + i, 1);
		sum += last;
	}
	return sum;
}

static void put_sum(uint8_t *at, uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	uint16_t folded = (uint16_t)~sum;
	memcpy(at, &folded, 2);
}

static uint8_t *put_ethernet(const struct gen_packet *p, uint8_t *at)
{
	static const uint8_t prefix[5] = {0x02, 0x00, 0x5e, 0x10, 0x00};

	memcpy(at, prefix, 5);
	at[5] = p->to->addr[3];
	memcpy(at + 6, prefix, 5);
	at[11] = p->from->addr[3];
	at += 12;
	if (p->vlan != 0)
		at = put16(put16(at, 0x8100), p->vlan);
	return put16(at, p->ipv6 ? 0x86dd : 0x0800);
}

static uint8_t *put_ip(const struct gen_packet *p, uint8_t *at, size_t rest)
{
	uint8_t *start = at, protocol = p->udp ? 17 : 6;

	if (p->ipv6) {
		at = put16(put32(at, 0x60000000), (uint32_t)rest);
		*at++ = protocol;
		*at++ = 64;
		memcpy(at, p->from->addr, 16);
		memcpy(at + 16, p->to->addr, 16);
		return at + 32;
	}
	at = put32(at, 0x45000000 | (uint32_t)(rest + 20));
	at = put16(put16(at, p->id), 0x4000);
	*at++ = 64;
	*at++ = protocol;
	at = put16(at, 0);
	memcpy(at, p->from->addr, 4);
	memcpy(at + 4, p->to->addr, 4);
	put_sum(start + 10, sum_up(0, start, 20));
	return at + 8;
}

static size_t transport_length(const struct gen_packet *p)
{
	return p->udp ? 8 : p->mss != 0 ? 24 : 20;
}

// Leaves the checksum zero.
static uint8_t *put_transport(const struct gen_packet *p, uint8_t *at)
{
	at = put16(put16(at, p->from->port), p->to->port);
	if (p->udp)
		return put32(at, (uint32_t)(8 + p->payload.len) << 16);
	at = put32(put32(at, p->seq), p->ack);
	*at++ = (uint8_t)(transport_length(p) / 4 << 4);
	*at++ = p->flags;
	at = put32(put16(at, 65535), 0);
	return p->mss != 0 ? put16(put16(at, 0x0204), p->mss) : at;
}

size_t gen_packet_build(const struct gen_packet *p, uint8_t *ret)
{
	size_t head = transport_length(p), rest = head + p->payload.len;
	size_t addr_len = p->ipv6 ? 16 : 4;
	uint8_t *ip = p->link == GEN_LINK_ETHERNET ? put_ethernet(p, ret) : ret;
	uint8_t *transport = put_ip(p, ip, rest), pseudo[4];
	uint8_t *payload = put_transport(p, transport);

	memcpy(payload, p->payload.ptr, p->payload.len);
	put16(put16(pseudo, p->udp ? 17 : 6), (uint32_t)rest);
	uint64_t sum = sum_up(0, pseudo, 4);
	sum = sum_up(sum, p->from->addr, addr_len);
	sum = sum_up(sum, p->to->addr, addr_len);
	put_sum(transport + (p->udp ? 6 : 16), sum_up(sum, transport, rest));
	return (size_t)(transport - ret) + rest;
}
