// SPDX-License-Identifier: BSD-3-Clause
#include "syncer.h"

#include "spool.h"
#include "test_hooks.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <rte_lcore.h>

struct syncer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct spool_job *todo; // under lock
	bool quit; // under lock
	bool busy; // writer only
	_Atomic(struct spool_job *) done;
};

static void *run(void *ctx)
{
	struct syncer *s = ctx;

	for (;;) {
		pthread_mutex_lock(&s->lock);
		while (s->todo == NULL && !s->quit)
			pthread_cond_wait(&s->wake, &s->lock);
		struct spool_job *job = s->todo;
		s->todo = NULL;
		pthread_mutex_unlock(&s->lock);
		if (job == NULL)
			return NULL;
		TEST_HOOK(TEST_HOOKS_SYNCER);
		spool_sync_run(job);
		atomic_store_explicit(&s->done, job, memory_order_release);
	}
}

struct syncer *syncer_create(void)
{
	struct syncer *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	// A control thread of DPDK: kept off the CPUs of the lcores where there are others.
	if (rte_ctrl_thread_create(&s->thread, "mailtap-sync", NULL, run, s) == 0)
		return s;
	free(s);
	return NULL;
}

void syncer_destroy(struct syncer *s)
{
	if (s == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	s->quit = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void syncer_start(struct syncer *s, struct spool_job *job)
{
	s->busy = true;
	pthread_mutex_lock(&s->lock);
	s->todo = job;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

struct spool_job *syncer_take(struct syncer *s)
{
	struct spool_job *job = atomic_load_explicit(&s->done, memory_order_acquire);

	if (job == NULL)
		return NULL;
	atomic_store_explicit(&s->done, NULL, memory_order_relaxed);
	s->busy = false;
	return job;
}

bool syncer_is_busy(const struct syncer *s)
{
	return s->busy;
}
