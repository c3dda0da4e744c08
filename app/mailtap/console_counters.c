// SPDX-License-Identifier: BSD-3-Clause
#include "console_show.h"
#include "stats_kind.h"

// A snapshot taken while counters move may be uneven; the judge believes only what stays so.
static bool is_balanced(const struct console_ask *ask, struct stats_sum *sum)
{
	for (int look = 0; look < 3; look++) {
		if (stats_balanced(sum, false))
			return true;
		console_sum(ask, sum);
	}
	return !ask->watch->judge.troubles[JUDGE_ledger_open].active;
}

void console_ledger(const struct console_ask *ask, struct console_out *o)
{
	struct stats_sum sum;

	console_sum(ask, &sum);
	console_yes(o, "balanced", is_balanced(ask, &sum));
	for (enum stats_counter c = 0; c < STATS_COUNT; c++)
		console_u64(o, stats_name(c), sum.counter[c]);
}

void console_drops(const struct console_ask *ask, struct console_out *o)
{
	struct console_out one;
	struct stats_sum sum;

	console_sum(ask, &sum);
	for (enum stats_counter c = 0; c < STATS_COUNT; c++) {
		if (stats_kind(c) != STATS_KIND_LOSS)
			continue;
		if (!console_child_begin(&one))
			break;
		console_u64(&one, "count", sum.counter[c]);
		console_u64(&one, "per_s", watch_counter_rate(ask->watch, c));
		console_text(&one, "unit", stats_unit(c));
		console_text(&one, "help", stats_help(c));
		console_text(&one, "hint", stats_hint(c));
		console_child_give(o, stats_name(c), &one);
	}
}

static bool nth_counter(void *ctx, uint64_t nth, struct console_out *item)
{
	const struct stats_sum *sum = ctx;
	enum stats_counter c = (enum stats_counter)nth;
	enum stats_kind kind = stats_kind(c);

	console_text(item, "name", stats_name(c));
	console_text(item, "kind", kind == STATS_KIND_GAUGE ? "gauge" : "counter");
	console_yes(item, "loss", kind == STATS_KIND_LOSS);
	console_text(item, "unit", stats_unit(c));
	console_text(item, "help", stats_help(c));
	console_u64(item, "value", sum->counter[c]);
	return true;
}

void console_counters(const struct console_ask *ask, struct console_out *o)
{
	struct console_page page;
	struct stats_sum sum;

	if (!console_page_read(ask->params, &page)) {
		console_error(o, "counters: START[,COUNT] is wanted, or nothing");
		return;
	}
	console_sum(ask, &sum);
	console_page_write(o, &page, STATS_COUNT, nth_counter, &sum);
}

void console_odds(const struct console_ask *ask, struct console_out *o)
{
	struct stats_sum sum;

	console_sum(ask, &sum);
	for (enum mt_odd odd = 0; odd < MT_ODD_COUNT; odd++)
		console_u64(o, mt_odd_name(odd), sum.odd[odd]);
}
