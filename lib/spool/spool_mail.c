// SPDX-License-Identifier: BSD-3-Clause
#include "spool_internal.h"

#include "mt_crc32c.h"

#include <errno.h>
#include <stdlib.h>

#define ENVELOPE_MAX (64u << 20)
#define KEPT_ROOM    (16u << 10)

struct spool_mail *spool_mail_take(struct spool *s)
{
	struct spool_mail *m = TAILQ_FIRST(&s->free_mails);

	if (m != NULL) {
		TAILQ_REMOVE(&s->free_mails, m, link);
	} else {
		m = calloc(1, sizeof(*m));
		if (m == NULL)
			return NULL;
		mt_buf_init(&m->envelope, ENVELOPE_MAX);
		m->slot = ++s->slots;
	}
	mt_buf_clear(&m->envelope);
	m->count = 0;
	m->error = 0;
	TAILQ_INSERT_TAIL(&s->open, m, link);
	s->status.open_mails++;
	return m;
}

void spool_mail_put(struct spool *s, struct spool_mail *m)
{
	if (s->chunk.mail == m)
		spool_chunk_close(s);
	if (m->envelope.room > KEPT_ROOM)
		mt_buf_fini(&m->envelope);
	TAILQ_REMOVE(&s->open, m, link);
	TAILQ_INSERT_HEAD(&s->free_mails, m, link);
	s->status.open_mails--;
}

bool spool_mail_extend(struct spool_mail *m, const uint64_t extent[3])
{
	if (m->count == m->room) {
		size_t room = m->room == 0 ? 4 : m->room * 2;
		void *extents = realloc(m->extents, room * sizeof(m->extents[0]));
		if (extents == NULL)
			return false;
		m->extents = extents;
		m->room = room;
	}
	memcpy(m->extents[m->count++], extent, sizeof(m->extents[0]));
	return true;
}

void spool_mails_fini(struct spool_mails *mails)
{
	struct spool_mail *m;

	while ((m = TAILQ_FIRST(mails)) != NULL) {
		TAILQ_REMOVE(mails, m, link);
		mt_buf_fini(&m->envelope);
		free(m->extents);
		free(m);
	}
}

static int append_begin(struct spool *s, const struct spool_mail *m)
{
	struct spool_entry e = {.type = SPOOL_ENTRY_BEGIN, .slot = m->slot};
	size_t length = SPOOL_PART_SIZE + m->envelope.len;
	uint8_t head[SPOOL_PART_SIZE];

	// First of all: a new segment would make use of the scratch buffer as well.
	int rc = spool_make_place(s, length <= SPOOL_STAGED_MAX ? length : 0);
	if (rc != 0)
		return rc;
	spool_part_encode(&m->id, 0, 0, head);
	mt_buf_clear(&s->scratch);
	mt_buf_add(&s->scratch, span_make(head, sizeof(head)));
	mt_buf_add(&s->scratch, mt_buf_span(&m->envelope));
	if (s->scratch.full)
		return -ENOMEM;
	e.crc = mt_crc32c(0, mt_buf_span(&s->scratch));
	return spool_append(s, &e, mt_buf_span(&s->scratch), false);
}

struct spool_mail *spool_begin(
	struct spool *s, const struct mt_id *id, struct span envelope_json)
{
	int rc = spool_ready(s);

	if (rc == 0 && s->status.open_mails >= s->settings.mails_max)
		rc = -EMFILE;
	struct spool_mail *m = rc == 0 ? spool_mail_take(s) : NULL;
	if (m == NULL) {
		errno = rc != 0 ? -rc : ENOMEM;
		return NULL;
	}
	m->id = *id;
	rc = mt_buf_add(&m->envelope, envelope_json) ? append_begin(s, m) : -ENOMEM;
	if (rc == 0)
		return m;
	spool_mail_put(s, m);
	errno = -rc;
	return NULL;
}

int spool_settle(struct spool *s, struct spool_mail *m)
{
	(void)s; // places are decided as content is appended
	return m->error;
}

size_t spool_extents(const struct spool_mail *m, const uint64_t (**ret)[3])
{
	*ret = (const uint64_t(*)[3])m->extents;
	return m->count;
}

// Ends m with an item. Where it cannot be appended now it waits: its content is on the disk.
static int end_mail(struct spool *s, struct spool_mail *m, enum spool_entry_type type,
	uint16_t flags, struct span text)
{
	bool placed = spool_ready(s) == 0 && spool_make_place(s, 0) == 0;

	if (type == SPOOL_ENTRY_COMMIT && m->error != 0)
		return m->error;
	struct spool_item *item = spool_item_add(s, type, m, flags, text);
	if (item == NULL)
		return -ENOMEM;
	if (placed)
		spool_append_item(s, item);
	return 0;
}

int spool_abort(struct spool *s, struct spool_mail *m, const char *reason)
{
	m->count = 0;
	int rc = end_mail(s, m, SPOOL_ENTRY_ABORT, 0, span_text(reason));
	spool_mail_put(s, m);
	s->status.aborts++;
	return rc;
}

int spool_commit(struct spool *s, struct spool_mail *m, struct span json)
{
	int rc = end_mail(s, m, SPOOL_ENTRY_COMMIT, 0, json);

	if (rc != 0) {
		spool_abort(s, m, "its content was lost");
		return rc;
	}
	spool_mail_put(s, m);
	s->status.commits++;
	return 0;
}

int spool_commit_unkept(
	struct spool *s, struct spool_mail *m, struct span json, const char *why)
{
	m->error = 0; // nobody wants its content
	int rc = end_mail(s, m, SPOOL_ENTRY_COMMIT, SPOOL_PART_UNKEPT, json);

	if (rc == 0)
		rc = end_mail(s, m, SPOOL_ENTRY_TOMB, 0, span_text(why));
	if (rc != 0) {
		spool_abort(s, m, "its record was lost");
		return rc;
	}
	spool_mail_put(s, m);
	s->status.commits++;
	return 0;
}

int spool_record(struct spool *s, struct span json)
{
	bool placed = spool_ready(s) == 0 && spool_make_place(s, 0) == 0;

	if (!placed && s->again_octets + json.len > SPOOL_AGAIN_OCTETS)
		return s->code;
	struct spool_item *item = spool_item_add(s, SPOOL_ENTRY_RECORD, NULL, 0, json);
	if (item == NULL)
		return -ENOMEM;
	if (placed)
		spool_append_item(s, item);
	s->status.records++;
	return 0;
}
