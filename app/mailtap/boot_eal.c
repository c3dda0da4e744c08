// SPDX-License-Identifier: BSD-3-Clause
#include "boot_eal.h"

#include "port_intr.h"

#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>

#define WORDS_MAX 32

static bool eal_is_up;

static void find_cpus(struct app *app)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	for (uint32_t cpu = 0; cpu < CPU_SETSIZE && app->cpu_count < PLAN_LCORES_MAX;
		cpu++)
		if (CPU_ISSET(cpu, &set))
			app->cpus[app->cpu_count++] = cpu;
}

// (port, queue) pairs that will be polled.
static uint32_t count_sources(const struct app *app)
{
	uint32_t sources = 0;

	if (app->args->command != ARGS_RUN)
		return 1;
	for (uint32_t i = 0; i < app->conf.interface_count; i++) {
		const struct conf_interface *in = &app->conf.interfaces[i];
		sources += in->queues * (in->group == CONF_LEGS ? 2 : 1);
	}
	return sources;
}

static unsigned long free_hugepages(void)
{
	FILE *f = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");
	unsigned long n = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%lu", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

// Megabytes that pools, tables and rings need of EAL's memory, generously: without hugepages it
// is touched only as it is used.
static unsigned memory_mb(const struct app *app)
{
	uint64_t octets = (uint64_t)app->mbufs * 3072 +
		(uint64_t)app->conf.connections * 16 + (64ULL << 20);

	return (unsigned)(octets >> 20) + 128;
}

static bool has_cards(const struct app *app)
{
	for (uint32_t i = 0;
		app->args->command == ARGS_RUN && i < app->conf.interface_count; i++)
		for (int p = 0; p < app->conf.interfaces[i].port_count; p++)
			if (app->conf.interfaces[i].ports[p].kind == CONF_PORT_PCI)
				return true;
	return false;
}

// EAL keeps pointers to the words until the process ends, and moves them about in its array.
struct words {
	char *word[WORDS_MAX];
	char *owned[WORDS_MAX];
	int count;
};

static void add_word(struct words *w, const char *word)
{
	if (w->count == WORDS_MAX - 1)
		return;
	w->owned[w->count] = w->word[w->count] = strdup(word);
	w->count++;
}

static void make_words(const struct app *app, struct words *w)
{
	bool live = app->args->command == ARGS_RUN;
	char text[64 + CONF_NAME_SIZE];
	struct mt_buf lcores;

	mt_buf_init(&lcores, 65536);
	plan_lcores_text(&app->plan, app->cpus, app->cpu_count, &lcores);
	add_word(w, "mailtap");
	add_word(w, "--lcores");
	add_word(w, (const char *)lcores.ptr);
	mt_buf_fini(&lcores);
	// Hugepages where there are enough of them; a replay never needs them.
	if (live && free_hugepages() * 2 > memory_mb(app)) {
		add_word(w, "--in-memory");
	} else {
		add_word(w, "--no-huge");
		add_word(w, "--no-shconf");
		snprintf(text, sizeof(text), "%u", memory_mb(app));
		add_word(w, "-m");
		add_word(w, text);
	}
	if (!has_cards(app))
		add_word(w, "--no-pci");
	snprintf(text, sizeof(text), "--file-prefix=%s%s", app->conf.file_prefix,
		live ? "" : "-replay");
	add_word(w, text);
	// Our own messages say what an operator can do; of DPDK's only the grave ones are shown.
	add_word(w, app->args->verbose > 1 ? "--log-level=*:6" : "--log-level=*:2");
}

// rte_eal_cleanup unmaps DPDK's memory under the feet of its interrupt thread, which any late event
// makes look there once more: the thread is kept busy from then until the process ends.
static struct port_intr *rest;
static sem_t resting;

static void rest_for_good(void *ctx)
{
	sem_post(ctx);
	for (;;)
		sleep(1);
}

static void stop_interrupts(void)
{
	struct timespec until;

	port_intr_ask(rest);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	while (sem_timedwait(&resting, &until) != 0 && errno == EINTR)
		;
}

int boot_eal(struct app *app, struct mt_error *error)
{
	static struct words words;

	find_cpus(app);
	if (plan_make(&app->plan, &app->conf.cores, app->cpus, app->cpu_count,
		    count_sources(app), error) != 0)
		return EX_CONFIG;
	make_words(app, &words);
	int rc = rte_eal_init(words.count, words.word);
	if (rc < 0) {
		mt_error_set(error, 0, "DPDK does not start: %s (more with -vv)",
			rte_strerror(rte_errno));
		return EX_UNAVAILABLE;
	}
	eal_is_up = true;
	// Made now: later, the process may no longer ask for it.
	sem_init(&resting, 0, 0);
	rest = port_intr_create(rest_for_good, &resting);
	if (rest == NULL) {
		mt_error_set(error, 0, "DPDK's interrupts: %s", strerror(errno));
		return EX_UNAVAILABLE;
	}
	return 0;
}

void boot_eal_down(void)
{
	if (!eal_is_up)
		return;
	if (rest != NULL)
		stop_interrupts();
	rte_eal_cleanup();
	eal_is_up = false;
}
