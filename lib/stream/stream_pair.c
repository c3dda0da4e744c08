// SPDX-License-Identifier: BSD-3-Clause
#include "stream_pair.h"

#include "stream_internal.h"
#include "stream_judge.h"

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10
#define URG 0x20

static struct stream *peer_of(struct stream_pair *p, enum stream_dir dir)
{
	return &p->side[dir == STREAM_CLIENT ? STREAM_SERVER : STREAM_CLIENT];
}

static bool holds_dir(uint8_t set, enum stream_dir dir)
{
	return set >> dir & 1;
}

// Its octets reached nobody's reader.
static enum stream_verdict ignore(
	struct stream_env *env, const struct stream_packet *packet)
{
	stream_count(&env->count.received, packet->seg->len);
	stream_drop(env, packet->seg, &env->count.outside);
	return STREAM_IGNORED;
}

// Whether a number can only be of another connection: behind the FIN, or behind all that is believed
// of this one, whose octets a forged SYN must not lead away.
static bool is_elsewhere(const struct stream *s, uint32_t seq)
{
	uint32_t from = s->next - STREAM_WINDOW;
	uint32_t top = s->fin_seen ? s->fin + 1 : stream_max(stream_limit(s), s->end);

	return s->open && seq - from > top - from;
}

// Whether a packet goes on from the SYN that began the next connection while this one is not over.
static bool is_of_next(const struct stream_pair *p, const struct stream_packet *packet)
{
	return p->state >= STREAM_ST_OPEN && holds_dir(p->other_isn_known, packet->dir) &&
		packet->seq - p->other_isn[packet->dir] - 1 <= STREAM_WINDOW &&
		is_elsewhere(&p->side[packet->dir], packet->seq);
}

// A SYN in the middle, answered by a challenge (RFC 5961 4).
static enum stream_verdict challenge(
	struct stream_env *env, const struct stream_packet *packet)
{
	stream_count(&env->count.challenges, 1);
	return ignore(env, packet);
}

static void reopen(struct stream *s, struct stream_env *env, uint32_t first_seq)
{
	stream_fini(s, env);
	stream_open(s, first_seq);
}

// Nothing was handed up, and nothing acknowledged that stands in the way of another beginning.
static bool may_restart(const struct stream *s)
{
	return s->open && s->fresh && s->acked == s->next;
}

// The states that can be told from what the two streams know.
static void settle_state(struct stream_pair *p)
{
	const struct stream *a = &p->side[STREAM_CLIENT], *b = &p->side[STREAM_SERVER];

	if (!a->fin_seen && !b->fin_seen)
		p->state = STREAM_ST_OPEN;
	else if (a->fin_seen && b->fin_seen && a->acked == a->fin + 1 &&
		b->acked == b->fin + 1)
		p->state = STREAM_ST_CLOSED;
	else
		p->state = STREAM_ST_CLOSING;
}

// The pointer counts from the packet's first octet, to the octet behind the urgent one (RFC 6093).
static unsigned take_urgent(
	struct stream *s, const struct stream_packet *packet, bool sound)
{
	uint32_t at = packet->urgent;

	if (!(packet->flags & URG))
		return 0;
	if (!stream_stack_rule(s->stack)->urgent_ahead &&
		(at == 0 || at > packet->seg->len))
		return 0;
	if (at > 0)
		at--;
	if (sound)
		return stream_set_urgent(s, packet->seq + at) ? STREAM_PUSH_URGENT : 0;
	stream_doubt_urgent(s, packet->seq + at);
	return 0;
}

// Whether it takes back what was acknowledged in the server's name. Nobody who sends octets for the first time has less
// than when he sent the ones before, and what was sent behind these stood behind them.
static bool retracts(const struct stream_pair *p, const struct stream_packet *packet)
{
	const struct stream *peer = &p->side[STREAM_CLIENT];

	return packet->dir == STREAM_SERVER && packet->seg->len > 0 &&
		packet->flags & ACK && !(packet->flags & SYN) && peer->ack_placed &&
		packet->seq == p->side[STREAM_SERVER].end &&
		stream_before(packet->ack, peer->acked);
}

