// SPDX-License-Identifier: BSD-3-Clause
#include "control.h"

#include "boot.h"
#include "console.h"
#include "summary.h"
#include "test_hooks.h"
#include "watch.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#define LOOK_US     1000
#define PROGRESS_US 200000
#define AGAIN_US    1000000

static _Atomic bool asked_to_stop, asked_to_reload;

// Asked again, and not by the same keystroke: whoever asks does not want to wait for the rest.
// What was announced is on the disk; the next start tells what was cut off.
static void on_stop(int signal)
{
	static const char text[] =
		"mailtap: stopped at once; mails in hand were cut off\n";
	static _Atomic uint64_t first_us;
	uint64_t now_us = mt_clock_mono_us(), never = 0;

	(void)signal;
	atomic_store_explicit(&asked_to_stop, true, memory_order_relaxed);
	if (atomic_compare_exchange_strong(&first_us, &never, now_us) ||
		now_us - never < AGAIN_US)
		return;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(EX_IOERR);
	_exit(EX_TEMPFAIL);
}

static void on_reload(int signal)
{
	(void)signal;
	atomic_store_explicit(&asked_to_reload, true, memory_order_relaxed);
}

void control_stop(void)
{
	atomic_store_explicit(&asked_to_stop, true, memory_order_relaxed);
}

