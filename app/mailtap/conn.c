// SPDX-License-Identifier: BSD-3-Clause
#include "conn.h"

#include "aside.h"
#include "conn_session.h"
#include "doubt.h"
#include "sink.h"
#include "tape.h"

#include "mt_assert.h"

// A closed connection is kept a moment: late copies of its last packets are no new connection.
#define LINGER_US 2000000

static const enum stats_counter end_counters[] = {
	[CONN_END_FIN] = STATS_conn_fin,
	[CONN_END_RESET] = STATS_conn_reset,
	[CONN_END_REUSED] = STATS_conn_reused,
	[CONN_END_IDLE] = STATS_conn_idle,
	[CONN_END_EVICTED] = STATS_conn_evicted,
	[CONN_END_STOPPED] = STATS_conn_stopped,
};

static const struct {
	enum mail_hop hop;
	enum stats_counter counter;
} hops[] = {
	[CLASSIFY_INBOUND] = {MAIL_INBOUND, STATS_hop_inbound},
	[CLASSIFY_INTERNAL] = {MAIL_INTERNAL, STATS_hop_internal},
	[CLASSIFY_OUTBOUND] = {MAIL_OUTBOUND, STATS_hop_outbound},
	[CLASSIFY_TRANSIT] = {MAIL_OUTBOUND, STATS_rx_transit},
};

struct conn_work *conn_work(struct conn *c)
{
	if (c->work == NULL) {
		c->work = mt_pool_take(&c->worker->works);
		MT_ASSERT(c->work != NULL);
		*c->work = (struct conn_work){.conn = c};
	}
	return c->work;
}

void conn_rest(struct conn *c)
{
	const struct conn_work *work = c->work;

	if (work == NULL || work->chunk != NULL || work->doubted != NULL ||
		work->handshake != NULL || c->tape_open || c->indebted || c->in_waiting ||
		c->in_lingering || c->in_half_open)
		return;
	mt_pool_put(&c->worker->works, c->work);
	c->work = NULL;
}

struct conn *conn_create(struct worker *w, const struct packet_meta *meta)
{
	const struct packet *p = &meta->packet;
	bool dst_is_server;

	// A bare ACK, FIN or RST is the tail of something we did not follow.
	if (!(p->flags & PACKET_SYN) && p->captured_len == 0) {
		stats_add(&w->stats, STATS_tcp_stray, 1);
		return NULL;
	}
	enum classify_hop hop = classify_ends(w->conf, p, &dst_is_server);
	if (!classify_is_captured(w->conf, hop)) {
		stats_add(&w->stats, STATS_tcp_left, 1);
		return NULL;
	}
	struct conn *c = conn_take_place(w, p->flags & PACKET_SYN);
	if (c == NULL || flow_table_add(w->table, &meta->key, c) != 0) {
		mt_pool_put(&w->conns, c);
		stats_add(&w->stats, STATS_tcp_no_connection, 1);
		return NULL;
	}
	*c = (struct conn){
		.key = meta->key,
		.worker = w,
		.start_us = meta->at_us,
		.item_us = meta->at_us,
		.vlans = p->vlans,
		.version = p->version,
		.iface = meta->iface,
		.hop = (uint8_t)hops[hop].hop,
		.selection = w->selection,
		.live = true,
		.server = SERVERS_NONE,
		.client_low = meta->src_low == dst_is_server,
	};
	memcpy(c->vlan, p->vlan, sizeof(c->vlan));
	conn_set_stacks(c);
	c->in_half_open = true;
	w->half_opens++;
	TAILQ_INSERT_TAIL(&w->half_open, conn_work(c), link);
	smtp_session_init(&c->session, &w->smtp, c);
	c->tls_implicit = packet_port_in(
		w->conf->tls_ports, dst_is_server ? p->dst_port : p->src_port);
	if (c->tls_implicit)
		smtp_session_expect_tls(&c->session);
	w->selected++;
	stats_add(&w->stats, STATS_conn_begun, 1);
	stats_add(&w->stats, hops[hop].counter, 1);
	return c;
}

