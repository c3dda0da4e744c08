// SPDX-License-Identifier: BSD-3-Clause
#include "service.h"

#include "app.h"

#include "mt_clock.h"
#include "mt_log.h"
#include "mt_notify.h"

#include <inttypes.h>
#include <stdio.h>

#define LOOK_MAX_US 5000000
#define STATUS_US   10000000

// Every round of an lcore accounts for its cycles, so these figures move as long as it does.
static uint64_t rounds_of(const struct lcore *l)
{
	return atomic_load_explicit(
		       &l->stats.counter[STATS_busy_cycles], memory_order_relaxed) +
		atomic_load_explicit(
			&l->stats.counter[STATS_idle_cycles], memory_order_relaxed);
}

static void name_roles(const struct lcore *l, char *ret, size_t size)
{
	static const char *const names[] = {
		[PLAN_RX] = "rx", [PLAN_WORKER] = "worker", [PLAN_WRITER] = "writer"};
	size_t len = 0;

	ret[0] = '\0';
	for (uint32_t r = 0; r < l->role_count && len < size; r++)
		len += (size_t)snprintf(ret + len, size - len, "%s%s", r > 0 ? ", " : "",
			names[l->roles[r].kind]);
}

static void note_rounds(struct app *app)
{
	for (uint32_t i = 0; i < app->plan.lcore_count; i++)
		app->service.rounds[i] = rounds_of(&app->lcores[i]);
}

// Whether every lcore has gone round since the last look.
static bool all_move(struct app *app)
{
	struct service *s = &app->service;
	bool all = true;

	for (uint32_t i = 0; app->launched && i < app->plan.lcore_count; i++) {
		uint64_t rounds = rounds_of(&app->lcores[i]);
		if (rounds == s->rounds[i]) {
			char roles[64];
			name_roles(&app->lcores[i], roles, sizeof(roles));
			if (!s->stuck)
				mt_log(MT_LOG_ERROR, "service",
					"the core of CPU %u (%s) does not move any more",
					app->lcores[i].cpu, roles);
			all = false;
		}
		s->rounds[i] = rounds;
	}
	if (all && s->stuck)
		mt_log(MT_LOG_INFO, "service", "all cores move again");
	s->stuck = !all;
	return all;
}

static uint64_t look_period(void)
{
	uint64_t period = mt_notify_watchdog_us() / 4;

	return period == 0 || period > LOOK_MAX_US ? LOOK_MAX_US : period;
}

static void say_status(struct app *app)
{
	struct stats_sum sum = {0};

	app_sum(app, &sum);
	mt_notify_status("capturing on %u ports: %" PRIu64 " mails, %" PRIu64
			 " complete; %" PRIu64 " connections open",
		app->port_count, sum.counter[STATS_mail_begun],
		sum.counter[STATS_mail_complete], sum.counter[STATS_conn_open]);
}

void service_ready(struct app *app)
{
	uint64_t now_us = mt_clock_mono_us();

	note_rounds(app);
	app->service.look_us = now_us + look_period();
	app->service.status_us = now_us + STATUS_US;
	say_status(app);
	mt_notify_ready();
	mt_notify_alive();
}

void service_tick(struct app *app)
{
	struct service *s = &app->service;
	uint64_t now_us = mt_clock_mono_us();

	if (now_us < s->look_us)
		return;
	bool first = s->look_us == 0;
	s->look_us = now_us + look_period();
	mt_log_settle(false);
	// Of the first look nothing can be said yet.
	if (first)
		note_rounds(app);
	else if (all_move(app))
		mt_notify_alive();
	if (mt_notify_is_open() && now_us >= s->status_us && app->launched) {
		s->status_us = now_us + STATUS_US;
		say_status(app);
	}
}

void service_stopping(struct app *app)
{
	mt_notify_stopping();
	mt_notify_status("stopping: what is in hand goes to the spool");
	service_tick(app);
}
