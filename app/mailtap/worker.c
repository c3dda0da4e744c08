// SPDX-License-Identifier: BSD-3-Clause
#include "worker.h"

#include "aside.h"
#include "conn.h"
#include "doubt.h"
#include "tape.h"

#include <rte_prefetch.h>

// How many connections are looked at for their age, and for what they wait for, each round.
#define AGE_STEP  4
#define WAIT_STEP 8

static void note_result(struct worker *w, struct conn *c, bool whole)
{
	if (!whole)
		w->stalled = c;
}

static struct conn *leave_waiting(struct worker *w, struct conn_work *work)
{
	TAILQ_REMOVE(&w->waiting, work, wait_link);
	work->conn->in_waiting = false;
	return work->conn;
}

// The oldest held segments go up (or become a hole) so that packets can still be taken.
static void relieve(struct worker *w)
{
	for (int i = 0; i < WAIT_STEP && w->stalled == NULL; i++) {
		struct conn_work *work = TAILQ_FIRST(&w->waiting);
		if (work == NULL || w->stream.held_segments < w->stream.held_max)
			return;
		struct conn *c = leave_waiting(w, work);
		stats_add(&w->stats, STATS_tcp_relieved, 1);
		stream_pair_relieve(&c->pair);
		note_result(w, c, conn_resume(c));
	}
}

static void look_at_waiting(struct worker *w)
{
	for (int i = 0; i < WAIT_STEP && w->stalled == NULL; i++) {
		struct conn_work *work = TAILQ_FIRST(&w->waiting);
		if (work == NULL || work->wait_us > w->now_us)
			return;
		struct conn *c = leave_waiting(w, work);
		note_result(w, c, conn_resume(c));
	}
}

static void look_at_lingering(struct worker *w)
{
	for (int i = 0; i < WAIT_STEP && w->stalled == NULL; i++) {
		struct conn_work *work = TAILQ_FIRST(&w->lingering);
		if (work == NULL || work->linger_us > w->now_us)
			return;
		struct conn *c = work->conn;
		note_result(w, c, conn_lingered(c));
	}
}

static struct conn *place(const struct worker *w, uint32_t index)
{
	return (struct conn *)(w->conns.memory + (size_t)index * w->conns.size);
}

static uint64_t patience_us(const struct worker *w, const struct conn *c)
{
	uint32_t s = w->conf->idle_s;

	if (smtp_session_awaits_verdict(&c->session))
		s = w->conf->idle_after_dot_s;
	else if (c->pair.state < STREAM_ST_OPEN)
		s = w->conf->idle_half_open_s;
	return (uint64_t)s * 1000000;
}

// A little of the slab each round: at the end of a pass nobody is older than allowed.
static void age(struct worker *w)
{
	for (int i = 0; i < AGE_STEP && w->stalled == NULL; i++) {
		if (w->age_at >= w->conns.fresh) {
			w->age_at = 0;
			return;
		}
		struct conn *c = place(w, w->age_at++);
		if (!c->live || c->ended || c->ending != 0)
			continue;
		if (c->pair.last_us + patience_us(w, c) < w->now_us)
			note_result(w, c, conn_end(c, CONN_END_IDLE));
	}
}

// Everything was taken from this input that its rx had read up to then.
static void note_read(struct worker *w, uint32_t input, uint64_t read_us)
{
	watermark_input(&w->read, input, read_us);
	w->now_us = w->read.us;
	if (w->now_us > w->newest_us)
		w->newest_us = w->now_us;
	w->stream.newest_us = w->newest_us;
}

// The connection a packet belongs to, made where it begins one. NULL: the packet was dropped.
static struct conn *conn_for(struct worker *w, struct rte_mbuf *m, struct conn *c)
{
	struct packet_meta *meta = packet_meta_of(m);

	if (c != NULL && !c->ended)
		return c;
	if (c != NULL) {
		c = aside_follow(c, meta);
		if (c == NULL)
			stats_add(&w->stats, STATS_tcp_ignored, 1);
	} else {
		c = conn_create(w, meta); // counts why not
	}
	if (c == NULL) {
		w->freed_local += m->nb_segs;
		rte_pktmbuf_free(m);
	}
	return c;
}

// What was read before this packet has been taken: its ring is in that order.
static void note_time(struct worker *w, const struct packet_meta *meta)
{
	if (meta->at_us > w->newest_us)
		w->newest_us = meta->at_us;
	if (w->lossless)
		w->now_us = w->newest_us;
	else if (meta->read_us != w->read.of[w->burst_input])
		note_read(w, w->burst_input, meta->read_us);
	w->stream.newest_us = w->newest_us;
}

static void note_copy(struct worker *w, struct rte_mbuf *m)
{
	const struct packet_meta *meta = packet_meta_of(m);
	uint64_t print =
		mirrored_print(&meta->packet, rte_pktmbuf_mtod(m, const uint8_t *));

	w->copy =
		mirrored_seen(&w->mirrored, print, meta->at_us, w->stream.limits.skew_us);
	if (w->copy)
		stats_add(&w->stats, STATS_tcp_mirrored, 1);
}