static void leave_half_open(struct conn *c)
{
	if (!c->in_half_open)
		return;
	TAILQ_REMOVE(&c->worker->half_open, c->work, link);
	c->worker->half_opens--;
	c->in_half_open = false;
}

static void leave_lists(struct conn *c)
{
	struct worker *w = c->worker;

	if (c->in_waiting)
		TAILQ_REMOVE(&w->waiting, c->work, wait_link);
	if (c->in_lingering)
		TAILQ_REMOVE(&w->lingering, c->work, link);
	leave_half_open(c);
	c->in_waiting = c->in_lingering = false;
}

void conn_forget(struct conn *c)
{
	struct worker *w = c->worker;

	leave_lists(c);
	if (!c->unnamed)
		flow_table_remove(w->table, &c->key);
	w->ended -= c->ended;
	w->selected -= c->selection == w->selection;
	c->live = false;
	mt_pool_put(&w->works, c->work);
	mt_pool_put(&w->conns, c);
}

static void account(struct conn *c, enum conn_end how)
{
	struct worker *w = c->worker;

	stats_add(&w->stats, end_counters[how], 1);
	if (c->pair.joined_late)
		stats_add(&w->stats, STATS_conn_late, 1);
	if (c->pair.seen[STREAM_CLIENT] != c->pair.seen[STREAM_SERVER])
		stats_add(&w->stats, STATS_conn_one_sided, 1);
	if (c->server != SERVERS_NONE)
		servers_end(w->servers, c->server, w->newest_us);
}

// The registered end of a hop is the one that people ask about.
static void count_server(struct conn *c)
{
	bool client_is_ours = c->hop == MAIL_OUTBOUND;
	const struct packet_addr *ours =
		c->client_low == client_is_ours ? &c->key.low : &c->key.high;

	c->server = servers_begin(c->worker->servers, ours, c->worker->newest_us);
}

static void note_established(struct conn *c)
{
	leave_half_open(c);
	count_server(c);
}

// Which directions had shown themselves when the first octets went up.
static void note_used(struct conn *c)
{
	struct stats_block *stats = &c->worker->stats;

	stats_add(stats, STATS_conn_used, 1);
	if (c->pair.seen[STREAM_CLIENT] && c->pair.seen[STREAM_SERVER])
		return;
	stats_add(stats,
		c->pair.seen[STREAM_CLIENT] ? STATS_conn_used_client
					    : STATS_conn_used_server,
		1);
}

// Its ports seem to be used again, and no more of it is seen.
static bool is_left(const struct conn *c)
{
	return c->aside != NULL && stream_pair_is_half_over(&c->pair);
}

// The other leg of the tap has shown nothing of it for as long as legs may be apart.
static bool is_given_up(const struct conn *c)
{
	const struct worker *w = c->worker;

	return is_left(c) && w->now_us >= c->pair.last_us + w->stream.limits.skew_us;
}

enum conn_end conn_how(const struct conn *c, enum conn_end otherwise)
{
	if (is_left(c))
		return CONN_END_REUSED;
	if (!stream_pair_is_over(&c->pair))
		return otherwise;
	return c->pair.state == STREAM_ST_RESET ? CONN_END_RESET : CONN_END_FIN;
}

static void linger(struct conn *c)
{
	struct worker *w = c->worker;

	if (c->in_lingering)
		return;
	// It is over, and so it is not half open: one link is enough.
	leave_half_open(c);
	conn_work(c)->linger_us = w->newest_us + LINGER_US;
	c->in_lingering = true;
	TAILQ_INSERT_TAIL(&w->lingering, c->work, link);
}

