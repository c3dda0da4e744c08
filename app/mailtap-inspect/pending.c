// SPDX-License-Identifier: BSD-3-Clause
#include "pending.h"

#include "mt_assert.h"

#include <errno.h>
#include <stdlib.h>

int pending_init(struct pending *p)
{
	*p = (struct pending){.slots = calloc(PENDING_MAX, sizeof(*p->slots))};
	if (p->slots == NULL)
		return -ENOMEM;
	TAILQ_INIT(&p->mails);
	TAILQ_INIT(&p->unused);
	for (size_t i = 0; i < PENDING_MAX; i++)
		TAILQ_INSERT_TAIL(&p->unused, &p->slots[i], link);
	return 0;
}

void pending_fini(struct pending *p)
{
	free(p->slots);
	*p = (struct pending){0};
}

struct pending_mail *pending_add(struct pending *p, const struct mt_id *id,
	const struct spool_position *at, uint64_t since_us)
{
	struct pending_mail *m = TAILQ_FIRST(&p->unused);

	if (m == NULL)
		return NULL;
	TAILQ_REMOVE(&p->unused, m, link);
	*m = (struct pending_mail){.id = *id, .at = *at, .since_us = since_us};
	TAILQ_INSERT_TAIL(&p->mails, m, link);
	p->count++;
	return m;
}

// Takes the mail out of the sum it is in; the caller puts it into another one.
static void uncount(struct pending *p, struct pending_mail *m)
{
	if (m->running)
		p->running--;
	else if (m->tries > 0)
		p->deferred--;
	m->running = false;
}

void pending_remove(struct pending *p, struct pending_mail *m)
{
	uncount(p, m);
	TAILQ_REMOVE(&p->mails, m, link);
	TAILQ_INSERT_HEAD(&p->unused, m, link);
	p->count--;
}

struct pending_mail *pending_due(const struct pending *p, uint64_t now_us)
{
	struct pending_mail *m;

	TAILQ_FOREACH(m, &p->mails, link)
		if (!m->running && m->due_us <= now_us)
			return m;
	return NULL;
}

uint64_t pending_next_us(const struct pending *p)
{
	const struct pending_mail *m;
	uint64_t next = UINT64_MAX;

	TAILQ_FOREACH(m, &p->mails, link)
		if (!m->running && m->due_us < next)
			next = m->due_us;
	return next;
}

void pending_run(struct pending *p, struct pending_mail *m)
{
	MT_ASSERT(!m->running);
	uncount(p, m);
	m->running = true;
	p->running++;
}

void pending_defer(struct pending *p, struct pending_mail *m, uint64_t due_us)
{
	pending_resume(p, m, m->tries + 1, due_us);
}

void pending_release(struct pending *p, struct pending_mail *m)
{
	pending_resume(p, m, m->tries, m->due_us);
}

void pending_resume(
	struct pending *p, struct pending_mail *m, uint32_t tries, uint64_t due_us)
{
	uncount(p, m);
	m->tries = tries;
	m->due_us = due_us;
	p->deferred += tries > 0;
}

uint64_t pending_delay_us(
	uint64_t first_us, uint64_t most_us, uint32_t tries, uint32_t random)
{
	uint64_t whole = first_us;

	for (uint32_t i = 1; i < tries && whole < most_us; i++)
		whole *= 2;
	if (whole > most_us)
		whole = most_us;
	return whole / 2 +
		(uint64_t)((double)(whole - whole / 2) * (random / 4294967296.0));
}
