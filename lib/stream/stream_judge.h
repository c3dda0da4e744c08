// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the receiver of a segment makes of it besides its place: what an onlooker can tell of the
// checks of RFC 9293 3.10.7.4, RFC 7323 and RFC 5961.

#include "stream_pair.h"

enum stream_judgement {
	STREAM_SOUND,
	STREAM_EARLY, // the window or what it acknowledges may only not have been seen yet
	STREAM_STALE, // its timestamp or what it acknowledges is too old, or nobody asked for its digest
};

enum stream_judgement stream_judge(const struct stream_pair *p,
	const struct stream_packet *packet, const struct stream_option *option);
// Whether what it acknowledges may be believed: nobody has read beyond the window that
// he advertised, unless we saw octets there. The FIN needs no window.
bool stream_judge_ack(const struct stream_pair *p, const struct stream_packet *packet);
// Remembers the window of a packet whose acknowledgement is believed. Of every such one, early ones too:
// behind a leg that is late all packets of the other one are early, and the window moves on with them.
void stream_judge_window(struct stream_pair *p, const struct stream_packet *packet);
// Remembers what a sound packet says of time.
void stream_judge_learn(struct stream_pair *p, const struct stream_packet *packet,
	const struct stream_option *option);
// Notes what a SYN that is followed offers.
void stream_judge_syn(struct stream_pair *p, const struct stream_packet *packet,
	const struct stream_option *option);
// Another SYN is followed than the one whose offers are known.
void stream_judge_forget(struct stream_pair *p);