// False: the packet was not taken, it comes again when the stalled connection has moved on.
static bool give_packet(struct worker *w, struct rte_mbuf *m, struct conn *c)
{
	const struct packet_meta *meta = packet_meta_of(m);
	bool reused;

	c = conn_for(w, m, c);
	if (c == NULL)
		return true;
	note_result(w, c, conn_packet(c, m, &reused));
	if (!reused)
		return true;
	// The old connection ends first.
	if (!conn_end(c, CONN_END_REUSED)) {
		note_result(w, c, false);
		return false;
	}
	c = conn_for(w, m, flow_table_find(w->table, &meta->key));
	if (c != NULL)
		note_result(w, c, conn_packet(c, m, &reused));
	return true;
}

// The same of one that was captured now.
static bool take_packet(struct worker *w, struct rte_mbuf *m, struct conn *c)
{
	struct packet_meta *meta = packet_meta_of(m);

	w->number++;
	note_time(w, meta);
	if (!w->again)
		note_copy(w, m);
	w->again = false;
	if (doubt_refuses(w, m, c))
		return true;
	if (c != NULL && meta->packet.flags & PACKET_ACK)
		doubt_settle(c, meta);
	w->again = !give_packet(w, m, c);
	return !w->again;
}

// What waited aside for the end of the connection before its own.
static void take_returned(struct worker *w)
{
	struct rte_mbuf *m;

	while (w->stalled == NULL && (m = aside_next(w)) != NULL) {
		struct conn *c = flow_table_find(w->table, &packet_meta_of(m)->key);
		if (!give_packet(w, m, c)) {
			aside_put_back(w, m);
			return;
		}
	}
}

static void fetch(struct worker *w)
{
	for (uint32_t i = 0; i < w->input_count && w->burst_count == 0; i++) {
		uint32_t input = w->next_input;
		w->next_input = input + 1 < w->input_count ? input + 1 : 0;
		// Before the ring: what was read by then is on it, so an idle link advances the time.
		uint64_t read_us =
			atomic_load_explicit(w->read_us[input], memory_order_acquire);
		w->burst_count =
			queue_take(w->inputs[input], (void **)w->burst, WORKER_BURST);
		w->burst_input = input;
		w->burst_at = 0;
		if (w->burst_count == 0 && !w->lossless)
			note_read(w, input, read_us);
	}
}

// Looks a whole burst up at once, so that the misses of the table and of the connections wait for
// memory together.
static void look_up(struct worker *w)
{
	const struct flow_key *keys[WORKER_BURST];

	for (uint32_t i = 0; i < w->burst_count; i++)
		rte_prefetch0(packet_meta_of(w->burst[i]));
	for (uint32_t i = 0; i < w->burst_count; i++)
		keys[i] = &packet_meta_of(w->burst[i])->key;
	flow_table_find_bulk(w->table, keys, w->burst_count, (void **)w->found);
	for (uint32_t i = 0; i < w->burst_count; i++) {
		if (w->found[i] == NULL)
			continue;
		rte_prefetch0(w->found[i]);
		rte_prefetch0(&w->found[i]->pair);
		rte_prefetch0(&w->found[i]->session);
	}
}

// The connection found for a packet of the burst, unless an earlier packet ended it or made it.
static struct conn *found_for(const struct worker *w, const struct flow_key *key)
{
	struct conn *c = w->found[w->burst_at];

	if (c != NULL && c->live && !c->unnamed && flow_key_equal(&c->key, key))
		return c;
	return flow_table_find(w->table, key);
}

static unsigned take_packets(struct worker *w)
{
	unsigned done = 0;

	take_returned(w);
	if (w->burst_at == w->burst_count) {
		w->burst_count = 0;
		fetch(w);
		if (w->burst_count > 0)
			look_up(w);
	}
	while (w->burst_at < w->burst_count && w->stalled == NULL) {
		struct rte_mbuf *m = w->burst[w->burst_at];
		if (!take_packet(w, m, found_for(w, &packet_meta_of(m)->key)))
			break;
		w->burst_at++;
		done++;
		take_returned(w);
		if (w->stream.held_segments >= w->stream.held_max)
			relieve(w);
	}
	stats_add(&w->stats, STATS_tcp_packets, done);
	return done;
}

