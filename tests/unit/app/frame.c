// SPDX-License-Identifier: BSD-3-Clause
#include "frame.h"

#include <criterion/criterion.h>

#define IPV6_HEADER 40
#define TCP         6
#define MAPPED      12 // where an IPv4 address stands in one of sixteen octets

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

// RFC 1071, a word at a time.
static uint16_t sum_of(uint32_t sum, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 == 0 ? (uint32_t)at[i] << 8 : at[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

static size_t put_ip(uint8_t *ip, const struct packet *p, size_t header, size_t len)
{
	if (p->version == 6) {
		ip[0] = 0x60;
		put16(ip + 4, (uint32_t)len);
		ip[6] = TCP;
		memcpy(ip + 8, p->src.octet, 16);
		memcpy(ip + 24, p->dst.octet, 16);
		return header;
	}
	ip[0] = (uint8_t)(0x40 | header / 4);
	put16(ip + 2, (uint32_t)(len + header));
	memset(ip + FRAME_IP_HEADER, 1, header - FRAME_IP_HEADER); // no operation
	ip[9] = TCP;
	memcpy(ip + 12, p->src.octet + MAPPED, 4);
	memcpy(ip + 16, p->dst.octet + MAPPED, 4);
	put16(ip + 10, (uint16_t)~sum_of(0, ip, header));
	return header;
}

void frame_put(struct rte_mbuf *m, struct packet *p, const char *text, uint16_t before)
{
	size_t len = FRAME_TCP_HEADER + strlen(text), skip = p->version == 4 ? MAPPED : 0;
	size_t ip_len = p->version == 4 ? FRAME_IP_HEADER + p->options : IPV6_HEADER;
	char *octets = rte_pktmbuf_append(m, (uint16_t)(before + ip_len + len));

	cr_assert_not_null(octets);
	memset(octets, 0, before + ip_len + len);
	uint8_t *ip = (uint8_t *)octets + before, *tcp = ip + put_ip(ip, p, ip_len, len);
	put16(tcp, p->src_port);
	put16(tcp + 2, p->dst_port);
	put32(tcp + 4, p->seq);
	put32(tcp + 8, p->ack);
	tcp[12] = FRAME_TCP_HEADER / 4 << 4;
	tcp[13] = p->flags;
	put16(tcp + 14, p->window);
	memcpy(tcp + FRAME_TCP_HEADER, text, strlen(text));
	uint32_t sum = TCP + (uint32_t)len + sum_of(0, p->src.octet + skip, 16 - skip) +
		sum_of(0, p->dst.octet + skip, 16 - skip);
	put16(tcp + 16, (uint16_t)~sum_of(sum, tcp, len));
	p->options = 0;
	p->ip_at = before;
	p->ip_header = (uint16_t)ip_len;
	p->payload_at = (uint16_t)(before + ip_len + FRAME_TCP_HEADER);
	p->payload_len = p->captured_len = (uint32_t)strlen(text);
}
