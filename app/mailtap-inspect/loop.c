// SPDX-License-Identifier: BSD-3-Clause
#include "loop.h"

#include "child.h"
#include "status.h"

#include "mt_clock.h"
#include "mt_log.h"
#include "mt_notify.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#define STATUS_US 1000000
#define GRACE_US  5000000 // for programs to end when we are asked to
#define NAP_MS    1000
#define FDS       (1 + CONF_INSPECT_MAX * CONF_PARALLEL_MAX * CHILD_FDS)

struct run {
	struct loop *l;
	int signals;
	bool stop, reload;
	uint64_t stopped_us; // when it was asked for
	uint64_t status_us, watchdog_us; // last ones
};

int loop_catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static void stop(struct run *r, uint64_t now_us)
{
	if (r->stop)
		return;
	r->stop = true;
	r->stopped_us = now_us;
	for (uint32_t i = 0; i < r->l->count; i++)
		r->l->outputs[i].stopping = true;
}

static void read_signals(struct run *r, uint64_t now_us)
{
	struct signalfd_siginfo info;

	while (read(r->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGHUP) {
			mt_log(MT_LOG_INFO, "inspect", "stops: waiting for what runs");
			mt_notify_stopping();
			r->reload = false;
			stop(r, now_us);
		} else if (!r->stop && r->l->may_reload(r->l->ctx)) {
			mt_log(MT_LOG_INFO, "inspect",
				"begins anew with the changed configuration");
			mt_notify_reloading();
			r->reload = true;
			stop(r, now_us);
		}
	}
}

static void tell(struct run *r, uint64_t now_us)
{
	if (now_us - r->watchdog_us >= STATUS_US) {
		mt_notify_alive();
		r->watchdog_us = now_us;
		mt_log_settle(false);
	}
	if (now_us - r->status_us < STATUS_US)
		return;
	r->status_us = now_us;
	// A full disk is told by what matters more than a status.
	for (uint32_t i = 0; i < r->l->count; i++)
		status_store(&r->l->outputs[i], r->l->started_us, false);
}

static bool poll_outputs(struct run *r, uint64_t now_us)
{
	bool more = false;

	for (uint32_t i = 0; i < r->l->count; i++)
		more = output_poll(&r->l->outputs[i], now_us) || more;
	return more;
}

static bool is_over(const struct run *r, uint64_t now_us)
{
	bool idle = true;

	for (uint32_t i = 0; i < r->l->count; i++) {
		const struct output *o = &r->l->outputs[i];
		if (o->failed != 0)
			return true;
		idle = idle && output_is_idle(o, now_us);
	}
	if (r->stop)
		return idle || now_us - r->stopped_us >= GRACE_US;
	return r->l->once && idle;
}

static void wait_for(struct run *r, struct pollfd *fds, uint64_t now_us)
{
	uint64_t next = now_us + NAP_MS * 1000ULL;
	size_t count = 0;

	fds[count++] = (struct pollfd){.fd = r->signals, .events = POLLIN};
	for (uint32_t i = 0; i < r->l->count; i++) {
		const struct output *o = &r->l->outputs[i];
		uint64_t due = output_next_us(o);
		next = due < next ? due : next;
		count += o->kind->poll(o, fds + count, FDS - count);
	}
	// Rounded up, so that what is due is due after it.
	uint64_t ms = next > now_us ? (next - now_us + 999) / 1000 : 0;
	poll(fds, count, (int)ms);
}

static void go(struct run *r, struct pollfd *fds)
{
	for (;;) {
		uint64_t now_us = mt_clock_mono_us();
		read_signals(r, now_us);
		bool more = poll_outputs(r, now_us);
		tell(r, now_us);
		if (!more && is_over(r, now_us))
			return;
		if (!more)
			wait_for(r, fds, mt_clock_mono_us());
	}
}

// What is left undone, told for each output.
static int close_outputs(struct run *r)
{
	int code = 0;

	for (uint32_t i = 0; i < r->l->count; i++) {
		struct output *o = &r->l->outputs[i];
		bool left = o->pending.count > 0 || !(o->at_end || r->stop);
		if (left && code == 0 && r->l->once)
			code = EX_TEMPFAIL;
		if (o->pending.count > 0)
			mt_log(MT_LOG_INFO, "inspect",
				"%s: %zu mails without a verdict are kept for the next start",
				o->conf->name, o->pending.count);
		int failed = output_close(o);
		code = failed != 0 ? failed : code;
	}
	return code;
}

int loop_run(struct loop *l, int signals, bool *ret_reload)
{
	struct run r = {.l = l, .signals = signals};
	struct pollfd *fds = calloc(FDS, sizeof(*fds));

	if (fds == NULL)
		return EX_OSERR;
	mt_notify_ready();
	go(&r, fds);
	free(fds);
	for (uint32_t i = 0; i < l->count; i++)
		status_store(&l->outputs[i], l->started_us, true);
	int code = close_outputs(&r);
	*ret_reload = r.reload && code == 0;
	return code;
}
