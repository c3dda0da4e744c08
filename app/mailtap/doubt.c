// SPDX-License-Identifier: BSD-3-Clause
#include "doubt.h"

// Of one connection: windows of usual segments.
#define DOUBTED_MAX 128

static void drop(struct worker *w, struct rte_mbuf *m)
{
	stats_add(&w->stats, STATS_checksum_bad, 1);
	w->freed_local += m->nb_segs;
	rte_pktmbuf_free(m);
}

static struct packet_meta *meta_of(struct stream_seg *seg)
{
	return packet_meta_of(packet_meta_mbuf(seg));
}

// Of its payload: a SYN has a number of its own before that.
static uint32_t begin_of(const struct packet *p)
{
	return p->seq + (p->flags & PACKET_SYN ? 1 : 0);
}

static uint32_t end_of(const struct packet *p)
{
	return begin_of(p) + p->payload_len;
}

static enum stream_dir other(enum stream_dir dir)
{
	return dir == STREAM_CLIENT ? STREAM_SERVER : STREAM_CLIENT;
}

// Takes the packet, or drops it where there is no room.
static void keep(struct conn *c, struct rte_mbuf *m)
{
	struct worker *w = c->worker;
	struct stream_seg *seg = &packet_meta_of(m)->seg;
	struct conn_work *work = conn_work(c);

	if (work->doubted_count == DOUBTED_MAX ||
		w->doubted_buffers + m->nb_segs > w->stream.held_max / 4) {
		drop(w, m);
		return;
	}
	seg->next = work->doubted;
	work->doubted = seg;
	work->doubted_count++;
	w->doubted_buffers += m->nb_segs;
}

// Only an acknowledgement that is still to come can tell of octets whether they were believed.
static bool may_be_true(const struct conn *c, const struct packet_meta *meta)
{
	return c != NULL && !c->ended && c->ending == 0 && meta->packet.payload_len > 0;
}

// Nobody is seen who could acknowledge them.
static bool is_alone(const struct conn *c, const struct packet_meta *meta)
{
	return !c->pair.seen[other(conn_dir(c, meta))];
}

// What the checksum alone says.
static enum checksums_verdict judge(struct worker *w, struct rte_mbuf *m, struct conn *c)
{
	const struct packet_meta *meta = packet_meta_of(m);
	const struct packet *p = &meta->packet;
	bool from_server = packet_port_in(w->conf->ports, p->src_port);

	return checksums_judge(w->conf->checksums, &w->lanes[meta->iface][from_server],
		c != NULL ? &c->checksums[conn_dir(c, meta)] : NULL,
		checksums_look(m, p, meta->joined));
}

bool doubt_refuses(struct worker *w, struct rte_mbuf *m, struct conn *c)
{
	const struct packet_meta *meta = packet_meta_of(m);
	enum conf_checksums mode = w->conf->checksums;

	if (mode == CONF_CHECKSUMS_IGNORE)
		return false;
	enum checksums_verdict verdict = judge(w, m, c);
	bool waits = mode == CONF_CHECKSUMS_AUTO && may_be_true(c, meta);
	if (verdict == CHECKSUMS_TAKE)
		return false;
	if (verdict == CHECKSUMS_BELIEVE || (waits && is_alone(c, meta))) {
		stats_add(&w->stats, STATS_checksum_offload, 1);
		return false;
	}
	if (waits)
		keep(c, m);
	else
		drop(w, m);
	return true;
}

static struct stream_seg *take_out(struct conn *c, struct stream_seg **at)
{
	struct stream_seg *seg = *at;

	*at = seg->next;
	c->work->doubted_count--;
	c->worker->doubted_buffers -= packet_meta_mbuf(seg)->nb_segs;
	return seg;
}

// Those that were acknowledged, the oldest first. What is believed acknowledges in its turn what
// came before it, so one look from the newest to the oldest finds all.
static struct stream_seg *take_believed(struct conn *c, enum stream_dir dir, uint32_t ack)
{
	bool known[2] = {[STREAM_CLIENT] = dir == STREAM_CLIENT,
		[STREAM_SERVER] = dir == STREAM_SERVER};
	uint32_t acked[2] = {ack, ack};
	struct stream_seg **at = &c->work->doubted, *believed = NULL;

	while (*at != NULL) {
		const struct packet_meta *meta = meta_of(*at);
		const struct packet *p = &meta->packet;
		enum stream_dir mine = conn_dir(c, meta), its = other(mine);
		if (!known[mine] || stream_before(acked[mine], end_of(p))) {
			at = &(*at)->next;
			continue;
		}
		if (p->flags & PACKET_ACK &&
			(!known[its] || stream_before(acked[its], p->ack))) {
			known[its] = true;
			acked[its] = p->ack;
		}
		struct stream_seg *seg = take_out(c, at);
		seg->next = believed;
		believed = seg;
	}
	return believed;
}

// What the stream has already came in a copy that was right.
static void believe(struct conn *c, struct stream_seg *seg)
{
	const struct packet_meta *meta = meta_of(seg);
	const struct packet *p = &meta->packet;

	if (stream_has(&c->pair.side[conn_dir(c, meta)], begin_of(p), p->payload_len)) {
		drop(c->worker, packet_meta_mbuf(seg));
		return;
	}
	stats_add(&c->worker->stats, STATS_checksum_offload, 1);
	conn_believe(c, packet_meta_mbuf(seg));
}

void doubt_settle(struct conn *c, const struct packet_meta *meta)
{
	struct stream_seg *seg, *next;

	if (c->work == NULL || c->work->doubted == NULL)
		return;
	seg = take_believed(c, other(conn_dir(c, meta)), meta->packet.ack);
	for (; seg != NULL; seg = next) {
		next = seg->next;
		believe(c, seg);
	}
}

void doubt_end(struct conn *c)
{
	struct stream_seg *seg, *oldest = NULL;

	while (c->work != NULL && c->work->doubted != NULL) {
		seg = take_out(c, &c->work->doubted);
		seg->next = oldest;
		oldest = seg;
	}
	while ((seg = oldest) != NULL) {
		oldest = seg->next;
		believe(c, seg);
	}
}
