// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Role writer: plays the tapes of the workers back, hashes content, appends it to the log, makes
// batches durable and announces them. It owns the spool; nobody else writes there.

#include "live.h"
#include "recent.h"
#include "spool.h"
#include "stats.h"
#include "stats_hist.h"
#include "worker.h"

#include "mt_error.h"

struct signatures;

struct writer_settings {
	const struct conf *conf; // as it was at the start
	const struct live *live;
	struct worker *workers; // their rings, and how many connections each may have
	uint32_t worker_count;
	struct signatures *signatures; // to begin with, lent; NULL: none
	const char *eml; // folder for plain files, NULL for none
	bool lossless;
};

// name, unit, help
// clang-format off
#define WRITER_HIST_LIST(X) \
	X(commit_ms, "milliseconds", "from the beginning of a batch's sync until it was durable") \
	X(mail_octets, "octets", "of content, a mail") \
	X(batch_mails, "mails", "made durable together")
// clang-format on

enum writer_hist {
#define X(name, unit, help) WRITER_HIST_##name,
	WRITER_HIST_LIST(X)
#undef X
	WRITER_HIST_COUNT
};

struct writer;

// Opens the spool and recovers what a crash left. NULL and *ret_code with error text.
struct writer *writer_create(
	const struct writer_settings *settings, int *ret_code, struct mt_error *error);
// One bounded round. Returns how much was done, 0 for nothing.
unsigned writer_poll(void *ctx);
// Asks the writer to begin eve.json anew, because somebody renamed it. Any thread.
void writer_reopen(struct writer *w);
// Offers other signatures (NULL: none), lent until others are taken; and whether they are taken. One
// thread.
void writer_offer(struct writer *w, struct signatures *signatures);
bool writer_took(const struct writer *w, const struct signatures *signatures);
// Whether nothing is under way: every tape that arrived was played, nothing awaits the disk.
bool writer_is_idle(const struct writer *w);
// After the lcores have stopped: appends the stop record, makes everything durable, announces it
// and closes the spool. 0 or EX_IOERR with error text.
int writer_finish(struct writer *w, const struct stats_sum *sum, struct mt_error *error);
void writer_destroy(struct writer *w);

const struct stats_block *writer_stats(const struct writer *w);
const struct recent *writer_recent(const struct writer *w);
// A copy of the spool's figures, a fraction of a second old; returns when it was made (monotonic).
// Any thread.
uint64_t writer_status(const struct writer *w, struct spool_status *ret);
const struct stats_hist *writer_hist(const struct writer *w, enum writer_hist which);
// For control: which configuration the writer goes by.
const struct live_view *writer_view(const struct writer *w);
