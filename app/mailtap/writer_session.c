// SPDX-License-Identifier: BSD-3-Clause
#include "writer_internal.h"

#include "mt_log.h"

#include <errno.h>
#include <stdlib.h>

// Sessions whose handshake is known and whose end is not. Of more than these it is not told.
#define KEPT_MAX 16384

struct writer_tls {
	struct tls_env env;
	struct tls_facts facts; // of the handshake in hand
	uint32_t kept;
};

struct writer_tls *writer_tls_create(void)
{
	struct writer_tls *t = malloc(sizeof(*t));

	if (t == NULL)
		return NULL;
	t->kept = 0;
	if (tls_env_init(&t->env) == 0)
		return t;
	free(t);
	return NULL;
}

void writer_tls_destroy(struct writer_tls *t)
{
	if (t == NULL)
		return;
	tls_env_fini(&t->env);
	free(t);
}

static struct tls_facts **place_of(struct writer *w, const struct mail_chunk *chunk)
{
	return &w->slots[chunk->worker].tls[chunk->slot];
}

static void forget(struct writer *w, struct tls_facts **place)
{
	w->tls->kept -= *place != NULL ? 1 : 0;
	free(*place);
	*place = NULL;
}

void writer_handshake(struct writer_mail *m, const struct mail_item *item)
{
	mt_buf_add(&m->flights[item->aux & 1], item->text);
}

static void count_odds(struct writer *w, uint64_t odds)
{
	for (enum mt_odd o = 0; o < MT_ODD_COUNT; o++)
		if (odds & mt_odd_bit(o))
			stats_odd(&w->stats, o);
}

void writer_handshake_end(struct writer *w, struct writer_mail *m, uint16_t ends,
	const struct mail_chunk *chunk)
{
	const struct tls_flight client = {
		mt_buf_span(&m->flights[0]), (enum tls_end)(ends & 0xff)};
	const struct tls_flight server = {
		mt_buf_span(&m->flights[1]), (enum tls_end)(ends >> 8)};
	struct tls_facts **place = place_of(w, chunk);
	struct tls_facts *facts = &w->tls->facts;

	forget(w, place);
	tls_read(&w->tls->env, &client, &server, facts);
	stats_add(&w->stats, STATS_writer_handshakes, 1);
	count_odds(w, facts->odds);
	mt_buf_clear(&m->flights[0]);
	mt_buf_clear(&m->flights[1]);
	if (w->tls->kept < KEPT_MAX)
		*place = malloc(tls_facts_size(facts));
	if (*place == NULL) {
		stats_add(&w->stats, STATS_writer_handshakes_lost, 1);
		return;
	}
	memcpy(*place, facts, tls_facts_size(facts));
	w->tls->kept++;
}

void writer_session(struct writer *w, struct writer_mail *m, struct span text,
	const struct mail_chunk *chunk)
{
	struct tls_facts **place = place_of(w, chunk);
	struct mail_session session;

	if (text.len != sizeof(session))
		return;
	memcpy(&session, text.ptr, sizeof(session));
	// The worker ran out of chunks in the middle of a handshake: what came of it is read.
	if (m->flights[0].len + m->flights[1].len > 0)
		writer_handshake_end(w, m, 0, chunk);
	if (*place != NULL)
		session.odds |= (*place)->odds;
	mt_buf_clear(&w->json);
	record_session(&w->json, &w->record, &m->mail, &session, *place);
	spool_record(w->spool, mt_buf_span(&w->json));
	stats_add(&w->stats, STATS_writer_sessions, 1);
	forget(w, place);
}
