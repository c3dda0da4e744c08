// SPDX-License-Identifier: BSD-3-Clause

// The causal order of the two directions.

#include "stream_internal.h"
#include "stream_pair.h"

// What one direction could hand up now.
struct offer {
	enum stream_item item;
	uint32_t needs; // octets of the other direction that were there before this one
	struct stream_out out;
};

// How many octets of the other stream, still to come up, the sender had read before.
static uint32_t octets_before(const struct stream *other, const struct stream_out *out)
{
	uint32_t want = out->ack;

	if (!out->has_ack || !other->open)
		return 0;
	if (other->fin_seen)
		want = stream_min(want, other->fin);
	if (other->fin_lost && want == other->end + 1)
		want--;
	// An acknowledgement that the stream did not believe is none to wait for.
	if (!stream_before(other->next, want) || stream_before(other->acked, want))
		return 0;
	return want - other->next;
}

static bool is_given(const struct offer *o)
{
	return o->item == STREAM_DATA || o->item == STREAM_GAP;
}

// Data goes before a gap: what the gap caused waits for it anyhow.
static enum stream_dir earlier(const struct offer *offers)
{
	const struct offer *c = &offers[STREAM_CLIENT], *s = &offers[STREAM_SERVER];

	if (c->item != s->item)
		return c->item == STREAM_DATA ? STREAM_CLIENT : STREAM_SERVER;
	return s->out.at_us < c->out.at_us ? STREAM_SERVER : STREAM_CLIENT;
}

// Each was sent after octets of the other: then one of them is a second copy, sent again with a
// newer acknowledgement. That is the one captured later; of it those octets go first that the
// other one had read.
static enum stream_dir break_circle(struct offer *offers)
{
	enum stream_dir first =
		offers[STREAM_SERVER].out.at_us > offers[STREAM_CLIENT].out.at_us
		? STREAM_SERVER
		: STREAM_CLIENT;
	const struct offer *other =
		&offers[first == STREAM_CLIENT ? STREAM_SERVER : STREAM_CLIENT];

	offers[first].out.data = span_head(offers[first].out.data, other->needs);
	return first;
}

// Which of the two goes first, or STREAM_DIR_COUNT when what is there waits for what is not.
static enum stream_dir choose(const struct stream_pair *p, struct offer *offers)
{
	const struct offer *c = &offers[STREAM_CLIENT], *s = &offers[STREAM_SERVER];

	if (is_given(c) && is_given(s)) {
		if (c->needs > 0 && s->needs > 0)
			return break_circle(offers);
		if (c->needs > 0 || s->needs > 0)
			return c->needs > 0 ? STREAM_SERVER : STREAM_CLIENT;
		return earlier(offers);
	}
	enum stream_dir d = is_given(c) ? STREAM_CLIENT : STREAM_SERVER;
	if (!is_given(&offers[d]))
		return STREAM_DIR_COUNT;
	const struct stream *side = &p->side[d];
	if (offers[d].needs > 0 && !side->closing && !side->relief)
		return STREAM_DIR_COUNT;
	return d;
}

enum stream_item stream_pair_next(struct stream_pair *p, struct stream_env *env,
	uint64_t now_us, uint64_t number, unsigned blocked, enum stream_dir *ret_dir,
	struct stream_out *ret)
{
	struct offer offers[STREAM_DIR_COUNT];

	for (enum stream_dir d = STREAM_CLIENT; d < STREAM_DIR_COUNT; d++) {
		const struct stream *other = &p->side[STREAM_SERVER - d];
		struct offer *o = &offers[d];
		o->item = STREAM_NOTHING;
		o->needs = 0;
		// Of a direction that the tap never saw there is nothing to tell but its end.
		if (blocked & 1u << d || (!p->seen[d] && !p->side[d].closing))
			continue;
		o->item = stream_next(&p->side[d], env, now_us, number, &o->out);
		if (o->item == STREAM_DATA && p->seen[STREAM_SERVER - d] &&
			!(blocked & 1u << (STREAM_SERVER - d)))
			o->needs = octets_before(other, &o->out);
	}
	enum stream_dir d = choose(p, offers);
	if (d < STREAM_DIR_COUNT) {
		*ret_dir = d;
		*ret = offers[d].out;
		return offers[d].item;
	}
	for (d = STREAM_CLIENT; d < STREAM_DIR_COUNT; d++) {
		if (offers[d].item != STREAM_END || p->end_told >> d & 1)
			continue;
		p->end_told |= (uint8_t)(1u << d);
		*ret_dir = d;
		return STREAM_END;
	}
	return STREAM_NOTHING;
}

void stream_pair_take(
	struct stream_pair *p, struct stream_env *env, enum stream_dir dir, uint32_t n)
{
	stream_take(&p->side[dir], env, n);
}