bool conn_lingered(struct conn *c)
{
	TAILQ_REMOVE(&c->worker->lingering, c->work, link);
	c->in_lingering = false;
	if (c->ended) {
		if (c->indebted)
			linger(c);
		else
			conn_forget(c);
		return true;
	}
	if (!stream_pair_is_over(&c->pair)) {
		conn_rest(c);
		return true;
	}
	return conn_end(c, conn_how(c, CONN_END_FIN));
}

// Whether another connection may follow on the same ports at once.
static bool makes_room(enum conn_end how)
{
	return how == CONN_END_FIN || how == CONN_END_RESET || how == CONN_END_REUSED;
}

bool conn_end(struct conn *c, enum conn_end how)
{
	struct worker *w = c->worker;

	if (c->ended)
		return true;
	c->ending = (uint8_t)(how + 1);
	doubt_end(c);
	stream_pair_close(&c->pair);
	if (!conn_pump(c) || c->indebted)
		return false;
	if (tape_must_wait(w))
		return false;
	if (how == CONN_END_STOPPED && c->tape_open)
		c->work->mail_odds |= mt_odd_bit(MT_ODD_cut_by_stop);
	smtp_session_close(&c->session);
	stream_pair_fini(&c->pair, &w->stream);
	if (c->indebted)
		return false;
	conn_tell_session(c);
	account(c, how);
	c->ended = true;
	w->ended++;
	conn_drop_texts(c);
	aside_end(c, makes_room(how));
	leave_lists(c);
	if (how == CONN_END_FIN || how == CONN_END_RESET || c->indebted)
		linger(c);
	else
		conn_forget(c);
	return true;
}

// What the tap saw that touches the trust in this mail.
static void mark(struct conn *c, enum mt_odd odd)
{
	if (c->tape_open && !(c->work->mail_odds & mt_odd_bit(odd)))
		stats_odd(&c->worker->stats, odd);
	if (c->tape_open)
		c->work->mail_odds |= mt_odd_bit(odd);
	else
		conn_odd(c, mt_odd_bit(odd));
}

// The client waits for a reply and nothing more can be read of the server: is it time to decide
// without it?
static bool must_hurry(const struct conn *c)
{
	const struct stream *client = &c->pair.side[STREAM_CLIENT];

	return client->closing || client->relief || !c->pair.seen[STREAM_SERVER];
}

// What came with the octets belongs to the mail they are of, or that they begin.
static void note_octets(struct conn *c, const struct stream_out *out)
{
	if (out->differs)
		mark(c, MT_ODD_overlap_differs);
	if (out->urgent)
		mark(c, MT_ODD_urgent);
}

static size_t feed(struct conn *c, enum stream_dir dir, const struct stream_out *out)
{
	enum smtp_dir to = dir == STREAM_CLIENT ? SMTP_CLIENT : SMTP_SERVER;
	uint32_t begun = c->transactions;
	size_t taken;

	c->item_us = out->at_us != 0 ? out->at_us : c->worker->newest_us;
	note_octets(c, out);
	taken = smtp_session_feed(&c->session, to, out->data);
	if (!c->used && taken > 0)
		note_used(c);
	c->used |= taken > 0;
	conn_tls_look(c);
	if (out->unacked && dir == STREAM_CLIENT && taken > 0)
		mark(c, MT_ODD_unacked);
	// One may have ended and another begun.
	if (c->tape_open && c->transactions != begun)
		note_octets(c, out);
	return taken;
}

static void feed_gap(struct conn *c, enum stream_dir dir, uint32_t len)
{
	smtp_session_gap(
		&c->session, dir == STREAM_CLIENT ? SMTP_CLIENT : SMTP_SERVER, len);
	conn_tls_gap(c, dir == STREAM_SERVER);
}