void control_catch_signals(void)
{
	struct sigaction stop = {.sa_handler = on_stop};
	struct sigaction hup = {.sa_handler = on_reload};

	sigemptyset(&stop.sa_mask);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigemptyset(&hup.sa_mask);
	sigaction(SIGHUP, &hup, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static bool stop_was_asked(void)
{
	return atomic_load_explicit(&asked_to_stop, memory_order_relaxed);
}

// --- the end, in the order of the data path

static bool rx_ended(const struct app *app)
{
	for (uint32_t i = 0; i < app->plan.rx_count; i++)
		if (atomic_load_explicit(&app->rx[i].state, memory_order_acquire) ==
			RX_READING)
			return false;
	return true;
}

static bool workers_finished(const struct app *app)
{
	for (uint32_t i = 0; i < app->plan.worker_count; i++)
		if (atomic_load_explicit(&app->workers[i].phase, memory_order_acquire) !=
			WORKER_FINISHED)
			return false;
	return true;
}

static void look_later(struct app *app)
{
	service_tick(app);
	usleep(LOOK_US);
}

static void drain(struct app *app)
{
	atomic_store_explicit(&app->stopping, true, memory_order_release);
	while (!rx_ended(app))
		look_later(app);
	atomic_store_explicit(&app->input_ended, true, memory_order_release);
	while (!workers_finished(app) || !writer_is_idle(app->writer))
		look_later(app);
	boot_join(app);
	service_tick(app);
	// What the writer had in hand at its last look is played, its content written, and the last
	// chunks go back to their workers.
	while (writer_poll(app->writer) > 0 || !writer_is_idle(app->writer))
		continue;
	for (uint32_t i = 0; i < app->plan.worker_count; i++)
		while (worker_poll(&app->workers[i]) > 0)
			continue;
}

// Drains, closes the spool, shows the summary. rc: what went wrong before, 0 for nothing.
static int finish(struct app *app, int rc, struct mt_error *error)
{
	struct stats_sum sum;
	struct mt_error trouble;

	if (app->reload != NULL)
		reload_stop(app->reload);
	drain(app);
	console_close();
	reload_destroy(app->reload);
	app->reload = NULL;
	// A port keeps packet buffers of its own until it is closed.
	while (app->port_count > 0)
		boot_close_port(app, &app->ports[--app->port_count]);
	while (app->member_count > 0)
		boot_close_member(app, &app->members[--app->member_count]);
	app_sum(app, &sum);
	bool balanced = stats_balanced(&sum, true);
	int code = writer_finish(app->writer, &sum, &trouble);
	app_sum(app, &sum);
	double seconds = (double)(mt_clock_mono_us() - app->started_us) / 1e6;
	if (app->args->command == ARGS_DEMO) {
		summary_print_mails(stdout, writer_recent(app->writer), 130);
		fputc('\n', stdout);
	}
	summary_print(stdout, &sum, balanced, seconds);
	fflush(stdout);
	if (rc == 0 && code != 0) {
		*error = trouble;
		return code;
	}
	if (rc == 0 && !balanced) {
		mt_error_set(
			error, 0, "the ledger does not balance: a fault of the program");
		return EX_SOFTWARE;
	}
	return rc;
}

// --- live ports

static void warn_if_sent(struct app *app)
{
	for (uint32_t i = 0; i < app->port_count; i++) {
		struct port_counts counts;
		port_counts_get(&app->ports[i].port, &counts);
		if (counts.sent > 0)
			mt_log(MT_LOG_ERROR, "port",
				"%s has sent %" PRIu64 " packets: a tap must not",
				app->ports[i].port.shown, counts.sent);
	}
}

// SIGHUP: eve.json was renamed, or the configuration changed; it does no harm to look at both.
static void reload(struct app *app)
{
	writer_reopen(app->writer);
	reload_ask(app->reload);
}

int control_run(struct app *app, struct mt_error *error)
{
	app->reload = reload_create(app);
	if (app->reload == NULL) {
		mt_error_set(error, 0, "no memory for the thread that reloads");
		return EX_OSERR;
	}
	boot_launch(app);
	boot_listen(app);
	mt_log(MT_LOG_INFO, "run", "capturing on %u ports with %u lcores; spool %s",
		app->port_count, app->plan.lcore_count, app->conf.spool);
	service_ready(app);
	while (!stop_was_asked()) {
		if (atomic_exchange_explicit(
			    &asked_to_reload, false, memory_order_relaxed))
			reload(app);
		watch_tick(app->watch);
		service_tick(app);
		TEST_HOOK(TEST_HOOKS_MAIN);
		usleep(20 * LOOK_US);
	}
	mt_log(MT_LOG_INFO, "run", "stopping");
	service_stopping(app);
	warn_if_sent(app);
	return finish(app, 0, error);
}

// --- capture files

static void show_progress(struct app *app, const char *name, uint64_t *next_us)
{
	uint64_t now_us = mt_clock_mono_us();
	struct stats_sum sum = {0};

	if (now_us < *next_us || !isatty(STDERR_FILENO))
		return;
	*next_us = now_us + PROGRESS_US;
	app_sum(app, &sum);
	fprintf(stderr,
		"\r\033[K%.40s  %" PRIu64 " packets  %" PRIu64 " mails  %.2f Gbit/s ",
		name, sum.counter[STATS_rx_packets], sum.counter[STATS_mail_begun],
		(double)sum.counter[STATS_rx_octets] * 8e-3 /
			(double)(now_us - app->started_us));
}

static void clear_progress(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static void wait_for_files(struct app *app, const char *name)
{
	uint64_t next_us = mt_clock_mono_us() + PROGRESS_US;

	while (!rx_ended(app)) {
		if (stop_was_asked())
			atomic_store_explicit(&app->stopping, true, memory_order_release);
		usleep(LOOK_US);
		watch_tick(app->watch);
		show_progress(app, name, &next_us);
	}
	clear_progress();
}

// Whether a file that was read was whole.
static int close_file(struct app *app, struct app_port *p, struct mt_error *error)
{
	struct port_counts counts;

	port_counts_get(&p->port, &counts);
	if (counts.errors > 0)
		mt_error_set(error, 0,
			"%s: the capture is damaged; what came before was processed",
			p->port.shown);
	boot_close_port(app, p);
	return counts.errors > 0 ? EX_DATAERR : 0;
}

static int open_file(
	struct app *app, const char *path, uint32_t nth, struct mt_error *error)
{
	struct conf_port conf = {.kind = CONF_PORT_PCAP};
	struct app_port *p = &app->ports[app->port_count];
	char bus_name[32];

	if (strlen(path) >= sizeof(conf.device)) {
		mt_error_set(error, 0, "%.60s...: the path is longer than %zu octets",
			path, sizeof(conf.device) - 1);
		return EX_NOINPUT;
	}
	memcpy(conf.device, path, strlen(path) + 1);
	snprintf(bus_name, sizeof(bus_name), "replay%u", nth);
	int rc = port_create(&p->port, &conf, bus_name, 1, error);
	if (rc == 0)
		rc = port_start(&p->port, app->pool, error);
	if (rc != 0) {
		port_close(&p->port);
		return rc;
	}
	p->iface = 0;
	app->port_count++;
	return 0;
}

// Reads the files from `first` on, `count` of them side by side.
static int read_files(struct app *app, int first, int count, struct mt_error *error)
{
	struct rx *rx = &app->rx[0];
	int rc = 0;

	for (int i = 0; i < count; i++) {
		rc = open_file(
			app, app->args->files[first + i], (uint32_t)(first + i), error);
		if (rc != 0)
			break;
		rx->sources[i] = (struct rx_source){.port = &app->ports[i].port};
	}
	if (rc == 0) {
		rx->source_count = (uint32_t)count;
		atomic_store_explicit(&rx->state, RX_READING, memory_order_release);
		wait_for_files(app, app->args->files[first]);
		atomic_store_explicit(&rx->state, RX_EMPTY, memory_order_release);
	}
	uint32_t opened = app->port_count;
	app->port_count = 0;
	for (uint32_t i = 0; i < opened; i++) {
		struct mt_error damage;
		int damaged = close_file(app, &app->ports[i], &damage);
		if (rc == 0 && damaged != 0) {
			rc = damaged;
			*error = damage;
		}
	}
	return rc;
}

int control_replay(struct app *app, struct mt_error *error)
{
	int step = app->args->legs ? 2 : 1, first_trouble = 0;

	boot_launch(app);
	for (int i = 0; i < app->args->file_count && !stop_was_asked(); i += step) {
		struct mt_error one;
		int rc = read_files(app, i, step, &one);
		if (rc == 0)
			continue;
		if (first_trouble == 0) {
			first_trouble = rc;
			*error = one;
		} else {
			mt_log(MT_LOG_ERROR, "replay", "%s", one.text);
		}
	}
	return finish(app, first_trouble, error);
}
