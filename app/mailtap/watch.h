// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Looks at the appliance once a second, whatever anybody asks: keeps the samples of the last
// minute, from which rates come, and lets the judge say what is wrong. The control thread calls
// watch_tick; any thread may read under the lock, which is held for moments only and is none of
// the data path's.

#include "app.h"
#include "judge.h"

#include <pthread.h>

#define WATCH_SAMPLES 64

_Static_assert(
	3 * CONF_INTERFACES_MAX <= JUDGE_PORTS_MAX, "a bond and its members are three");
_Static_assert(PLAN_LCORES_MAX <= JUDGE_LCORES_MAX, "every lcore has a place");

struct watch_reload { // what became of reloads; the control thread tells
	uint64_t count, failed;
	uint64_t last_us; // wall clock, 0: none yet
	bool last_failed;
	char text[JUDGE_TEXT]; // of the last one that failed
	char sha256
		[17]; // the front of the configuration's hash, "" when there is no file
};

struct watch {
	pthread_mutex_t lock;
	struct app *app;
	uint64_t due_us;
	// under the lock
	struct judge_sample samples[WATCH_SAMPLES];
	uint64_t count; // samples taken since the set of ports changed
	struct judge_port_name names[JUDGE_PORTS_MAX];
	char drivers[JUDGE_PORTS_MAX][32];
	uint32_t port_count;
	struct servers_view servers;
	struct hints_row hints[HINTS_KIND_COUNT][HINTS_MAX];
	uint32_t hint_count[HINTS_KIND_COUNT];
	struct judge judge;
	struct watch_reload reload;
	uint64_t midnight_us, mails_at_midnight; // of the day (UTC), or since the start
};

// NULL when there is no memory.
struct watch *watch_create(struct app *app);
void watch_destroy(struct watch *w);
// Takes a sample when a second has passed since the last one. Control thread only.
void watch_tick(struct watch *w);
// A reload ended, well or not; text says why not. Control thread.
void watch_note_reload(struct watch *w, bool well, const char *text);
// Reads the configuration file's hash anew. Control thread.
void watch_note_config(struct watch *w);

void watch_lock(struct watch *w);
void watch_unlock(struct watch *w);
// Under the lock. The newest sample, and the one so many seconds before it (or the first). There is
// always one.
const struct judge_sample *watch_now(const struct watch *w);
const struct judge_sample *watch_ago(const struct watch *w, uint32_t seconds);
// Per second over the last ten; 0 when there is no time between the samples.
uint64_t watch_rate(const struct watch *w, uint64_t now, uint64_t then);
uint64_t watch_counter_rate(const struct watch *w, enum stats_counter c);
