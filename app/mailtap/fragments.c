// SPDX-License-Identifier: BSD-3-Clause
#include "fragments.h"

#include <stdlib.h>

#include <rte_ip_frag.h>

// As long as Linux waits (net.ipv4.ipfrag_time).
#define WAIT_US        30000000
#define BUCKET_ENTRIES 16
// mbuf.l2_len has seven bits: behind more tunnel than that nothing is put together.
#define L2_MAX         127

struct fragments {
	struct rte_ip_frag_tbl *table;
	struct rte_ip_frag_death_row dead;
	uint64_t held; // fragments
};

// What tells a fragment from the other buffers of a chain: a mark in its own private area.
struct mark {
	uint64_t is_fragment;
};

static struct mark *mark_of(struct rte_mbuf *m)
{
	return rte_mbuf_to_priv(m);
}

struct fragments *fragments_create(uint32_t datagrams)
{
	struct fragments *f = calloc(1, sizeof(*f));
	uint32_t buckets = 16;

	if (f == NULL)
		return NULL;
	while (buckets * BUCKET_ENTRIES < datagrams)
		buckets *= 2;
	// "Cycles" are whatever clock is passed in: microseconds of packet time.
	f->table = rte_ip_frag_table_create(buckets, BUCKET_ENTRIES,
		buckets * BUCKET_ENTRIES, WAIT_US, SOCKET_ID_ANY);
	if (f->table != NULL)
		return f;
	free(f);
	return NULL;
}

void fragments_destroy(struct fragments *f)
{
	if (f == NULL)
		return;
	rte_ip_frag_table_destroy(f->table);
	free(f);
}

static void set_held(struct fragments *f, uint64_t held, struct stats_block *stats)
{
	f->held = held;
	stats_set(stats, STATS_rx_fragments_held, held);
}

// Marks set in this chain; each is taken off.
static uint64_t count_marks(struct rte_mbuf *m)
{
	uint64_t n = 0;

	for (; m != NULL; m = m->next) {
		n += mark_of(m)->is_fragment;
		mark_of(m)->is_fragment = 0;
	}
	return n;
}

static uint64_t bury(struct fragments *f, struct stats_block *stats)
{
	uint64_t buffers = 0, lost = 0;

	for (uint32_t i = 0; i < f->dead.cnt; i++) {
		buffers += f->dead.row[i]->nb_segs;
		lost += count_marks(f->dead.row[i]);
	}
	rte_ip_frag_free_death_row(&f->dead, 3);
	if (lost > 0) {
		stats_add(stats, STATS_rx_fragments_lost, lost);
		set_held(f, f->held - lost, stats);
	}
	return buffers;
}

static struct rte_mbuf *join(
	struct fragments *f, struct rte_mbuf *m, const struct packet *p, uint64_t now_us)
{
	void *ip = rte_pktmbuf_mtod_offset(m, void *, p->ip_at);

	m->l2_len = p->ip_at;
	m->l3_len = p->ip_header;
	if (p->version == 4)
		return rte_ipv4_frag_reassemble_packet(f->table, &f->dead, m, now_us, ip);
	return rte_ipv6_frag_reassemble_packet(f->table, &f->dead, m, now_us, ip,
		(struct rte_ipv6_fragment_ext *)((uint8_t *)ip +
			sizeof(struct rte_ipv6_hdr)));
}

static bool can_join(const struct rte_mbuf *m, const struct packet *p)
{
	if (p->ip_at > L2_MAX ||
		rte_pktmbuf_data_len(m) < (uint32_t)p->ip_at + p->ip_header)
		return false;
	if (p->version == 6 && p->ip_header != 48)
		return false;
	// A fragment of which the capture kept only the front would leave a wrong hole.
	return rte_pktmbuf_pkt_len(m) >= p->ip_at + p->ip_len;
}

struct rte_mbuf *fragments_take(struct fragments *f, struct rte_mbuf *m,
	const struct packet *packet, uint64_t now_us, struct stats_block *stats,
	uint64_t *ret_released)
{
	*ret_released = 0;
	if (!can_join(m, packet)) {
		*ret_released = m->nb_segs;
		stats_add(stats, STATS_rx_fragments, 1);
		rte_pktmbuf_free(m);
		return NULL;
	}
	for (struct rte_mbuf *part = m; part != NULL; part = part->next)
		mark_of(part)->is_fragment = part == m;
	set_held(f, f->held + 1, stats);
	struct rte_mbuf *whole = join(f, m, packet, now_us);
	*ret_released = bury(f, stats);
	if (whole == NULL)
		return NULL;
	uint64_t parts = count_marks(whole);
	set_held(f, f->held - parts, stats);
	// One of them stands for the datagram.
	stats_add(stats, STATS_rx_fragments_joined, parts - 1);
	return whole;
}

uint64_t fragments_flush(
	struct fragments *f, uint64_t now_us, bool all, struct stats_block *stats)
{
	uint64_t buffers = 0, before;

	// The death row may be too short for all at once.
	if (f->held == 0)
		return 0;
	do {
		before = f->held;
		rte_ip_frag_table_del_expired_entries(
			f->table, &f->dead, all ? UINT64_MAX / 2 : now_us);
		buffers += bury(f, stats);
	} while (f->held > 0 && f->held < before);
	return buffers;
}
