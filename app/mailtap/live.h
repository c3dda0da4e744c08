// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The configuration that the roles go by. A reload makes a new set and publishes it; each role
// takes it at the start of a poll and says so. Only when all have is the old one's place used
// again, so no role ever sees a set change under its hands, and none ever waits.

#include "conf.h"

#include <stdatomic.h>

struct live_set {
	struct conf conf;
	// Addresses and ports that earlier sets had as well: their connections are followed to the
	// end, so rx must let them through. The workers begin new ones by conf alone.
	struct conf wide;
	bool is_wide;
	uint32_t selection; // grows whenever registered, ports or smtp.capture change
};

struct live {
	struct live_set sets[2];
	_Atomic(const struct live_set *) now; // workers and writer
	// rx follows when all of these have taken a set: it must not pass on what they would refuse.
	_Atomic(const struct live_set *) rx_now;
};

// One role's side of it.
struct live_view {
	_Atomic(const struct live_set *) const *from; // now or rx_now
	const struct live_set *set; // in use: the role's own
	_Atomic(const struct live_set *) seen; // the same, for control to look at
};

// The first set, before any view is made.
void live_init(struct live *live, const struct conf *conf);
void live_view_init(struct live_view *v, _Atomic(const struct live_set *) const *from);

// Called by the role: true when a new set is there, in v->set. The role gives up every pointer
// into the old one, and then says so with live_taken.
static inline bool live_look(struct live_view *v)
{
	const struct live_set *now = atomic_load_explicit(v->from, memory_order_acquire);

	if (now == v->set)
		return false;
	v->set = now;
	return true;
}
void live_taken(struct live_view *v);

// The three steps of a change, made by one thread at a time: publish, and when every view of `now`
// has taken it, publish to rx, and when these have, too, the change is done and another may begin.
// keep_wide: earlier selections still have connections.
void live_publish(struct live *live, const struct conf *conf, bool keep_wide);
void live_publish_rx(struct live *live);
// Whether this view has taken what was published to it.
bool live_is_taken(const struct live_view *v);
