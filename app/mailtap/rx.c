// SPDX-License-Identifier: BSD-3-Clause
#include "rx.h"

#include "classify.h"

#include "mt_clock.h"

#include <rte_ethdev.h>

// A file port answers nothing at its end, but also when its pool is dry: only several empty polls
// with an unchanged rx_nombuf mean the end.
#define ZEROS_AT_END 3
// Of full bursts, so many to one that is looked at for hints; with less to do there is time for all.
#define HINT_BURSTS  64

// Packets whose front comes from memory while others are looked at.
#define FETCHED_AHEAD 4

// Fragments in fragments, of tunnels in tunnels.
#define FRAGMENT_LAYERS_MAX 4

uint64_t rx_mbufs_out(const struct rx *rx)
{
	uint64_t out = rx->taken - rx->released;

	for (uint32_t w = 0; w < rx->worker_count; w++)
		out -= atomic_load_explicit(rx->freed[w], memory_order_acquire);
	return out;
}

static bool has_room(const struct rx *rx)
{
	// A jumbo frame takes up to 32 buffers of 2 KB.
	if (rx_mbufs_out(rx) + (uint64_t)rx->burst * 32 > rx->credits)
		return false;
	for (uint32_t w = 0; w < rx->worker_count; w++)
		if (queue_room(rx->rings[w]) < rx->burst)
			return false;
	return true;
}

// A buffer as drivers give it: alone, and nobody else's. It may go back to its pool as it is. Only the
// first line of its head is looked at: the second, where the next one is named, is still in memory.
static bool is_plain(const struct rte_mbuf *m)
{
	return m->nb_segs == 1 && rte_mbuf_refcnt_read(m) == 1 && RTE_MBUF_DIRECT(m);
}

static void drop(struct rx *rx, struct rte_mbuf *m, enum stats_counter why)
{
	rx->released += m->nb_segs;
	stats_add(&rx->stats, why, 1);
	if (is_plain(m) && (rx->dead_count == 0 || m->pool == rx->dead[0]->pool))
		rx->dead[rx->dead_count++] = m;
	else
		rte_pktmbuf_free(m);
}

static void give_to_worker(struct rx *rx, struct rte_mbuf *m)
{
	const struct packet_meta *meta = packet_meta_of(m);
	uint32_t w =
		rx->worker_count > 1 ? flow_key_steer(&meta->key) % rx->worker_count : 0;

	rx->batch[w][rx->batch_count[w]++] = m;
}

// The last of its parts makes a datagram, which is looked at like any other packet.
static enum stats_counter put_together(struct rx *rx, const struct rx_source *source,
	struct rte_mbuf **m, uint64_t at_us)
{
	struct packet_apart apart = packet_apart_make(&packet_meta_of(*m)->packet,
		source->iface, rx->view.set->conf.key_includes);
	uint64_t released;
	bool doubtful;

	*m = fragments_take(rx->fragments, *m, &apart, at_us, &released, &doubtful);
	rx->released += released;
	if (*m == NULL)
		return STATS_rx_fragments_held;
	enum stats_counter verdict =
		classify(rx->view.set, *m, source->port->link, source->iface);
	packet_meta_of(*m)->joined = true;
	packet_meta_of(*m)->doubtful = doubtful;
	return verdict;
}

// Mail of servers that are not registered. One a burst will do.
static void hint_stranger(struct rx *rx, const struct packet *p)
{
	bool dst_is_server;

	if (!rx->looking && (p->flags & (PACKET_SYN | PACKET_ACK)) != PACKET_SYN)
		return;
	if (rx->hinted)
		return;
	rx->hinted = true;
	classify_ends(&rx->view.set->conf, p, &dst_is_server);
	hints_note(&rx->hints, HINTS_SERVER, dst_is_server ? &p->dst : &p->src,
		dst_is_server ? p->dst_port : p->src_port);
}

// A registered server that speaks on a mail port which is not watched.
static void hint_port(struct rx *rx, struct rte_mbuf *m, enum packet_link link)
{
	struct span head =
		span_make(rte_pktmbuf_mtod(m, const uint8_t *), rte_pktmbuf_data_len(m));
	struct packet p;

	if (link == PACKET_LINK_ETHERNET && packet_is_foreign(head, rx->unwatched))
		return;
	if (packet_parse(head, rte_pktmbuf_pkt_len(m), link, &p) != PACKET_TCP ||
		!packet_port_in(rx->unwatched, p.src_port) ||
		!conf_is_registered(&rx->view.set->conf, p.src.octet))
		return;
	// A refusal is no service, and a scan that nobody answers none either.
	if (p.flags & PACKET_RST ||
		(p.captured_len == 0 &&
			(p.flags & (PACKET_SYN | PACKET_ACK)) !=
				(PACKET_SYN | PACKET_ACK)))
		return;
	hints_note(&rx->hints, HINTS_PORT, &p.src, p.src_port);
}

