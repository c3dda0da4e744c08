// SPDX-License-Identifier: BSD-3-Clause

// What others may see of the writer, from any thread.

#include "writer_internal.h"

#include "mt_clock.h"

#define LOOKS_MAX 100

void writer_show_spool(struct writer *w)
{
	struct writer_seen *seen = &w->seen;
	uint32_t turn = atomic_load_explicit(&seen->turn, memory_order_relaxed);
	struct spool_status status;

	spool_status_get(w->spool, &status);
	atomic_store_explicit(&seen->turn, turn + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	seen->at_us = mt_clock_mono_us();
	seen->status = status;
	atomic_store_explicit(&seen->turn, turn + 2, memory_order_release);
}

uint64_t writer_status(const struct writer *w, struct spool_status *ret)
{
	const struct writer_seen *seen = &w->seen;
	uint64_t at_us = 0;

	// A copy takes far less than the time between two of them.
	for (int look = 0; look < LOOKS_MAX; look++) {
		uint32_t before = atomic_load_explicit(&seen->turn, memory_order_acquire);
		at_us = seen->at_us;
		*ret = seen->status;
		atomic_thread_fence(memory_order_acquire);
		if (before == atomic_load_explicit(&seen->turn, memory_order_relaxed) &&
			!(before & 1))
			break;
	}
	ret->trouble[sizeof(ret->trouble) - 1] = '\0';
	return at_us;
}

const struct stats_block *writer_stats(const struct writer *w)
{
	return &w->stats;
}

const struct recent *writer_recent(const struct writer *w)
{
	return &w->recent;
}

const struct stats_hist *writer_hist(const struct writer *w, enum writer_hist which)
{
	return &w->hists[which];
}
