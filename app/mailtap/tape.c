// SPDX-License-Identifier: BSD-3-Clause
#include "tape.h"

#include "mt_assert.h"

#define RECLAIM_BURST 256

unsigned tape_reclaim(struct worker *w)
{
	void *back[RECLAIM_BURST];
	uint32_t n = queue_take(w->from_writer, back, RECLAIM_BURST);

	for (uint32_t i = 0; i < n; i++)
		mt_pool_put(&w->chunks, back[i]);
	return n;
}

void tape_send(struct conn *c, uint16_t flags)
{
	struct worker *w = c->worker;

	if (!conn_has_chunk(c))
		return;
	struct mail_chunk *chunk = c->work->chunk;
	TAILQ_REMOVE(&w->open_chunks, c->work, chunk_link);
	c->work->chunk = NULL;
	chunk->flags |= flags;
	// The ring has a place for every chunk of this worker.
	queue_put(w->to_writer, (void *const *)&chunk, 1);
}

unsigned tape_flush_oldest(struct worker *w)
{
	unsigned sent = 0, enough = w->chunks.count / 8 + 1;

	while (sent < enough && !TAILQ_EMPTY(&w->open_chunks)) {
		tape_send(TAILQ_FIRST(&w->open_chunks)->conn, 0);
		sent++;
	}
	return sent;
}

static void fill_conn(const struct conn *c, struct mail_conn *ret)
{
	const struct packet_addr *client = c->client_low ? &c->key.low : &c->key.high;
	const struct packet_addr *server = c->client_low ? &c->key.high : &c->key.low;

	*ret = (struct mail_conn){
		.start_us = c->start_us,
		.client_port = c->client_low ? c->key.low_port : c->key.high_port,
		.server_port = c->client_low ? c->key.high_port : c->key.low_port,
		.vlans = c->vlans,
		.version = c->version,
		.iface = c->iface,
		.hop = c->hop,
		.tx_id = c->mails,
	};
	// A name for the connection, below 2^53: its slab place, its worker and its start.
	ret->flow_id =
		(c->start_us << 20 ^ (uint64_t)mt_pool_index(&c->worker->conns, c) << 4 ^
			c->worker->index) &
		((1ULL << 53) - 1);
	memcpy(ret->client, client, sizeof(ret->client));
	memcpy(ret->server, server, sizeof(ret->server));
	memcpy(ret->vlan, c->vlan, sizeof(ret->vlan));
}

static void write_text(
	struct conn *c, enum conn_fact fact, enum mail_event event, uint16_t aux)
{
	struct span text = conn_text(c, fact);

	if (text.ptr != NULL)
		mail_chunk_add(c->work->chunk, event, aux, text);
}

// A tape begins with who talks, and the greeting that is in force.
static void write_front(struct conn *c)
{
	struct mail_conn facts;

	c->chunk_fresh = false;
	fill_conn(c, &facts);
	mail_chunk_add(c->work->chunk, MAIL_EV_CONN, 0, span_make(&facts, sizeof(facts)));
	write_text(c, CONN_HELO, MAIL_EV_HELO, 0);
	write_text(c, CONN_AUTH, MAIL_EV_AUTH, c->auth_ok);
	write_text(c, CONN_XCLIENT, MAIL_EV_XCLIENT, 0);
	write_text(c, CONN_XFORWARD, MAIL_EV_XFORWARD, 0);
	if (c->tls_offered || c->dark)
		mail_chunk_add(c->work->chunk, MAIL_EV_TLS,
			(uint16_t)((c->tls_offered ? 1 : 0) | (c->dark ? 2 : 0)),
			span_make("", 0));
}

static bool need_chunk(struct conn *c)
{
	struct worker *w = c->worker;

	if (conn_has_chunk(c))
		return true;
	struct mail_chunk *chunk = mt_pool_take(&w->chunks);
	if (chunk == NULL && tape_reclaim(w) > 0)
		chunk = mt_pool_take(&w->chunks);
	if (chunk == NULL)
		return false;
	mail_chunk_init(chunk, w->chunk_room, w->index, mt_pool_index(&w->conns, c));
	conn_work(c)->chunk = chunk;
	TAILQ_INSERT_TAIL(&w->open_chunks, c->work, chunk_link);
	if (c->chunk_fresh)
		write_front(c);
	return true;
}

// Makes room for another event: sends the full chunk and takes the next.
static bool next_chunk(struct conn *c)
{
	tape_send(c, 0);
	if (need_chunk(c))
		return true;
	c->tape_lost = true;
	return false;
}

static bool is_lost(struct conn *c)
{
	if (!c->tape_lost && !need_chunk(c))
		c->tape_lost = true;
	return c->tape_lost;
}