bool conn_pump(struct conn *c)
{
	struct worker *w = c->worker;
	unsigned blocked = 0;
	struct stream_out out;
	enum stream_dir dir;

	while (!c->indebted) {
		if (tape_must_wait(w))
			return false;
		switch (stream_pair_next(&c->pair, &w->stream, w->now_us, w->number,
			blocked, &dir, &out)) {
		case STREAM_DATA: {
			size_t taken = feed(c, dir, &out);
			stream_pair_take(&c->pair, &w->stream, dir, (uint32_t)taken);
			if (w->out_of_chunks) {
				w->out_of_chunks = false;
				return false;
			}
			// Progress of one side may be what the other one waits for.
			blocked = taken < out.data.len ? blocked | 1u << dir
						       : blocked & (1u << dir);
			break;
		}
		case STREAM_GAP:
			feed_gap(c, dir, out.gap);
			stream_pair_take(&c->pair, &w->stream, dir, out.gap);
			blocked &= 1u << dir;
			break;
		case STREAM_END:
			break;
		case STREAM_NOTHING:
			if (!(blocked & 1u << STREAM_CLIENT) || !must_hurry(c))
				return true;
			smtp_session_hurry(&c->session);
			blocked = 0;
			break;
		}
	}
	return true;
}

static void note_push(struct conn *c, unsigned push)
{
	if (push & STREAM_PUSH_DUPLICATE && !c->worker->copy)
		stats_add(&c->worker->stats, STATS_tcp_retransmitted, 1);
	if (push & STREAM_PUSH_HOLD_FULL)
		mark(c, MT_ODD_hold_full);
	// Octets went up that the server may not have had.
	if (push & STREAM_PUSH_RETRACTS)
		mark(c, MT_ODD_unacked);
}

void conn_believe(struct conn *c, struct rte_mbuf *m)
{
	unsigned push;
	enum stream_verdict verdict = conn_push(c, m, &push);

	if (verdict == STREAM_REUSED || verdict == STREAM_APART) {
		stats_add(&c->worker->stats, STATS_tcp_ignored, 1);
		c->worker->freed_local += m->nb_segs;
		rte_pktmbuf_free(m);
		return;
	}
	note_push(c, push);
}

void conn_wait(struct conn *c)
{
	struct worker *w = c->worker;

	if (c->in_waiting || (!stream_pair_waits(&c->pair) && !is_left(c)))
		return;
	conn_work(c)->wait_us = w->newest_us + w->stream.limits.skew_us;
	c->in_waiting = true;
	TAILQ_INSERT_TAIL(&w->waiting, c->work, wait_link);
}

bool conn_packet(struct conn *c, struct rte_mbuf *m, bool *ret_reused)
{
	struct worker *w = c->worker;
	bool was_late = c->pair.joined_late;
	unsigned push;

	*ret_reused = false;
	enum stream_verdict verdict = conn_push(c, m, &push);
	if (verdict == STREAM_REUSED) {
		*ret_reused = true;
		return true;
	}
	if (verdict == STREAM_APART) {
		aside_keep(c, m);
		if (is_given_up(c))
			return conn_end(c, CONN_END_REUSED);
		conn_wait(c);
		return true;
	}
	if (verdict == STREAM_IGNORED)
		stats_add(&w->stats, STATS_tcp_ignored, 1);
	if (c->in_half_open && c->pair.state >= STREAM_ST_OPEN)
		note_established(c);
	if (c->pair.joined_late && !was_late)
		smtp_session_joined_late(&c->session);
	note_push(c, push);
	if (!conn_pump(c))
		return false;
	if (stream_pair_is_over(&c->pair)) {
		// A RST may be forged, and late segments may still fill a hole: give them a moment.
		if (c->pair.state != STREAM_ST_RESET && !stream_pair_waits(&c->pair))
			return conn_end(c, CONN_END_FIN);
		linger(c);
	}
	conn_wait(c);
	conn_rest(c);
	return true;
}

bool conn_resume(struct conn *c)
{
	if (c->ending != 0)
		return conn_end(c, (enum conn_end)(c->ending - 1));
	if (!conn_pump(c))
		return false;
	if (is_given_up(c))
		return conn_end(c, CONN_END_REUSED);
	conn_wait(c);
	conn_rest(c);
	return true;
}
