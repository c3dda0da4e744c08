// SPDX-License-Identifier: BSD-3-Clause
#include "reload.h"

#include "app.h"
#include "settings.h"
#include "watch.h"

#include "mt_clock.h"
#include "mt_log.h"
#include "mt_notify.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOOK_US     100
// Roles take a set within microseconds; one that does not for so long hangs.
#define PATIENCE_US 10000000
#define TEXT_MAX    8192
#define FAULTS_MAX  (1u << 16)

struct reload {
	struct app *app;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t asked_more, done_more;
	uint64_t asked, done; // reloads, by number
	bool stop;
	struct reload_result last;
	struct conf file, next; // of the thread alone
};

// --- publishing

static bool wait_for(const struct live_view *v)
{
	uint64_t until = mt_clock_mono_us() + PATIENCE_US;

	while (!live_is_taken(v)) {
		if (mt_clock_mono_us() > until)
			return false;
		usleep(LOOK_US);
	}
	return true;
}

static bool workers_took(const struct app *app)
{
	for (uint32_t i = 0; i < app->plan.worker_count; i++)
		if (!wait_for(&app->workers[i].view))
			return false;
	return wait_for(writer_view(app->writer));
}

static bool rx_took(const struct app *app)
{
	for (uint32_t i = 0; i < app->plan.rx_count; i++)
		if (!wait_for(&app->rx[i].view))
			return false;
	return true;
}

static bool publish(struct app *app, const struct conf *conf, bool keep_wide)
{
	// The change before this one may be half taken by a role that hung then.
	if (!workers_took(app) || !rx_took(app))
		return false;
	live_publish(&app->live, conf, keep_wide);
	if (!workers_took(app))
		return false;
	live_publish_rx(&app->live);
	return rx_took(app);
}

// Once the last connection of an earlier selection has ended, rx need not let its packets through.
static void narrow(struct reload *r)
{
	const struct live_set *now =
		atomic_load_explicit(&r->app->live.now, memory_order_relaxed);
	struct stats_sum sum;

	if (!now->is_wide)
		return;
	app_sum_roles(r->app, &sum);
	if (sum.counter[STATS_conn_left] > 0)
		return;
	r->next = now->conf;
	publish(r->app, &r->next, false);
}

// --- one reload

static void tell_changes(
	struct reload *r, const struct conf *now, char *text, size_t size)
{
	struct mt_buf live, restart;

	mt_buf_init(&live, TEXT_MAX);
	mt_buf_init(&restart, TEXT_MAX);
	size_t changed = conf_changed(now, &r->file, true, &live);
	size_t waiting = conf_changed(&r->app->conf, &r->file, false, &restart);
	snprintf(text, size, "%s%.*s%s%.*s",
		changed > 0 ? "changed: " : "nothing changed", (int)live.len,
		(const char *)live.ptr, waiting > 0 ? "; a restart is needed for: " : "",
		(int)restart.len, (const char *)restart.ptr);
	mt_buf_fini(&live);
	mt_buf_fini(&restart);
}

// Files that the process may not open any more: what it confined itself to was decided at the start.
static bool are_allowed(const struct reload *r, char *text, size_t size)
{
	const struct conf_paths *paths = &r->next.signatures;

	for (uint32_t i = 0; i < paths->count; i++) {
		if (confine_allows(r->app->confine, paths->path[i], CONFINE_READ))
			continue;
		snprintf(text, size,
			"scan.signatures: %s was not configured at the start: restart mailtap",
			paths->path[i]);
		return false;
	}
	return true;
}

// Before anything is published: a broken signature refuses the whole reload. False with text.
static bool load_signatures(
	struct reload *r, struct signatures **ret, char *text, size_t size)
{
	struct mt_buf faults;

	mt_buf_init(&faults, FAULTS_MAX);
	*ret = signatures_load(&r->next, r->app->conf.spool, &faults);
	bool well = faults.len == 0;
	if (!well)
		snprintf(text, size, "%.*s", (int)span_find(mt_buf_span(&faults), '\n'),
			(const char *)faults.ptr);
	mt_buf_fini(&faults);
	return well;
}

// Mails in flight finish with what they began with, so the old ones can go at once.
static bool swap_signatures(struct reload *r, struct signatures *next)
{
	struct app *app = r->app;
	uint64_t until = mt_clock_mono_us() + PATIENCE_US;

	writer_offer(app->writer, next);
	while (!writer_took(app->writer, next)) {
		if (mt_clock_mono_us() > until)
			return false;
		usleep(LOOK_US);
	}
	pthread_mutex_lock(&r->lock);
	struct signatures *old = app->signatures;
	app->signatures = next;
	pthread_mutex_unlock(&r->lock);
	signatures_free(old);
	return true;
}