void tape_event(struct conn *c, enum mail_event event, uint16_t aux, struct span text)
{
	if (is_lost(c))
		return;
	if (!mail_chunk_add(c->work->chunk, event, aux, text) && next_chunk(c))
		mail_chunk_add(c->work->chunk, event, aux, text);
}

void tape_pair(
	struct conn *c, enum mail_event event, uint16_t aux, struct span a, struct span b)
{
	if (is_lost(c))
		return;
	if (!mail_chunk_add_pair(c->work->chunk, event, aux, a, b) && next_chunk(c))
		mail_chunk_add_pair(c->work->chunk, event, aux, a, b);
}

static bool add_reply(struct mail_chunk *chunk, enum mail_event event, uint16_t aux,
	const struct smtp_reply *r)
{
	return mail_chunk_add_reply(
		chunk, event, aux, r->code, r->enhanced, r->text, r->queue_id);
}

void tape_reply(struct conn *c, enum mail_event event, uint16_t aux,
	const struct smtp_reply *reply)
{
	if (reply == NULL || reply->code == 0 || is_lost(c))
		return;
	if (!add_reply(c->work->chunk, event, aux, reply) && next_chunk(c))
		add_reply(c->work->chunk, event, aux, reply);
}

static bool chunks_are_low(struct worker *w)
{
	if (mt_pool_left(&w->chunks) > w->chunk_reserve)
		return false;
	tape_reclaim(w);
	return mt_pool_left(&w->chunks) <= w->chunk_reserve;
}

bool tape_must_wait(struct worker *w)
{
	return w->lossless && chunks_are_low(w);
}

size_t tape_body(struct conn *c, struct span text)
{
	struct worker *w = c->worker;
	size_t taken = 0;

	while (taken < text.len && !c->tape_lost) {
		if (!conn_has_chunk(c) && tape_must_wait(w)) {
			w->out_of_chunks = true;
			return taken;
		}
		if (is_lost(c))
			break;
		taken += mail_chunk_add_body(c->work->chunk, span_skip(text, taken));
		if (taken < text.len)
			tape_send(c, 0);
	}
	// What a lost tape drops is counted with its mail, as a whole.
	return text.len;
}

bool tape_handshake(struct conn *c)
{
	const struct handshake *h = c->work->handshake;

	c->chunk_fresh = true;
	c->tape_lost = false;
	for (const struct handshake_part *p = h->first; p != NULL; p = p->next)
		tape_event(c, MAIL_EV_HANDSHAKE, p->of_server,
			span_make(p->octets, p->used));
	tape_event(c, MAIL_EV_HANDSHAKE_END,
		(uint16_t)(h->scan[0].end | h->scan[1].end << 8), span_text(""));
	if (!c->tape_lost)
		tape_send(c, MAIL_CHUNK_LAST);
	return !c->tape_lost;
}

static bool write_last(struct conn *c)
{
	const struct conn_last *last = &c->work->last;
	struct span text = span_make(last->octets, last->len);

	if (!need_chunk(c))
		return false;
	if (!mail_chunk_add(c->work->chunk, last->event, last->aux, text)) {
		tape_send(c, 0);
		if (!need_chunk(c))
			return false;
		mail_chunk_add(c->work->chunk, last->event, last->aux, text);
	}
	tape_send(c, MAIL_CHUNK_LAST);
	c->tape_lost = false;
	return true;
}

// Of a lost tape the writer learns first that it is given up.
static bool write_lost_last(struct conn *c)
{
	const struct span nothing = span_make("", 0);

	if (c->tape_lost) {
		if (!need_chunk(c))
			return false;
		if (!mail_chunk_add(c->work->chunk, MAIL_EV_GIVE_UP,
			    MAIL_GIVEN_UP_NO_CHUNK, nothing)) {
			tape_send(c, 0);
			return false;
		}
		c->tape_lost = false;
	}
	return write_last(c);
}

void tape_end(struct conn *c, enum mail_event event, uint16_t aux, struct span text)
{
	struct conn_last *last = &conn_work(c)->last;

	MT_ASSERT(text.len <= sizeof(last->octets));
	last->event = event;
	last->aux = aux;
	last->len = (uint16_t)text.len;
	memcpy(last->octets, text.ptr, text.len);
	if (write_lost_last(c))
		return;
	c->indebted = true;
	TAILQ_INSERT_TAIL(&c->worker->debts, c->work, debt_link);
}

unsigned tape_pay(struct worker *w)
{
	unsigned paid = 0;
	struct conn_work *work;

	while ((work = TAILQ_FIRST(&w->debts)) != NULL && write_lost_last(work->conn)) {
		TAILQ_REMOVE(&w->debts, work, debt_link);
		work->conn->indebted = false;
		conn_rest(work->conn);
		paid++;
	}
	return paid;
}
