// SPDX-License-Identifier: BSD-3-Clause
#include "checksums.h"
#include "checksums_sum.h"

#include <rte_mbuf.h>

// Of Ethernet with three tags; an inner header stands further behind.
#define L2_PLAIN 26

// The sum over the pseudo header (RFC 9293 3.1, RFC 8200 8.1) for a segment of len octets. The front
// of a mapped IPv4 address is 0xffff, which adds nothing.
static uint32_t pseudo_sum(const struct packet *p, uint32_t len)
{
	uint32_t sum = checksums_sum(p->src.octet, sizeof(p->src.octet));

	sum += checksums_sum(p->dst.octet, sizeof(p->dst.octet));
	return sum + rte_cpu_to_be_16((uint16_t)len) +
		rte_cpu_to_be_16((uint16_t)(len >> 16)) + rte_cpu_to_be_16(6);
}

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

// 0 and 0xffff are the same number.
static bool is_right(uint32_t sum)
{
	return fold(sum) == 0xffff;
}

static enum checksums_class look_ip(const uint8_t *h, const struct packet *p)
{
	uint16_t field;

	if (p->version != 4 || is_right(checksums_sum(h, (size_t)(h[0] & 15) * 4)))
		return CHECKSUMS_GOOD;
	memcpy(&field, h + 10, sizeof(field));
	return field == 0 || p->zero_len ? CHECKSUMS_UNFINISHED : CHECKSUMS_WRONG;
}

// The sum over len octets from `at`, which may lie in several buffers: one that begins at an odd place counts with
// its octets changed over.
static uint16_t chain_sum(const struct rte_mbuf *m, uint32_t at, uint32_t len)
{
	uint32_t sum = 0, done = 0;

	for (; m != NULL && done < len; m = m->next) {
		uint32_t here = rte_pktmbuf_data_len(m);
		if (at >= here) {
			at -= here;
			continue;
		}
		uint32_t n = here - at < len - done ? here - at : len - done;
		uint16_t part =
			checksums_sum(rte_pktmbuf_mtod_offset(m, const uint8_t *, at), n);
		sum += done % 2 == 0 ? part : rte_bswap16(part);
		done += n;
		at = 0;
	}
	return fold(sum);
}

static enum checksums_class look_tcp(
	const struct rte_mbuf *m, const struct packet *p, uint32_t at, uint32_t len)
{
	const uint8_t *h = rte_pktmbuf_mtod_offset(m, const uint8_t *, at);
	uint16_t sum = chain_sum(m, at, len), field;

	if (is_right((uint32_t)sum + fold(pseudo_sum(p, len))))
		return CHECKSUMS_GOOD;
	memcpy(&field, h + 16, sizeof(field));
	// Linux leaves the sum of the pseudo header there, Windows that without the length.
	if (field == 0 || p->zero_len || field == fold(pseudo_sum(p, len)) ||
		field == fold(pseudo_sum(p, 0)))
		return CHECKSUMS_UNFINISHED;
	return CHECKSUMS_WRONG;
}

enum checksums_class checksums_look(
	struct rte_mbuf *m, const struct packet *p, bool joined)
{
	const uint64_t said = m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
	const uint8_t *h = rte_pktmbuf_mtod_offset(m, const uint8_t *, p->ip_at);
	uint32_t at = (uint32_t)p->ip_at + p->ip_header;

	if (p->cut)
		return CHECKSUMS_UNKNOWN;
	enum checksums_class ip = look_ip(h, p);
	if (ip != CHECKSUMS_GOOD)
		return ip;
	// NONE: not in the packet, but the data are known to be whole (a virtual card).
	if (!joined && p->ip_at <= L2_PLAIN &&
		(said == RTE_MBUF_F_RX_L4_CKSUM_GOOD ||
			said == RTE_MBUF_F_RX_L4_CKSUM_NONE))
		return CHECKSUMS_GOOD;
	return look_tcp(m, p, at, p->payload_at + p->payload_len - at);
}
