// SPDX-License-Identifier: BSD-3-Clause
#include "fragments.h"

#include "packet_meta.h"

#include <stdlib.h>

#include <rte_ip.h>

// A datagram of a usual segment takes at least two buffers.
#define BUFFERS_EACH 2
// Of the headers, so much must be contiguous.
#define HEADERS_MAX  256u

enum {
	TABLE_MAIL,
	TABLE_OUTER,
	TABLE_COUNT
};

struct fragments {
	struct packet_frag *tables[TABLE_COUNT];
	struct stats_block *stats;
	uint64_t released; // buffers freed by the call in hand
};

static struct rte_mbuf *mbuf_of(const struct packet_frag_part *part)
{
	// As packet_meta_mbuf: the part stands in the private area.
	return (struct rte_mbuf *)((uintptr_t)part - offsetof(struct packet_meta, part) -
		sizeof(struct rte_mbuf));
}

static const struct packet *packet_of(struct rte_mbuf *m)
{
	return &packet_meta_of(m)->packet;
}

static void release(void *ctx, struct packet_frag_part *part, enum packet_frag_why why)
{
	// What only may have been of use is no loss that anybody must be told of.
	static const enum stats_counter counters[PACKET_FRAG_WHY_COUNT][TABLE_COUNT] = {
		[PACKET_FRAG_COPY] = {STATS_rx_fragments_copies,
			STATS_rx_fragments_copies},
		[PACKET_FRAG_BAD] = {STATS_rx_fragments_bad, STATS_rx_fragments_bad},
		[PACKET_FRAG_DIFFERS] = {STATS_rx_fragments_differ,
			STATS_rx_fragments_differ},
		[PACKET_FRAG_LATE] = {STATS_rx_fragments_lost, STATS_rx_outer_partial},
		[PACKET_FRAG_FULL] = {STATS_rx_fragments_full, STATS_rx_outer_full},
	};
	struct fragments *f = ctx;
	struct rte_mbuf *m = mbuf_of(part);
	int table = packet_meta_of(m)->outer ? TABLE_OUTER : TABLE_MAIL;

	stats_add(f->stats, counters[why][table], 1);
	f->released += m->nb_segs;
	rte_pktmbuf_free(m);
}

// Where octet `at` of the frame stands; *ret_len: how many are contiguous there.
static const uint8_t *octets_at(const struct rte_mbuf *m, uint32_t at, uint32_t *ret_len)
{
	while (at >= rte_pktmbuf_data_len(m)) {
		at -= rte_pktmbuf_data_len(m);
		m = m->next;
	}
	*ret_len = rte_pktmbuf_data_len(m) - at;
	return rte_pktmbuf_mtod_offset(m, const uint8_t *, at);
}

static bool equal(void *ctx, const struct packet_frag_part *a, uint32_t a_at,
	const struct packet_frag_part *b, uint32_t b_at, uint32_t len)
{
	struct rte_mbuf *x = mbuf_of(a), *y = mbuf_of(b);
	uint32_t x_len, y_len;

	(void)ctx;
	a_at += packet_of(x)->ip_at + packet_of(x)->ip_header;
	b_at += packet_of(y)->ip_at + packet_of(y)->ip_header;
	while (len > 0) {
		const uint8_t *p = octets_at(x, a_at, &x_len);
		const uint8_t *q = octets_at(y, b_at, &y_len);
		uint32_t n = x_len < y_len ? x_len : y_len;
		if (n > len)
			n = len;
		if (memcmp(p, q, n) != 0)
			return false;
		a_at += n;
		b_at += n;
		len -= n;
	}
	return true;
}

struct fragments *fragments_create(uint32_t buffers, struct stats_block *stats)
{
	struct fragments *f = calloc(1, sizeof(*f));
	const struct packet_frag_calls calls = {equal, release, f};

	if (f == NULL)
		return NULL;
	f->stats = stats;
	f->tables[TABLE_MAIL] =
		packet_frag_create(buffers / BUFFERS_EACH, buffers, &calls);
	f->tables[TABLE_OUTER] =
		packet_frag_create(buffers / 2 / BUFFERS_EACH, buffers / 2, &calls);
	if (f->tables[TABLE_MAIL] != NULL && f->tables[TABLE_OUTER] != NULL)
		return f;
	fragments_destroy(f);
	return NULL;
}

void fragments_destroy(struct fragments *f)
{
	if (f == NULL)
		return;
	for (int t = 0; t < TABLE_COUNT; t++)
		packet_frag_destroy(f->tables[t]);
	free(f);
}

static uint32_t held(const struct fragments *f)
{
	return packet_frag_held(f->tables[TABLE_MAIL]) +
		packet_frag_held(f->tables[TABLE_OUTER]);
}

static uint64_t account(struct fragments *f)
{
	uint64_t released = f->released;

	f->released = 0;
	stats_set(f->stats, STATS_rx_fragments_held, held(f));
	return released;
}

static struct rte_mbuf *free_first(struct fragments *f, struct rte_mbuf *m)
{
	struct rte_mbuf *next = m->next;

	m->next = NULL;
	m->nb_segs = 1;
	rte_pktmbuf_free(m);
	f->released++;
	return next;
}

// Of a fragment's buffers those that hold octets from..from + len of the frame, and no others.
// Buffers count for themselves afterwards: nb_segs and pkt_len are the caller's to set.
static struct rte_mbuf *cut_out(
	struct fragments *f, struct rte_mbuf *m, uint32_t from, uint32_t len)
{
	while (from >= rte_pktmbuf_data_len(m)) {
		from -= rte_pktmbuf_data_len(m);
		m = free_first(f, m);
	}
	m->data_off = (uint16_t)(m->data_off + from);
	m->data_len = (uint16_t)(m->data_len - from);
	struct rte_mbuf *last = m;
	while (len > rte_pktmbuf_data_len(last)) {
		len -= rte_pktmbuf_data_len(last);
		last = last->next;
	}
	last->data_len = (uint16_t)len;
	while (last->next != NULL)
		last->next = free_first(f, last->next);
	return m;
}