static unsigned close_some(struct worker *w)
{
	unsigned done = 0;

	while (w->age_at < w->conns.fresh && done < WORKER_BURST && w->stalled == NULL) {
		struct conn *c = place(w, w->age_at++);
		done++;
		if (!c->live)
			continue;
		if (!c->ended)
			note_result(w, c, conn_end(c, conn_how(c, CONN_END_STOPPED)));
		else if (!c->indebted)
			conn_forget(c);
	}
	// What waited aside for an end begins anew.
	if (w->returned != NULL && w->stalled == NULL) {
		take_returned(w);
		w->age_at = 0;
	}
	if (w->age_at < w->conns.fresh || w->stalled != NULL || !TAILQ_EMPTY(&w->debts))
		return done;
	// A second pass forgets what ended in the first.
	if (!TAILQ_EMPTY(&w->lingering)) {
		w->age_at = 0;
		return done + 1;
	}
	while (!TAILQ_EMPTY(&w->open_chunks))
		tape_flush_oldest(w);
	atomic_store_explicit(&w->phase, WORKER_FINISHED, memory_order_release);
	return done + 1;
}

static unsigned resume(struct worker *w)
{
	struct conn *c = w->stalled;

	w->stalled = NULL;
	note_result(w, c, conn_resume(c));
	return w->stalled == NULL;
}

static bool input_is_over(const struct worker *w)
{
	if (!atomic_load_explicit(w->input_ended, memory_order_acquire))
		return false;
	for (uint32_t i = 0; i < w->input_count; i++)
		if (queue_count(w->inputs[i]) > 0)
			return false;
	return w->burst_at == w->burst_count;
}

static unsigned run(struct worker *w)
{
	unsigned done = 0;

	if (atomic_load_explicit(&w->phase, memory_order_relaxed) == WORKER_CLOSING)
		return close_some(w);
	done += take_packets(w);
	look_at_waiting(w);
	look_at_lingering(w);
	age(w);
	if (done == 0 && w->stalled == NULL && w->returned == NULL && input_is_over(w)) {
		w->age_at = 0;
		atomic_store_explicit(&w->phase, WORKER_CLOSING, memory_order_relaxed);
		done = 1;
	}
	return done;
}

// Figures that live in the libraries become counters here, once a round.
static void publish(struct worker *w)
{
	const struct stream_counters *t = &w->stream.count;
	const struct {
		enum stats_counter counter;
		uint64_t value;
	} figures[] = {
		{STATS_tcp_received, t->received},
		{STATS_tcp_delivered, t->delivered},
		{STATS_tcp_urgent, t->urgent},
		{STATS_tcp_duplicate, t->duplicate},
		{STATS_tcp_outside, t->outside},
		{STATS_tcp_discarded, t->discarded},
		{STATS_tcp_held, t->held},
		{STATS_tcp_lost, t->lost},
		{STATS_tcp_holes, t->holes},
		{STATS_tcp_out_of_order, t->out_of_order},
		{STATS_tcp_unacked, t->unacked},
		{STATS_tcp_differs, t->differs},
		{STATS_tcp_hold_full, t->hold_full},
		{STATS_tcp_held_segments, w->stream.held_segments},
		{STATS_tcp_doubtful, t->doubtful},
		{STATS_tcp_challenged, t->challenges},
		{STATS_tcp_span, t->span},
		{STATS_tcp_span_open, t->span - t->delivered - t->urgent - t->lost},
		{STATS_pool_chunks_used, w->chunks.used},
		{STATS_conn_open, w->conns.used - w->ended},
		{STATS_conn_left, w->conns.used - w->selected},
		{STATS_conn_half_open, w->half_opens},
		{STATS_tx_open, w->open_transactions},
		{STATS_mail_open, w->open_mails},
	};

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		stats_set(&w->stats, figures[i].counter, figures[i].value);
	atomic_store_explicit(&w->freed, w->freed_local, memory_order_release);
}

void worker_configure(struct worker *w)
{
	const struct conf *conf = &w->view.set->conf;
	struct stream_limits *stream = &w->stream.limits;
	struct smtp_limits *smtp = &w->smtp.limits;

	w->conf = conf;
	stream->hold_octets = (uint32_t)conf->hold;
	stream->skew_us = (uint64_t)conf->skew_ms * 1000;
	stream->skew_packets = conf->skew_packets;
	smtp->pending = conf->pending;
	smtp->rcpts = conf->rcpts;
	smtp->mail = conf->mail;
}

// Connections go on with what they began with where it was decided at their beginning; limits
// hold from now on.
static void reconfigure(struct worker *w)
{
	uint32_t selection = w->view.set->selection;

	worker_configure(w);
	if (selection != w->selection)
		w->selected = 0;
	w->selection = selection;
	live_taken(&w->view);
}

unsigned worker_poll(void *ctx)
{
	struct worker *w = ctx;
	unsigned done;

	if (live_look(&w->view))
		reconfigure(w);
	if (atomic_load_explicit(&w->phase, memory_order_relaxed) == WORKER_FINISHED) {
		done = tape_reclaim(w);
		if (done > 0)
			publish(w);
		return done;
	}
	done = tape_reclaim(w);
	done += tape_pay(w);
	if (w->stalled != NULL)
		done += resume(w);
	if (w->stalled == NULL)
		done += run(w);
	if (mt_pool_left(&w->chunks) <= 2 * w->chunk_reserve)
		done += tape_flush_oldest(w);
	publish(w);
	return done;
}
