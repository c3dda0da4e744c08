// SPDX-License-Identifier: BSD-3-Clause
#include "console_show.h"

#include <stdio.h>

#define DAY_S 86400

static const struct {
	const char *name, *unit, *help;
} hists[WRITER_HIST_COUNT] = {
#define X(name, unit, help) [WRITER_HIST_##name] = {#name, unit, help},
	WRITER_HIST_LIST(X)
#undef X
};

// At the rate of the last minute: 0 when nothing is written.
static uint64_t days_left_x10(const struct watch *w, uint64_t free_octets)
{
	const struct judge_sample *now = watch_now(w), *then = watch_ago(w, 60);
	uint64_t us = now->at_us - then->at_us;
	uint64_t octets = now->sum.counter[STATS_writer_octets] -
		then->sum.counter[STATS_writer_octets];

	if (us == 0 || octets == 0)
		return 0;
	unsigned __int128 left = (unsigned __int128)free_octets * us / octets;
	uint64_t days = (uint64_t)(left / (1000000ULL * DAY_S / 10));
	// "Full within hours" is not "unknown".
	return days > 0 ? days : 1;
}

void console_spool(const struct console_ask *ask, struct console_out *o)
{
	struct spool_status s;

	writer_status(ask->app->writer, &s);
	console_text(o, "directory", ask->app->conf.spool);
	console_u64(o, "segment", s.segment);
	console_u64(o, "offset", s.offset);
	console_u64(o, "segments", s.segments);
	console_u64(o, "octets", s.octets);
	console_u64(o, "free", s.free);
	console_u64(o, "total", s.total);
	console_time(o, "oldest", s.oldest_us);
	console_u64(o, "announced", s.announced);
	console_u64(o, "unannounced", s.unannounced);
	console_u64(o, "open_mails", s.open_mails);
	console_u64(o, "commits", s.commits);
	console_u64(o, "records", s.records);
	console_u64(o, "aborts", s.aborts);
	console_u64(o, "lost", s.lost);
	console_yes(o, "degraded", s.degraded);
	console_text(o, "trouble", s.trouble);
	console_u64(o, "octets_s", watch_counter_rate(ask->watch, STATS_writer_octets));
	console_u64(o, "days_left_x10", days_left_x10(ask->watch, s.free));
	console_u64(o, "held", ask->held);
	console_u64(o, "retention_dropped_segments", s.expired_segments);
	console_u64(o, "retention_dropped_mails", s.expired_mails);
}

static int find_hist(const char *name)
{
	for (int i = 0; name != NULL && i < WRITER_HIST_COUNT; i++)
		if (strcmp(hists[i].name, name) == 0)
			return i;
	return -1;
}

static void name_bounds(struct console_out *o, const struct stats_hist_view *view)
{
	static const struct {
		const char *key;
		uint32_t ppm;
	} shares[] = {{"p50", 500000}, {"p90", 900000}, {"p99", 990000}};

	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++)
		console_u64(o, shares[i].key, stats_hist_bound(view, shares[i].ppm));
}

void console_hist(const struct console_ask *ask, struct console_out *o)
{
	int which = find_hist(ask->params);
	struct stats_hist_view view = {{0}};
	struct console_out le;
	uint64_t below = 0;
	char key[24];

	if (which < 0) {
		console_error(o, "hist: commit_ms, mail_octets or batch_mails is wanted");
		return;
	}
	stats_hist_get(writer_hist(ask->app->writer, (enum writer_hist)which), &view);
	console_text(o, "unit", hists[which].unit);
	console_text(o, "help", hists[which].help);
	console_u64(o, "count", view.count);
	console_u64(o, "sum", view.sum);
	name_bounds(o, &view);
	if (!console_child_begin(&le))
		return;
	for (uint32_t i = 0; i + 1 < STATS_HIST_BUCKETS; i++) {
		below += view.bucket[i];
		snprintf(key, sizeof(key), "%llu", 1ULL << i);
		console_u64(&le, key, below);
	}
	console_u64(&le, "inf", view.count);
	console_child_give(o, "le", &le);
}