// Hints are looked for among those that nobody asked for.
static void turn_away(struct rx *rx, const struct rx_source *source, struct rte_mbuf *m,
	enum stats_counter why)
{
	if (why == STATS_rx_transit)
		hint_stranger(rx, &packet_meta_of(m)->packet);
	else if (why == STATS_rx_foreign && rx->looking)
		hint_port(rx, m, source->port->link);
	drop(rx, m, why);
}

static void pass_on(struct rx *rx, const struct rx_source *source, struct rte_mbuf *m,
	uint64_t now_us)
{
	enum stats_counter verdict =
		classify(rx->view.set, m, source->port->link, source->iface);
	uint64_t at_us = port_time_of(source->port, m, now_us);

	for (int layer = 0; verdict == STATS_rx_fragments_joined; layer++)
		verdict = layer < FRAGMENT_LAYERS_MAX
			? put_together(rx, source, &m, at_us)
			: STATS_rx_fragments;
	if (m == NULL)
		return;
	if (verdict != STATS_rx_to_workers) {
		turn_away(rx, source, m, verdict);
		return;
	}
	struct packet_meta *meta = packet_meta_of(m);
	meta->at_us = at_us;
	meta->read_us = rx->read.us;
	meta->iface = source->iface;
	give_to_worker(rx, m);
}

static void flush(struct rx *rx)
{
	for (uint32_t w = 0; w < rx->worker_count; w++) {
		uint16_t n = rx->batch_count[w];
		if (n == 0)
			continue;
		uint32_t room = queue_room(rx->rings[w]), put = n < room ? n : room;
		// Counted before anybody can take them.
		stats_add(&rx->stats, STATS_rx_to_workers, put);
		queue_put(rx->rings[w], (void *const *)rx->batch[w], put);
		for (uint16_t i = (uint16_t)put; i < n; i++)
			drop(rx, rx->batch[w][i], STATS_rx_ring_full);
		rx->batch_count[w] = 0;
	}
	if (rx->dead_count > 0)
		rte_mempool_put_bulk(
			rx->dead[0]->pool, (void *const *)rx->dead, rx->dead_count);
	rx->dead_count = 0;
}

static void note_burst(struct rx *rx, const struct rx_source *source,
	struct rte_mbuf *const *burst, uint16_t n)
{
	uint64_t octets = 0, buffers = 0;

	for (uint16_t i = 0; i < n; i++) {
		octets += rte_pktmbuf_pkt_len(burst[i]);
		buffers += burst[i]->nb_segs;
	}
	rx->taken += buffers;
	stats_add(&rx->stats, STATS_rx_packets, n);
	stats_add(&rx->stats, STATS_rx_octets, octets);
	if (source->port->lossless)
		atomic_store_explicit(&rx->last_us,
			port_time_of(source->port, burst[n - 1], 0),
			memory_order_relaxed);
}

static void pass_burst(struct rx *rx, const struct rx_source *source,
	struct rte_mbuf **burst, uint16_t n)
{
	uint64_t now_us = source->port->lossless ? 0 : mt_clock_wall_us();
	enum packet_link link = source->port->link;

	rx->hinted = false;
	rx->looking = n < RX_BURST || rx->bursts++ % HINT_BURSTS == 0;
	note_burst(rx, source, burst, n);
	for (uint16_t i = 0; i < n; i++) {
		// All of a burst at once would wait for each other.
		if (i + FETCHED_AHEAD < n)
			rte_prefetch0(
				rte_pktmbuf_mtod(burst[i + FETCHED_AHEAD], const void *));
		if (classify_is_foreign(rx->view.set, burst[i], link))
			turn_away(rx, source, burst[i], STATS_rx_foreign);
		else
			pass_on(rx, source, burst[i], now_us);
	}
	flush(rx);
}

// Nothing came from a file: is this its end?
static void note_zero(struct rx_source *source)
{
	struct rte_eth_stats stats;

	if (rte_eth_stats_get(source->port->id, &stats) == 0 &&
		stats.rx_nombuf != source->no_mbuf) {
		source->no_mbuf = stats.rx_nombuf;
		source->zeros = 0;
		return;
	}
	if (++source->zeros >= ZEROS_AT_END)
		source->ended = true;
}

static unsigned poll_file(struct rx *rx, struct rx_source *source)
{
	struct rte_mbuf *burst[RX_BURST];

	if (source->ended || !has_room(rx))
		return 0;
	uint16_t n = port_burst(source->port, source->queue, burst, rx->burst);
	if (n == 0) {
		note_zero(source);
		return 1;
	}
	source->zeros = 0;
	pass_burst(rx, source, burst, n);
	return n;
}

// Looks ahead in each file, so that the oldest packet of all can be chosen.
static bool look_ahead(struct rx *rx)
{
	bool all = true;

	for (uint32_t i = 0; i < rx->source_count; i++) {
		struct rx_source *s = &rx->sources[i];
		if (s->ended || s->ahead_at < s->ahead_count)
			continue;
		s->ahead_at = 0;
		s->ahead_count = port_burst(s->port, s->queue, s->ahead, rx->burst);
		if (s->ahead_count == 0) {
			note_zero(s);
			all = all && s->ended;
		} else {
			s->zeros = 0;
		}
	}
	return all;
}