static enum stream_verdict take_data(struct stream_pair *p, struct stream_env *env,
	const struct stream_packet *packet, const struct stream_option *option,
	unsigned *ret_push)
{
	struct stream *s = &p->side[packet->dir];
	struct stream_seg *seg = packet->seg;
	uint32_t fin = seg->seq + seg->len + packet->missing;
	bool old = s->open && seg->len <= 1 && seg->seq + 1 == s->end && !s->fin_seen;
	struct stream *peer = peer_of(p, packet->dir);
	bool first = !stream_before(packet->seq, s->end);
	bool placed = s->open && packet->seq == s->end;
	uint32_t acked = peer->acked;
	enum stream_judgement is = stream_judge(p, packet, option);

	p->last_us = seg->at_us;
	p->seen[packet->dir] = true;
	seg->doubtful = is != STREAM_SOUND;
	seg->ahead = packet->flags & ACK && peer->open &&
		stream_before(peer->end, packet->ack);
	unsigned push = take_urgent(s, packet, is == STREAM_SOUND);
	if (is == STREAM_SOUND && retracts(p, packet))
		push |= STREAM_PUSH_RETRACTS;
	*ret_push = stream_push(s, env, seg) | push;
	bool near = !s->open || stream_is_near(s, packet->seq);
	// What a packet says of the other direction is believed when it is itself of this one.
	if (!near || is == STREAM_STALE)
		return STREAM_TAKEN;
	bool believed = packet->flags & ACK && stream_judge_ack(p, packet);
	if (believed && first)
		stream_ack_at(peer, packet->ack, packet->seq);
	else if (believed)
		stream_ack(peer, packet->ack);
	if (peer->acked != acked)
		peer->ack_placed = placed;
	if (packet->flags & FIN)
		stream_fin(s, env, fin);
	if (believed)
		stream_judge_window(p, packet);
	if (is == STREAM_SOUND)
		stream_judge_learn(p, packet, option);
	return old && !(packet->flags & (FIN | SYN)) ? STREAM_IGNORED : STREAM_TAKEN;
}

static bool is_reuse(const struct stream_pair *p, const struct stream_packet *packet)
{
	return stream_pair_is_over(p) ||
		packet->seg->at_us > p->last_us + STREAM_QUIET_US;
}

// The first SYN of a direction.
static void begin(struct stream_pair *p, const struct stream_packet *packet)
{
	stream_open(&p->side[packet->dir], packet->seq + 1);
	p->isn[packet->dir] = packet->seq;
	p->isn_known |= 1u << packet->dir;
	if (packet->dir == STREAM_SERVER)
		p->state = STREAM_ST_SYN_ACK;
	else if (p->state == STREAM_ST_NEW)
		p->state = STREAM_ST_SYN;
}

// The acknowledgement on a SYN names the SYN that it answers. False: none that we saw.
static bool choose_peer(
	struct stream_pair *p, struct stream_env *env, const struct stream_packet *packet)
{
	struct stream *peer = peer_of(p, packet->dir);
	enum stream_dir to = (enum stream_dir)(peer - p->side);

	if (!peer->open) {
		stream_open(peer, packet->ack);
		p->isn[to] = packet->ack - 1;
		p->isn_known |= 1u << to;
		return true;
	}
	// Between the SYN and the end of what came with it (RFC 7413).
	if (packet->ack - peer->next <= peer->end - peer->next)
		return true;
	if (!holds_dir(p->other_isn_known, to) || packet->ack != p->other_isn[to] + 1)
		return !may_restart(peer);
	reopen(peer, env, packet->ack);
	p->isn[to] = p->other_isn[to];
	stream_judge_forget(p);
	return true;
}

static enum stream_verdict take_another_syn(
	struct stream_pair *p, struct stream_env *env, const struct stream_packet *packet)
{
	struct stream *s = &p->side[packet->dir];
	enum stream_dir to = (enum stream_dir)(peer_of(p, packet->dir) - p->side);
	bool answers = packet->flags & ACK && holds_dir(p->other_isn_known, to) &&
		packet->ack == p->other_isn[to] + 1;
	bool twin = answers && may_restart(&p->side[to]);
	bool elsewhere = p->state >= STREAM_ST_OPEN && is_elsewhere(s, packet->seq + 1);

	// A SYN on a connection that lives may be forged; the answer to it is not.
	if (is_reuse(p, packet) || (answers && p->state >= STREAM_ST_OPEN) ||
		(stream_pair_is_half_over(p) && !elsewhere))
		return STREAM_REUSED;
	if (!may_restart(s) || p->state >= STREAM_ST_OPEN) {
		if (elsewhere || !(packet->flags & ACK)) {
			p->other_isn[packet->dir] = packet->seq;
			p->other_isn_known |= 1u << packet->dir;
		}
		if (!elsewhere)
			return challenge(env, packet);
		stream_count(&env->count.challenges, 1);
		return STREAM_APART;
	}
	// Each SYN has its own answer: the later pair is as good as the first until data decides.
	if (twin) {
		reopen(s, env, packet->seq + 1);
		p->isn[packet->dir] = packet->seq;
		choose_peer(p, env, packet);
	}
	p->other_isn[packet->dir] = packet->seq;
	p->other_isn_known |= 1u << packet->dir;
	p->last_us = packet->seg->at_us;
	ignore(env, packet);
	return STREAM_TAKEN;
}

