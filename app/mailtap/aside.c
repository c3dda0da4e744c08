// SPDX-License-Identifier: BSD-3-Clause
#include "aside.h"

// Of one connection: a few mails of usual size.
#define ASIDE_MAX 512

static void drop(struct worker *w, struct rte_mbuf *m)
{
	stats_add(&w->stats, STATS_tcp_ignored, 1);
	w->freed_local += m->nb_segs;
	rte_pktmbuf_free(m);
}

void aside_keep(struct conn *c, struct rte_mbuf *m)
{
	struct worker *w = c->worker;
	struct stream_seg *seg = &packet_meta_of(m)->seg;

	if (c->aside_count == ASIDE_MAX ||
		w->aside_buffers + m->nb_segs > w->stream.held_max / 4) {
		c->odds |= mt_odd_bit(MT_ODD_hold_full);
		drop(w, m);
		return;
	}
	seg->next = c->aside;
	c->aside = seg;
	c->aside_count++;
	w->aside_buffers += m->nb_segs;
}

void aside_end(struct conn *c, bool over)
{
	struct worker *w = c->worker;
	struct stream_seg *seg, *rest = w->returned;

	// The newest first, before those of another connection that wait already: the oldest comes first.
	while ((seg = c->aside) != NULL) {
		c->aside = seg->next;
		if (over) {
			seg->next = rest;
			rest = seg;
			continue;
		}
		w->aside_buffers -= packet_meta_mbuf(seg)->nb_segs;
		drop(w, packet_meta_mbuf(seg));
	}
	w->returned = rest;
	c->aside_count = 0;
}

struct rte_mbuf *aside_next(struct worker *w)
{
	struct stream_seg *seg = w->returned;

	if (seg == NULL)
		return NULL;
	w->returned = seg->next;
	struct rte_mbuf *m = packet_meta_mbuf(seg);
	w->aside_buffers -= m->nb_segs;
	return m;
}

void aside_put_back(struct worker *w, struct rte_mbuf *m)
{
	struct stream_seg *seg = &packet_meta_of(m)->seg;

	seg->next = w->returned;
	w->returned = seg;
	w->aside_buffers += m->nb_segs;
}

// After a RST and the time to linger nothing is under way any more: whoever sends octets then did
// not take the RST, which may have been forged.
static bool goes_on(const struct conn *c, const struct packet *p)
{
	return c->ending == CONN_END_RESET + 1 && p->captured_len > 0 &&
		!(p->flags & PACKET_RST);
}

// The answer to a SYN begins one, too, unless it is that of the old one: on legs that are apart it may come
// first.
static bool begins(const struct conn *c, const struct packet_meta *meta)
{
	const struct packet *p = &meta->packet;
	enum stream_dir dir = conn_dir(c, meta);

	if (!(p->flags & PACKET_SYN) || p->flags & PACKET_RST)
		return false;
	return !(p->flags & PACKET_ACK) ||
		(c->pair.isn_known >> dir & 1 && p->seq != c->pair.isn[dir]);
}

struct conn *aside_follow(struct conn *c, const struct packet_meta *meta)
{
	const struct packet *p = &meta->packet;
	struct worker *w = c->worker;

	if (!begins(c, meta) && !goes_on(c, p))
		return NULL;
	// One that could not tell its end yet keeps its place, and gives its name away.
	if (c->indebted) {
		flow_table_remove(w->table, &c->key);
		c->unnamed = true;
	} else {
		conn_forget(c);
	}
	return conn_create(w, meta);
}
