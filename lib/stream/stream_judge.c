// SPDX-License-Identifier: BSD-3-Clause
#include "stream_judge.h"

#include "stream_internal.h"

#define SYN 0x02
#define ACK 0x10

#define BOTH 3u

// A receiver forgets a timestamp that is so old: the numbers may have gone round (RFC 7323 5.5).
#define STAMP_AGE_US (24ull * 24 * 3600 * 1000000)

// Some drop it, some do not know the option.
static bool has_strange_digest(
	const struct stream_pair *p, const struct stream_option *option)
{
	return option->has_digest && p->syn_seen != 0 && p->digests == 0;
}

static bool is_stale(const struct stream_pair *p, const struct stream_packet *packet,
	const struct stream_option *option)
{
	const struct stream *s = &p->side[packet->dir];
	enum stream_dir other = (enum stream_dir)(STREAM_SERVER - packet->dir);
	const struct stream *peer = &p->side[other];

	// Clocks of two processors may differ by one.
	if (p->stamps == BOTH && option->has_stamp && s->recent_seen &&
		stream_before(option->stamp + 1, s->recent) &&
		packet->seg->at_us < p->last_us + STAMP_AGE_US)
		return true;
	if (!(packet->flags & ACK) || !peer->open)
		return false;
	uint32_t oldest = p->isn_known >> other & 1 ? p->isn[other] + 1
						    : peer->acked - STREAM_WINDOW;
	return stream_before(packet->ack, oldest) &&
		peer->acked - oldest < STREAM_GAP_END;
}

static bool is_early(const struct stream_pair *p, const struct stream_packet *packet)
{
	const struct stream *s = &p->side[packet->dir];
	const struct stream *peer = &p->side[STREAM_SERVER - packet->dir];

	if (s->edge_seen && packet->seg->len > 0 &&
		!stream_before(packet->seg->seq, s->edge))
		return true;
	// One beyond the end may be a FIN that we missed.
	return packet->flags & ACK && peer->open &&
		p->seen[STREAM_SERVER - packet->dir] &&
		stream_before(peer->end + 1, packet->ack);
}

enum stream_judgement stream_judge(const struct stream_pair *p,
	const struct stream_packet *packet, const struct stream_option *option)
{
	// Text on the first SYN is taken by who agreed to that before (RFC 7413), and acknowledged then.
	if (packet->flags & SYN)
		return packet->flags & ACK || packet->seg->len == 0 ? STREAM_SOUND
								    : STREAM_EARLY;
	if (has_strange_digest(p, option) || is_stale(p, packet, option))
		return STREAM_STALE;
	return is_early(p, packet) ? STREAM_EARLY : STREAM_SOUND;
}

bool stream_judge_ack(const struct stream_pair *p, const struct stream_packet *packet)
{
	const struct stream *peer = &p->side[STREAM_SERVER - packet->dir];

	return !peer->edge_seen ||
		!stream_before(stream_max(peer->edge, peer->end) + 1, packet->ack);
}

static uint8_t with(uint8_t set, enum stream_dir dir, bool holds)
{
	return (uint8_t)(holds ? set | 1u << dir : set & ~(1u << dir));
}

void stream_judge_syn(struct stream_pair *p, const struct stream_packet *packet,
	const struct stream_option *option)
{
	p->syn_seen = with(p->syn_seen, packet->dir, true);
	p->stamps = with(p->stamps, packet->dir, option->has_stamp);
	p->scaled = with(p->scaled, packet->dir, option->has_scale);
	p->digests = with(p->digests, packet->dir, option->has_digest);
	p->scale[packet->dir] = option->scale;
}

void stream_judge_forget(struct stream_pair *p)
{
	p->syn_seen = p->stamps = p->scaled = p->digests = 0;
	for (int d = 0; d < STREAM_DIR_COUNT; d++)
		p->side[d].edge_seen = p->side[d].recent_seen = false;
}

// The window is of the octets that the other side sends. Its end never moves back for a sender
// who was told more.
void stream_judge_window(struct stream_pair *p, const struct stream_packet *packet)
{
	struct stream *peer = &p->side[STREAM_SERVER - packet->dir];
	bool scales = p->scaled == BOTH && !(packet->flags & SYN);
	uint32_t edge = packet->ack +
		((uint32_t)packet->window << (scales ? p->scale[packet->dir] : 0));

	if (p->syn_seen != BOTH || !(packet->flags & ACK) || !peer->open)
		return;
	if (peer->edge_seen && !stream_before(peer->edge, edge))
		return;
	peer->edge = edge;
	peer->edge_seen = true;
}

void stream_judge_learn(struct stream_pair *p, const struct stream_packet *packet,
	const struct stream_option *option)
{
	struct stream *s = &p->side[packet->dir];

	if (p->stamps != BOTH || !option->has_stamp)
		return;
	// As RFC 7323 4.3 has it: not what stands behind octets that were not acknowledged.
	if (s->recent_seen &&
		(stream_before(s->acked, packet->seq) ||
			stream_before(option->stamp, s->recent)))
		return;
	s->recent = option->stamp;
	s->recent_seen = true;
}