static int take(struct reload *r, char *text, size_t size)
{
	const struct live_set *now =
		atomic_load_explicit(&r->app->live.now, memory_order_relaxed);
	struct signatures *signatures;
	struct mt_error error;

	int rc = settings_read(r->app->args, &r->file, &error);
	if (rc == 0) {
		r->next = now->conf;
		conf_take_live(&r->next, &r->file);
		rc = conf_check(&r->next, false, &error);
	}
	if (rc != 0) {
		snprintf(text, size, "%s", error.text);
		return rc;
	}
	if (!are_allowed(r, text, size) || !load_signatures(r, &signatures, text, size))
		return -EINVAL;
	tell_changes(r, &now->conf, text, size);
	if (!publish(r->app, &r->next, true) || !swap_signatures(r, signatures)) {
		snprintf(text, size, "an lcore hangs: restart mailtap");
		return -EBUSY;
	}
	settings_set_log_level(r->app->args, &r->next);
	return 0;
}

static void run_once(struct reload *r)
{
	struct reload_result result = {.at_us = mt_clock_wall_us()};

	mt_notify_reloading();
	result.ok = take(r, result.text, sizeof(result.text)) == 0;
	mt_notify_ready();
	if (result.ok)
		mt_log(MT_LOG_INFO, "reload", "%s", result.text);
	else
		mt_log(MT_LOG_ERROR, "reload", "refused, what ran before goes on: %s",
			result.text);
	pthread_mutex_lock(&r->lock);
	result.tried = r->last.tried + 1;
	result.failed = r->last.failed + !result.ok;
	r->last = result;
	pthread_mutex_unlock(&r->lock);
	watch_note_reload(r->app->watch, result.ok, result.text);
}

// --- the thread

static void wait_a_second(struct reload *r)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec++;
	pthread_cond_timedwait(&r->asked_more, &r->lock, &until);
}

static void *thread_main(void *ctx)
{
	struct reload *r = ctx;

	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		// One run answers everybody who asked before it began.
		uint64_t ticket = r->asked;
		bool wanted = ticket != r->done;
		pthread_mutex_unlock(&r->lock);
		if (wanted)
			run_once(r);
		narrow(r);
		pthread_mutex_lock(&r->lock);
		r->done = ticket;
		if (wanted)
			pthread_cond_broadcast(&r->done_more);
		else if (!r->stop)
			wait_a_second(r);
	}
	pthread_cond_broadcast(&r->done_more);
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

struct reload *reload_create(struct app *app)
{
	struct reload *r = calloc(1, sizeof(*r));
	pthread_condattr_t monotonic;

	if (r == NULL)
		return NULL;
	r->app = app;
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&r->asked_more, &monotonic);
	pthread_cond_init(&r->done_more, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&r->thread, NULL, thread_main, r) == 0)
		return r;
	free(r);
	return NULL;
}

void reload_stop(struct reload *r)
{
	pthread_mutex_lock(&r->lock);
	bool runs = !r->stop;
	r->stop = true;
	pthread_cond_broadcast(&r->asked_more);
	pthread_mutex_unlock(&r->lock);
	if (runs)
		pthread_join(r->thread, NULL);
}

void reload_destroy(struct reload *r)
{
	if (r == NULL)
		return;
	reload_stop(r);
	pthread_cond_destroy(&r->asked_more);
	pthread_cond_destroy(&r->done_more);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static uint64_t ask(struct reload *r)
{
	pthread_cond_signal(&r->asked_more);
	return ++r->asked;
}

void reload_ask(struct reload *r)
{
	pthread_mutex_lock(&r->lock);
	ask(r);
	pthread_mutex_unlock(&r->lock);
}

void reload_now(struct reload *r, struct reload_result *ret)
{
	pthread_mutex_lock(&r->lock);
	uint64_t ticket = ask(r);
	while (r->done < ticket && !r->stop)
		pthread_cond_wait(&r->done_more, &r->lock);
	*ret = r->last;
	if (r->done < ticket) {
		ret->ok = false;
		snprintf(ret->text, sizeof(ret->text), "mailtap is stopping");
	}
	pthread_mutex_unlock(&r->lock);
}

void reload_look(struct reload *r,
	void (*look)(void *ctx, const struct signatures *signatures), void *ctx)
{
	pthread_mutex_lock(&r->lock);
	look(ctx, r->app->signatures);
	pthread_mutex_unlock(&r->lock);
}

void reload_last(struct reload *r, struct reload_result *ret)
{
	pthread_mutex_lock(&r->lock);
	*ret = r->last;
	pthread_mutex_unlock(&r->lock);
}