// Skewed legs: of one direction much was captured already, and the other one was joined where that had
// read it. A new connection would begin beyond all this.
static bool is_late_beginning(
	const struct stream_pair *p, const struct stream_packet *packet)
{
	const struct stream *s = &p->side[packet->dir];
	const struct stream *peer = &p->side[STREAM_SERVER - packet->dir];

	if (s->next - (packet->seq + 1) > STREAM_WINDOW)
		return false;
	return !(packet->flags & ACK) || !peer->open ||
		peer->end - packet->ack <= STREAM_WINDOW;
}

// Nothing of it went up yet, so it may still begin where it began.
static void begin_earlier(
	struct stream_pair *p, struct stream_env *env, const struct stream_packet *packet)
{
	struct stream *s = &p->side[packet->dir];

	stream_count(&env->count.span, s->next - (packet->seq + 1));
	s->next = s->taken = packet->seq + 1;
	s->waiting = STREAM_WAITS_NOT;
}

static enum stream_verdict take_syn(struct stream_pair *p, struct stream_env *env,
	const struct stream_packet *packet, const struct stream_option *option,
	unsigned *ret_push)
{
	struct stream *s = &p->side[packet->dir];
	bool known = holds_dir(p->isn_known, packet->dir);
	bool again = known && packet->seq == p->isn[packet->dir];

	if (packet->flags & FIN)
		return ignore(env, packet);
	if (known && !again)
		return take_another_syn(p, env, packet);
	// No SYN was seen of this direction, but it is followed already.
	if (!known && s->open) {
		bool first = s->fresh && packet->seq + 1 == s->next;
		bool late = !first && is_late_beginning(p, packet);
		if (late && s->fresh)
			begin_earlier(p, env, packet);
		else if (late && packet->flags & ACK)
			return ignore(env, packet);
		else if (!first && !late)
			return take_another_syn(p, env, packet);
		if (s->fresh) {
			p->isn[packet->dir] = packet->seq;
			p->isn_known |= 1u << packet->dir;
		}
	}
	if (packet->flags & ACK && !choose_peer(p, env, packet))
		return ignore(env, packet);
	// A refusal that the handshake contradicts was forged.
	if (p->state == STREAM_ST_RESET && (s->fresh || !s->open)) {
		p->state = STREAM_ST_SYN;
		p->alive_after_reset = true;
	}
	if (!s->open)
		begin(p, packet);
	if (packet->seq == p->isn[packet->dir])
		stream_judge_syn(p, packet, option);
	return take_data(p, env, packet, option, ret_push);
}

// Where the receiver has come to, or where we saw the octets end.
static bool reset_is_exact(const struct stream *s, uint32_t seq)
{
	return seq == s->taken || seq == s->acked || seq == s->end ||
		(s->fin_seen && seq == s->fin + 1);
}

static bool reset_is_near(const struct stream *s, uint32_t seq)
{
	return !stream_before(seq, s->next) &&
		!stream_before(stream_max(s->end, s->acked) + STREAM_RESET_WINDOW, seq);
}

static bool reset_is_credible(
	const struct stream_pair *p, const struct stream_packet *packet)
{
	const struct stream *s = &p->side[packet->dir];
	const struct stream *peer = &p->side[STREAM_SERVER - packet->dir];

	// Refused before anything of this side was seen: it names the SYN.
	if (!s->open)
		return peer->open && packet->flags & ACK &&
			packet->ack - peer->next <= peer->end - peer->next;
	return s->ack_seen ? reset_is_exact(s, packet->seq)
			   : reset_is_near(s, packet->seq);
}

static enum stream_verdict take_reset(
	struct stream_pair *p, struct stream_env *env, const struct stream_packet *packet)
{
	bool credible = reset_is_credible(p, packet);

	if (!credible && p->side[packet->dir].open &&
		reset_is_near(&p->side[packet->dir], packet->seq))
		stream_count(&env->count.challenges, 1);
	if (credible) {
		p->state = STREAM_ST_RESET;
		p->reset_by = (uint8_t)packet->dir;
		p->reset_us = p->last_us = packet->seg->at_us;
		p->seen[packet->dir] = true;
	}
	// Text inside a RST is for people, never part of the stream (RFC 9293 3.5.3).
	ignore(env, packet);
	return credible ? STREAM_TAKEN : STREAM_IGNORED;
}