static struct rx_source *oldest(struct rx *rx)
{
	struct rx_source *best = NULL;
	uint64_t best_us = 0;

	for (uint32_t i = 0; i < rx->source_count; i++) {
		struct rx_source *s = &rx->sources[i];
		if (s->ahead_at == s->ahead_count)
			continue;
		uint64_t us = port_time_of(s->port, s->ahead[s->ahead_at], 0);
		if (best == NULL || us < best_us) {
			best = s;
			best_us = us;
		}
	}
	return best;
}

static unsigned poll_merged(struct rx *rx)
{
	unsigned done = 0;

	if (!has_room(rx))
		return 0;
	while (done < rx->burst) {
		if (!look_ahead(rx))
			return done + 1;
		struct rx_source *s = oldest(rx);
		if (s == NULL)
			break;
		struct rte_mbuf *m = s->ahead[s->ahead_at++];
		pass_burst(rx, s, &m, 1);
		done++;
	}
	return done;
}

// Whether packets are better left where they are. One worker: nobody else waits behind its full
// ring. A kernel interface: its own ring is the longer one. Both count what they cannot hold.
static bool must_wait(const struct rx *rx, const struct rx_source *source)
{
	if (rx->worker_count > 1 && source->port->depth <= queue_size(rx->rings[0]))
		return false;
	for (uint32_t w = 0; w < rx->worker_count; w++)
		if (queue_room(rx->rings[w]) < RX_BURST)
			return true;
	return false;
}

static unsigned poll_live(struct rx *rx, uint32_t index)
{
	struct rx_source *source = &rx->sources[index];
	struct rte_mbuf *burst[RX_BURST];

	if (must_wait(rx, source))
		return 0;
	uint16_t n = port_burst(source->port, source->queue, burst, RX_BURST);
	if (n > 0)
		pass_burst(rx, source, burst, n);
	watermark_read(&rx->read, index, n, RX_BURST);
	return n;
}

static unsigned poll_all_live(struct rx *rx)
{
	unsigned done = 0;

	rx->now_us = mt_clock_wall_us();
	watermark_round(&rx->read, rx->now_us);
	for (uint32_t i = 0; i < rx->source_count; i++)
		done += poll_live(rx, i);
	// Behind the packets that were put before: whoever sees it finds those on the rings.
	atomic_store_explicit(&rx->read_us, rx->read.us, memory_order_release);
	stats_set(&rx->stats, STATS_rx_lag_us, watermark_lag_us(&rx->read, rx->now_us));
	return done;
}

// A live port ends when what lay in it at the time of the stop has been read: octets of a mail whose
// acknowledgement we have already.
static bool has_ended(struct rx *rx, bool files)
{
	bool ended = true;

	if (atomic_load_explicit(rx->stopping, memory_order_relaxed)) {
		if (!files && rx->stop_us == 0)
			rx->stop_us = rx->now_us;
		return files || rx->read.us >= rx->stop_us;
	}
	for (uint32_t i = 0; i < rx->source_count; i++)
		ended = ended && rx->sources[i].ended;
	return files && ended;
}

static void note_end(struct rx *rx, bool files)
{
	if (!has_ended(rx, files))
		return;
	rx->released += fragments_flush(rx->fragments, 0, true);
	// Packets looked at ahead of a stop are not taken: they were never counted.
	for (uint32_t i = 0; i < rx->source_count; i++) {
		struct rx_source *s = &rx->sources[i];
		while (s->ahead_at < s->ahead_count)
			rte_pktmbuf_free(s->ahead[s->ahead_at++]);
	}
	atomic_store_explicit(&rx->state, RX_ENDED, memory_order_release);
}

// What passed us by under the old configuration says nothing of the new one.
static void reconfigure(struct rx *rx)
{
	hints_ports(rx->view.set->conf.watched, rx->unwatched);
	hints_clear(&rx->hints);
	live_taken(&rx->view);
}

unsigned rx_poll(void *ctx)
{
	struct rx *rx = ctx;
	unsigned done = 0;

	if (live_look(&rx->view))
		reconfigure(rx);
	if (atomic_load_explicit(&rx->state, memory_order_acquire) != RX_READING)
		return 0;
	bool files = rx->source_count > 0 && rx->sources[0].port->lossless;
	if (!files)
		done = poll_all_live(rx);
	else if (rx->source_count > 1)
		done = poll_merged(rx);
	else
		done = poll_file(rx, &rx->sources[0]);
	// A busy link meets what has waited too long as it looks for its own parts.
	if (done == 0)
		rx->released += fragments_flush(rx->fragments,
			files ? atomic_load_explicit(&rx->last_us, memory_order_relaxed)
			      : rx->now_us,
			false);
	note_end(rx, files);
	return done;
}
