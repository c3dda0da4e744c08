// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The mails that an output has taken from the log and has no final verdict for: running, ready,
// or deferred to a later try. At most PENDING_MAX; when it is full the rest waits in the log,
// which is the queue. It says who is next and when; it knows no files and no programs.

#include "spool_entry.h"

#include "mt_id.h"

#include <sys/queue.h>

#define PENDING_MAX 1024

struct pending_mail {
	TAILQ_ENTRY(pending_mail) link;
	struct mt_id id;
	struct spool_position at;
	uint64_t since_us; // wall clock when it was taken from the log
	uint64_t due_us; // monotonic clock: no try before it
	uint32_t tries; // that ended without a final verdict
	bool running;
};
TAILQ_HEAD(pending_mails, pending_mail);

struct pending {
	struct pending_mail *slots;
	struct pending_mails mails; // in log order
	struct pending_mails unused;
	size_t count, running, deferred; // deferred: tried before, not running
};

int pending_init(struct pending *p); // 0 or -ENOMEM
void pending_fini(struct pending *p);
static inline bool pending_is_full(const struct pending *p)
{
	return p->count == PENDING_MAX;
}
// A mail that is due at once; NULL when it is full. Lent until pending_remove.
struct pending_mail *pending_add(struct pending *p, const struct mt_id *id,
	const struct spool_position *at, uint64_t since_us);
void pending_remove(struct pending *p, struct pending_mail *m);
// The first in log order that is not running and due; NULL when there is none.
struct pending_mail *pending_due(const struct pending *p, uint64_t now_us);
// When the next one that is not running becomes due; UINT64_MAX: none is there.
uint64_t pending_next_us(const struct pending *p);
void pending_run(struct pending *p, struct pending_mail *m);
// A try ended without a final verdict: the next one is due at due_us.
void pending_defer(struct pending *p, struct pending_mail *m, uint64_t due_us);
// A try was broken off by us and does not count.
void pending_release(struct pending *p, struct pending_mail *m);
// Sets what a cursor says of a mail that was just added.
void pending_resume(
	struct pending *p, struct pending_mail *m, uint32_t tries, uint64_t due_us);

// Microseconds until the next try after `tries` tries: first, doubled each time up to most, and
// of that a share from a half to the whole by `random`, so that mails do not come back together.
uint64_t pending_delay_us(
	uint64_t first_us, uint64_t most_us, uint32_t tries, uint32_t random);
