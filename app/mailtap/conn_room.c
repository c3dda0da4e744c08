// SPDX-License-Identifier: BSD-3-Clause

// A full connection table: who goes for whom. In this order:
//   1. one that has ended and only lingers for late packets
//   2. the oldest that was never established, so that a flood of openings displaces nothing but
//      itself
//   3. one joined in the middle of which a single direction was seen, so that a flood of octets
//      out of nowhere displaces nothing but itself
//   4. for an opening alone: one between two mails
// Of the last two the one that is silent the longest among some that are looked at. One in the
// middle of a mail is never given up: then the new one is not followed, and counted.

#include "conn.h"
#include "tape.h"

// How many are looked at for one place.
#define LOOKED_AT 32

enum worth {
	WORTH_UNPROVEN,
	WORTH_BETWEEN_MAILS,
	WORTH_IN_A_MAIL,
};

static enum worth worth_of(const struct conn *c)
{
	const struct stream_pair *p = &c->pair;

	if (c->tape_open || c->indebted || c->ending != 0)
		return WORTH_IN_A_MAIL;
	if (p->joined_late && !(p->seen[STREAM_CLIENT] && p->seen[STREAM_SERVER]))
		return WORTH_UNPROVEN;
	return WORTH_BETWEEN_MAILS;
}

static bool forget_lingering(struct worker *w)
{
	struct conn_work *work;
	int looked = 0;

	TAILQ_FOREACH(work, &w->lingering, link) {
		struct conn *c = work->conn;
		if (c->ended && !c->indebted) {
			conn_forget(c);
			return true;
		}
		if (++looked == LOOKED_AT)
			return false;
	}
	return false;
}

static struct conn *choose(struct worker *w, enum worth most)
{
	struct conn *best = NULL;
	enum worth worth = most;

	for (int i = 0; i < LOOKED_AT && w->conns.fresh > 0; i++) {
		w->room_at = w->room_at + 1 < w->conns.fresh ? w->room_at + 1 : 0;
		struct conn *c = (struct conn *)(w->conns.memory +
			(size_t)w->room_at * w->conns.size);
		if (!c->live || c->ended || worth_of(c) > worth)
			continue;
		if (best != NULL && worth_of(c) == worth &&
			best->pair.last_us <= c->pair.last_us)
			continue;
		best = c;
		worth = worth_of(c);
	}
	return best;
}

static void make_room(struct worker *w, bool syn)
{
	if (forget_lingering(w))
		return;
	const struct conn_work *oldest = TAILQ_FIRST(&w->half_open);
	struct conn *c = oldest != NULL
		? oldest->conn
		: choose(w, syn ? WORTH_BETWEEN_MAILS : WORTH_UNPROVEN);
	// Its end may have something to say, and there may be no chunk to say it in.
	if (c != NULL && !tape_must_wait(w) && !conn_end(c, CONN_END_EVICTED))
		w->stalled = c; // else nobody would end it
}

struct conn *conn_take_place(struct worker *w, bool syn)
{
	if (mt_pool_left(&w->conns) == 0)
		make_room(w, syn);
	return mt_pool_take(&w->conns);
}