// The IP header of the first fragment becomes that of a datagram that was never cut.
static void mend_header(struct rte_mbuf *m, const struct packet *p, uint32_t payload)
{
	uint8_t *h = rte_pktmbuf_mtod_offset(m, uint8_t *, p->ip_at);
	uint32_t len = p->ip_header + payload - (p->version == 6 ? 40 : 0);
	uint8_t *len_at = h + (p->version == 6 ? 4 : 2);

	len_at[0] = (uint8_t)(len >> 8);
	len_at[1] = (uint8_t)len;
	if (p->version == 6) {
		h[p->ip_header - 6] = 0;
		h[p->ip_header - 5] = 0;
		return;
	}
	h[6] = h[7] = h[10] = h[11] = 0;
	uint16_t sum = (uint16_t)~rte_raw_cksum(h, p->ip_header);
	memcpy(h + 10, &sum, sizeof(sum));
}

// The TCP header may lie in several fragments: octets move up until it is in the first buffer.
static void pull_up(struct fragments *f, struct rte_mbuf *m)
{
	while (m->next != NULL && m->data_len < HEADERS_MAX) {
		struct rte_mbuf *from = m->next;
		uint16_t n = (uint16_t)RTE_MIN(HEADERS_MAX - m->data_len, from->data_len);
		if (n > rte_pktmbuf_tailroom(m))
			return;
		memcpy(rte_pktmbuf_mtod_offset(m, uint8_t *, m->data_len),
			rte_pktmbuf_mtod(from, const uint8_t *), n);
		m->data_len = (uint16_t)(m->data_len + n);
		from->data_off = (uint16_t)(from->data_off + n);
		from->data_len = (uint16_t)(from->data_len - n);
		if (from->data_len == 0)
			m->next = free_first(f, from);
	}
}

// A part may have been put together itself, in a tunnel: its doubt is the datagram's.
static struct rte_mbuf *put_together(struct fragments *f, struct packet_frag_whole *whole)
{
	struct packet_frag_part *part = whole->parts;
	struct rte_mbuf *first = mbuf_of(part), *last;
	const struct packet packet = *packet_of(first);
	uint32_t headers = packet.ip_at + packet.ip_header;

	whole->doubtful |= packet_meta_of(first)->doubtful;
	part = part->next;
	first = cut_out(f, first, 0, headers + whole->parts->len);
	mend_header(first, &packet, whole->len);
	last = rte_pktmbuf_lastseg(first);
	while (part != NULL) {
		struct rte_mbuf *m = mbuf_of(part);
		const struct packet *p = packet_of(m);
		uint32_t from = p->ip_at + p->ip_header + part->skip, len = part->len;
		whole->doubtful |= packet_meta_of(m)->doubtful;
		// The part is in the buffer: it is gone when the buffer's head is.
		part = part->next;
		last->next = cut_out(f, m, from, len);
		last = rte_pktmbuf_lastseg(last);
	}
	pull_up(f, first);
	first->pkt_len = headers + whole->len;
	first->nb_segs = 0;
	for (const struct rte_mbuf *m = first; m != NULL; m = m->next)
		first->nb_segs++;
	return first;
}

struct rte_mbuf *fragments_take(struct fragments *f, struct rte_mbuf *m,
	const struct packet_apart *apart, uint64_t now_us, uint64_t *ret_released,
	bool *ret_doubtful)
{
	struct packet_meta *meta = packet_meta_of(m);
	const struct packet *packet = &meta->packet;
	uint32_t headers = (uint32_t)packet->ip_at + packet->ip_header;
	struct packet_frag_key key = {
		.src = packet->src,
		.dst = packet->dst,
		.apart = *apart,
		.id = packet->frag_id,
		.protocol = packet->version == 4 ? packet->frag_protocol : 0,
	};
	struct packet_frag_whole whole;

	*ret_doubtful = false;
	// A fragment of which the capture kept only the front would leave a wrong hole.
	if (rte_pktmbuf_data_len(m) < headers ||
		rte_pktmbuf_pkt_len(m) < packet->ip_at + packet->ip_len) {
		*ret_released = m->nb_segs;
		stats_add(f->stats, STATS_rx_cut, 1);
		rte_pktmbuf_free(m);
		return NULL;
	}
	meta->part = (struct packet_frag_part){
		.at = packet->frag_at,
		.len = packet->ip_len > packet->ip_header
			? packet->ip_len - packet->ip_header
			: 0,
		.buffers = m->nb_segs,
	};
	m = packet_frag_take(f->tables[meta->outer ? TABLE_OUTER : TABLE_MAIL], &key,
		    &meta->part, packet->frag_more, now_us, &whole)
		? put_together(f, &whole)
		: NULL;
	*ret_released = account(f);
	if (m == NULL)
		return NULL;
	*ret_doubtful = whole.doubtful;
	// One of them stands for the datagram.
	stats_add(f->stats, STATS_rx_fragments_joined, whole.count - 1);
	return m;
}

uint64_t fragments_flush(struct fragments *f, uint64_t now_us, bool all)
{
	if (held(f) == 0)
		return 0;
	for (int t = 0; t < TABLE_COUNT; t++)
		packet_frag_flush(f->tables[t], now_us, all);
	return account(f);
}
