// SPDX-License-Identifier: BSD-3-Clause

// Between packets and streams: what of a frame is a segment, and whose TCP receives it.

#include "conn.h"

_Static_assert((int)CONF_STACK_LINUX == (int)STREAM_STACK_LINUX &&
		(int)CONF_STACK_WINDOWS == (int)STREAM_STACK_WINDOWS &&
		(int)CONF_STACK_BSD == (int)STREAM_STACK_BSD &&
		(int)CONF_STACK_FIRST == (int)STREAM_STACK_FIRST &&
		(int)CONF_STACK_LAST == (int)STREAM_STACK_LAST,
	"the configuration names the stacks of the streams");

void conn_set_stacks(struct conn *c)
{
	const struct conf *conf = c->worker->conf;
	const struct packet_addr *ends[STREAM_DIR_COUNT] = {
		[STREAM_CLIENT] = c->client_low ? &c->key.high : &c->key.low,
		[STREAM_SERVER] = c->client_low ? &c->key.low : &c->key.high,
	};

	for (enum stream_dir d = STREAM_CLIENT; d < STREAM_DIR_COUNT; d++)
		if (conf_is_registered(conf, ends[d]->octet))
			stream_set_stack(&c->pair.side[d],
				(enum stream_stack)conf_stack_of(conf, ends[d]->octet));
}

enum stream_verdict conn_push(struct conn *c, struct rte_mbuf *m, unsigned *ret_push)
{
	struct worker *w = c->worker;
	struct packet_meta *meta = packet_meta_of(m);
	const struct packet *p = &meta->packet;
	struct packet kept_packet;
	uint8_t kept_options[PACKET_OPTIONS_MAX];
	struct span options = span_make(
		rte_pktmbuf_mtod_offset(m, const uint8_t *, p->payload_at - p->options),
		p->options);
	// The first buffer may be released before the last one is looked at.
	if (m->next != NULL) {
		kept_packet = *p;
		p = &kept_packet;
		memcpy(kept_options, options.ptr, options.len);
		options.ptr = kept_options;
	}
	struct stream_packet packet = {
		.dir = conn_dir(c, meta),
		.seq = p->seq,
		.ack = p->ack,
		.window = p->window,
		.urgent = p->urgent,
		.options = options,
	};
	uint32_t left = p->captured_len, at = p->payload_at, done = 0;
	enum stream_verdict verdict = STREAM_TAKEN;
	uint8_t flags = p->flags;
	uint64_t at_us = meta->at_us;
	bool doubtful = meta->doubtful; // copies of its fragments differed
	uint16_t buffers = m->nb_segs;

	*ret_push = 0;
	while (m != NULL) {
		struct rte_mbuf *rest = m->next;
		uint32_t here = rte_pktmbuf_data_len(m);
		uint32_t len = here > at ? here - at : 0;
		bool last = rest == NULL || len >= left;
		struct stream_seg *seg = &packet_meta_of(m)->seg;
		if (len > left)
			len = left;
		*seg = (struct stream_seg){
			.ptr = rte_pktmbuf_mtod_offset(
				m, const uint8_t *, at < here ? at : 0),
			.len = len,
			.seq = p->seq + done + (p->flags & PACKET_SYN ? 1 : 0),
			.ack = p->ack,
			.has_ack = p->flags & PACKET_ACK,
			.at_us = at_us,
			.number = w->number,
			.differs = doubtful,
		};
		packet.seg = seg;
		packet.seq = p->seq + done;
		packet.missing = last ? p->payload_len - p->captured_len : 0;
		// SYN and the urgent pointer belong to the first octets, FIN to the last ones.
		packet.flags =
			(uint8_t)(flags & ~(done > 0 ? PACKET_SYN | PACKET_URG : 0) &
				~(last ? 0 : PACKET_FIN));
		unsigned push;
		enum stream_verdict v;
		m->next = NULL;
		m->nb_segs = 1;
		v = stream_pair_push(&c->pair, &w->stream, &packet, &push);
		if ((v == STREAM_REUSED || v == STREAM_APART) && done == 0) {
			m->next = rest;
			m->nb_segs = buffers;
			return v;
		}
		// Only the end of a frame lies where the next connection would be.
		if (v == STREAM_APART) {
			w->freed_local++;
			rte_pktmbuf_free_seg(m);
		}
		if (done == 0)
			verdict = v;
		*ret_push |= push;
		done += len;
		left -= len;
		at = at > here ? at - here : 0;
		m = rest;
	}
	return verdict;
}
