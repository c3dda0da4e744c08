// SPDX-License-Identifier: BSD-3-Clause
#include "live.h"

#include <string.h>

void live_init(struct live *live, const struct conf *conf)
{
	live->sets[0] = (struct live_set){.conf = *conf};
	atomic_init(&live->now, &live->sets[0]);
	atomic_init(&live->rx_now, &live->sets[0]);
}

void live_view_init(struct live_view *v, _Atomic(const struct live_set *) const *from)
{
	v->from = from;
	v->set = atomic_load_explicit(from, memory_order_acquire);
	atomic_init(&v->seen, v->set);
}

void live_taken(struct live_view *v)
{
	atomic_store_explicit(&v->seen, v->set, memory_order_release);
}

bool live_is_taken(const struct live_view *v)
{
	return atomic_load_explicit(&v->seen, memory_order_acquire) ==
		atomic_load_explicit(v->from, memory_order_relaxed);
}

static bool selects_the_same(const struct conf *a, const struct conf *b)
{
	return a->registered_count == b->registered_count &&
		memcmp(a->registered, b->registered, sizeof(a->registered)) == 0 &&
		memcmp(a->watched, b->watched, sizeof(a->watched)) == 0 &&
		a->capture == b->capture;
}

static void widen(struct conf *wide, const struct conf *by)
{
	for (size_t i = 0; i < sizeof(wide->watched) / sizeof(wide->watched[0]); i++)
		wide->watched[i] |= by->watched[i];
	conf_register(wide, by);
}

void live_publish(struct live *live, const struct conf *conf, bool keep_wide)
{
	const struct live_set *now =
		atomic_load_explicit(&live->now, memory_order_relaxed);
	struct live_set *next = now == &live->sets[0] ? &live->sets[1] : &live->sets[0];
	bool same = selects_the_same(&now->conf, conf);

	next->conf = *conf;
	next->selection = now->selection + (same ? 0 : 1);
	next->is_wide = !same || (now->is_wide && keep_wide);
	if (next->is_wide) {
		next->wide = *conf;
		widen(&next->wide, &now->conf);
		if (now->is_wide)
			widen(&next->wide, &now->wide);
	}
	atomic_store_explicit(&live->now, next, memory_order_release);
}

void live_publish_rx(struct live *live)
{
	const struct live_set *now =
		atomic_load_explicit(&live->now, memory_order_relaxed);

	atomic_store_explicit(&live->rx_now, now, memory_order_release);
}