// A packet in the middle opens what the handshake did not.
static void join(struct stream_pair *p, const struct stream_packet *packet)
{
	struct stream *s = &p->side[packet->dir];
	struct stream *peer = peer_of(p, packet->dir);

	if (!s->open && !peer->open)
		p->joined_late = true;
	// A bare ACK in place of the SYN/ACK does not tell its number (split handshake).
	if (!s->open && (p->joined_late || packet->seg->len > 0))
		(p->joined_late ? stream_join : stream_open)(s, packet->seg->seq);
	if (!peer->open && packet->flags & ACK)
		(p->joined_late ? stream_join : stream_open)(peer, packet->ack);
}

// The client goes on from a SYN that we did not follow, or both from one that we never saw.
static void choose_by_use(
	struct stream_pair *p, struct stream_env *env, const struct stream_packet *packet)
{
	struct stream *s = &p->side[packet->dir];
	struct stream *peer = peer_of(p, packet->dir);
	enum stream_dir to = (enum stream_dir)(peer - p->side);

	if (!may_restart(s))
		return;
	if (!peer->open && !stream_is_near(s, packet->seq)) {
		reopen(s, env, packet->seq);
		p->isn[packet->dir] = packet->seq - 1;
		stream_judge_forget(p);
	}
	if (!holds_dir(p->other_isn_known, packet->dir) ||
		packet->seq != p->other_isn[packet->dir] + 1)
		return;
	// A blind guess does not know what the server said.
	bool twin = holds_dir(p->other_isn_known, to) && may_restart(peer) &&
		packet->ack == p->other_isn[to] + 1;
	if (peer->open && !twin && packet->ack - peer->next > peer->end - peer->next)
		return;
	reopen(s, env, packet->seq);
	p->isn[packet->dir] = packet->seq - 1;
	if (twin) {
		reopen(peer, env, packet->ack);
		p->isn[to] = packet->ack - 1;
	}
	stream_judge_forget(p);
}

static enum stream_verdict take_segment(struct stream_pair *p, struct stream_env *env,
	const struct stream_packet *packet, const struct stream_option *option,
	unsigned *ret_push)
{
	struct stream *s = &p->side[packet->dir];
	struct stream *peer = peer_of(p, packet->dir);

	if (p->other_isn_known || p->state == STREAM_ST_SYN)
		choose_by_use(p, env, packet);
	if (!s->open || !peer->open)
		join(p, packet);
	uint32_t end = s->end, acked = peer->acked;
	uint64_t at_us = packet->seg->at_us;
	enum stream_verdict verdict = take_data(p, env, packet, option, ret_push);
	if (p->state == STREAM_ST_RESET) {
		// Octets of the other side may only have been under way.
		bool mine = packet->dir == (enum stream_dir)p->reset_by;
		bool moved = s->end != end || peer->acked != acked;
		if (!moved || (!mine && at_us < p->reset_us + STREAM_FLIGHT_US))
			return verdict;
		p->alive_after_reset = true;
	}
	settle_state(p);
	return verdict;
}

enum stream_verdict stream_pair_push(struct stream_pair *p, struct stream_env *env,
	const struct stream_packet *packet, unsigned *ret_push)
{
	struct stream_option option;

	*ret_push = 0;
	stream_option_read(packet->options, &option);
	if (!(packet->flags & SYN) && is_of_next(p, packet))
		return STREAM_APART;
	if (packet->flags & RST)
		return take_reset(p, env, packet);
	if (packet->flags & SYN)
		return take_syn(p, env, packet, &option, ret_push);
	if (!(packet->flags & ACK))
		return ignore(env, packet);
	return take_segment(p, env, packet, &option, ret_push);
}

bool stream_pair_is_over(const struct stream_pair *p)
{
	return p->state == STREAM_ST_RESET ||
		(p->side[STREAM_CLIENT].fin_seen && p->side[STREAM_SERVER].fin_seen);
}

bool stream_pair_is_half_over(const struct stream_pair *p)
{
	return p->state == STREAM_ST_CLOSING &&
		p->seen[STREAM_CLIENT] != p->seen[STREAM_SERVER];
}

static bool waits(const struct stream *s)
{
	return s->first != NULL || s->waiting != STREAM_WAITS_NOT;
}

bool stream_pair_waits(const struct stream_pair *p)
{
	return waits(&p->side[STREAM_CLIENT]) || waits(&p->side[STREAM_SERVER]);
}

void stream_pair_close(struct stream_pair *p)
{
	stream_close(&p->side[STREAM_CLIENT]);
	stream_close(&p->side[STREAM_SERVER]);
}

void stream_pair_relieve(struct stream_pair *p)
{
	stream_relieve(&p->side[STREAM_CLIENT]);
	stream_relieve(&p->side[STREAM_SERVER]);
}

void stream_pair_fini(struct stream_pair *p, struct stream_env *env)
{
	stream_fini(&p->side[STREAM_CLIENT], env);
	stream_fini(&p->side[STREAM_SERVER], env);
}
