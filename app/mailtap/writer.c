// SPDX-License-Identifier: BSD-3-Clause
#include "writer.h"

#include "conn.h"
#include "eml.h"
#include "mt_clock.h"
#include "mt_crc32c.h"
#include "mt_log.h"
#include "record.h"
#include "spool_eve.h"
#include "syncer.h"
#include "writer_mail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define BURST 32
// The envelope of a mail: recipients with their replies, up to limits.rcpts of them.
#define ENVELOPE_MAX (8u << 20)
#define RECORD_MAX (32u << 20)

struct slot_table { // one a worker
	struct writer_mail **mails;
	uint32_t count;
};

struct writer {
	const struct conf *conf;
	struct worker *workers;
	uint32_t worker_count;
	bool lossless;
	struct spool *spool;
	struct spool_eve *eve;
	struct eml *eml;
	struct syncer *syncer;
	struct slot_table *slots;
	struct writer_mails mails;
	struct record_context record;
	const char *ifaces[CONF_INTERFACES_MAX];
	struct mt_buf json;
	uint32_t lent; // chunks whose content waits to be written
	uint32_t lent_max;
	uint64_t sync_began_us;
	uint64_t packet_us; // newest packet time told by a tape
	uint64_t rounds;
	struct recent recent;
	struct stats_block stats;
};

static const enum stats_counter given_up_counters[MAIL_GIVEN_UP_COUNT] = {
	[MAIL_GIVEN_UP_NO_CHUNK] = STATS_writer_given_up_chunk,
	[MAIL_GIVEN_UP_DISK_FULL] = STATS_writer_given_up_disk_full,
	[MAIL_GIVEN_UP_DISK_ERROR] = STATS_writer_given_up_disk_error,
	[MAIL_GIVEN_UP_TOO_MANY] = STATS_writer_given_up_open,
	[MAIL_GIVEN_UP_ENVELOPE] = STATS_writer_given_up_envelope,
};

static const char *const given_up_names[MAIL_GIVEN_UP_COUNT] = {
#define X(name, help) [MAIL_GIVEN_UP_##name] = help,
	MAIL_GIVEN_UP_LIST(X)
#undef X
};

// --- chunks: each is shared by the player and by the log, until its content was written

static void chunk_unref(struct writer *w, struct mail_chunk *chunk)
{
	if (--chunk->reserved > 0)
		return;
	queue_put(w->workers[chunk->worker].from_writer, (void *const *)&chunk, 1);
}

static void on_release(void *ctx, void *owner)
{
	struct writer *w = ctx;

	w->lent--;
	chunk_unref(w, owner);
}

static int on_announce(void *ctx, struct span json, uint64_t segment, uint64_t offset)
{
	struct writer *w = ctx;
	int rc = spool_eve_line(w->eve, json, segment, offset);

	if (rc != 0)
		return rc;
	recent_announce(&w->recent, json);
	if (w->eml != NULL)
		eml_announce(w->eml, json);
	stats_add(&w->stats, STATS_writer_announced, 1);
	return 0;
}

// Stored or on the way, but the disk lost it.
static void on_lost(void *ctx, const struct mt_id *id, int why)
{
	struct writer *w = ctx;

	mt_log(MT_LOG_ERROR, "spool", "mail %s is lost: %s", id->text, given_up_names[why]);
	stats_add(&w->stats, given_up_counters[why], 1);
	stats_add(&w->stats, STATS_writer_stored, (uint64_t)-1);
}

// --- one mail

static enum mail_given_up why_of(int code)
{
	return code == -ENOSPC ? MAIL_GIVEN_UP_DISK_FULL
		: code == -EMFILE ? MAIL_GIVEN_UP_TOO_MANY
				  : MAIL_GIVEN_UP_DISK_ERROR;
}

static void give_up(struct writer *w, struct writer_mail *m, enum mail_given_up why)
{
	if (m->given_up)
		return;
	m->given_up = true;
	m->why = why;
	if (m->stored != NULL)
		spool_abort(w->spool, m->stored, given_up_names[why]);
	m->stored = NULL;
}

static void begin(struct writer *w, struct writer_mail *m)
{
	m->mail.id = spool_next_id(w->spool, m->mail.begin_us);
	writer_mail_hash_begin(&w->mails, m);
	if (m->given_up)
		return;
	mt_buf_clear(&w->json);
	record_begin(&w->json, &w->record, &m->mail);
	m->stored = spool_begin(w->spool, &m->mail.id, mt_buf_span(&w->json));
	if (m->stored == NULL)
		give_up(w, m, why_of(-errno));
}

static void take_body(struct writer *w, struct writer_mail *m, struct span text, struct mail_chunk *chunk)
{
	if (!m->mail.begun)
		return;
	EVP_DigestUpdate(m->hash, text.ptr, text.len);
	m->mail.size += text.len;
	if (m->stored == NULL)
		return;
	chunk->reserved++;
	w->lent++;
	int rc = spool_content(w->spool, m->stored, text, chunk);
	if (rc != 0) {
		give_up(w, m, why_of(rc));
		return;
	}
	stats_add(&w->stats, STATS_writer_octets, text.len);
}

static bool is_kept(const struct writer *w, const struct mail *m)
{
	static const uint32_t bits[] = {
		[MAIL_ACCEPTED] = CONF_KEEP_ACCEPTED,
		[MAIL_UNKNOWN] = CONF_KEEP_UNKNOWN,
		[MAIL_REFUSED] = CONF_KEEP_REFUSED,
	};

	return (w->conf->keep & bits[m->outcome]) != 0;
}

static struct span make_record(struct writer *w, struct writer_mail *m, bool stored)
{
	const uint64_t (*extents)[3] = NULL;
	size_t n = 0;

	if (stored)
		n = spool_extents(m->stored, &extents);
	mt_buf_clear(&w->json);
	record_mail(&w->json, &w->record, &m->mail, stored, extents, n);
	return mt_buf_span(&w->json);
}

static int commit(struct writer *w, struct writer_mail *m)
{
	int rc = spool_settle(w->spool, m->stored);

	if (rc != 0) {
		give_up(w, m, why_of(rc));
		return rc;
	}
	struct span json = make_record(w, m, true);
	if (w->eml != NULL) {
		const uint64_t (*extents)[3];
		size_t n = spool_extents(m->stored, &extents);
		eml_expect(w->eml, &m->mail.id, extents, n);
	}
	rc = spool_commit(w->spool, m->stored, json);
	m->stored = NULL;
	if (rc == 0)
		return 0;
	m->given_up = true;
	m->why = why_of(rc);
	return rc;
}

// Every mail whose content began has one record, whatever became of its content.
static void end(struct writer *w, struct writer_mail *m)
{
	unsigned len;

	if (!m->mail.begun) {
		m->mail.begin_us = m->mail.end_us;
		begin(w, m);
	}
	EVP_DigestFinal_ex(m->hash, m->mail.sha256, &len);
	stats_add(&w->stats, STATS_writer_mails, 1);
	bool kept = is_kept(w, &m->mail);
	bool stored = !m->given_up && m->stored != NULL && kept && commit(w, m) == 0;
	if (stored) {
		stats_add(&w->stats, STATS_writer_stored, 1);
	} else if (m->given_up || m->stored == NULL) {
		spool_record(w->spool, make_record(w, m, false));
		stats_add(&w->stats, given_up_counters[m->why], 1);
	} else {
		spool_commit_unkept(w->spool, m->stored, make_record(w, m, false), "spool.keep");
		m->stored = NULL;
		stats_add(&w->stats, STATS_writer_not_kept, 1);
	}
	recent_add(&w->recent, &m->mail, stored);
}

static void tell_session(struct writer *w, const struct writer_mail *m, struct span text)
{
	struct mail_session session;

	if (text.len != sizeof(session))
		return;
	memcpy(&session, text.ptr, sizeof(session));
	mt_buf_clear(&w->json);
	record_session(&w->json, &w->record, &m->mail, &session);
	spool_record(w->spool, mt_buf_span(&w->json));
	stats_add(&w->stats, STATS_writer_sessions, 1);
}

static void take_item(struct writer *w, struct writer_mail *m, const struct mail_item *item,
	struct mail_chunk *chunk)
{
	if (item->event == MAIL_EV_BODY) {
		take_body(w, m, item->text, chunk);
		return;
	}
	// An envelope past its bounds is cut; the mail and its content live on.
	mail_take(&m->mail, item);
	switch (item->event) {
	case MAIL_EV_BEGIN:
		begin(w, m);
		break;
	case MAIL_EV_END:
		end(w, m);
		break;
	case MAIL_EV_GIVE_UP:
		give_up(w, m, (enum mail_given_up)item->aux);
		break;
	case MAIL_EV_SESSION:
		tell_session(w, m, item->text);
		break;
	default:
		break;
	}
}

// --- tapes

static void play(struct writer *w, struct mail_chunk *chunk)
{
	struct writer_mail **slot = &w->slots[chunk->worker].mails[chunk->slot];
	struct mail_item item;
	uint32_t offset = 0;

	chunk->reserved = 1;
	if (*slot == NULL)
		*slot = writer_mail_take(&w->mails);
	while (*slot != NULL && mail_chunk_next(chunk, &offset, &item))
		take_item(w, *slot, &item, chunk);
	if (chunk->flags & MAIL_CHUNK_LAST && *slot != NULL) {
		writer_mail_put(&w->mails, *slot);
		*slot = NULL;
	}
	chunk_unref(w, chunk);
}

static unsigned take_chunks(struct writer *w)
{
	void *burst[BURST];
	unsigned done = 0;

	for (uint32_t i = 0; i < w->worker_count; i++) {
		uint32_t n = queue_take(w->workers[i].to_writer, burst, BURST);
		for (uint32_t c = 0; c < n; c++)
			play(w, burst[c]);
		done += n;
		if (w->lent > w->lent_max)
			spool_flush(w->spool);
	}
	return done;
}

// --- durability

static bool sync_some(struct writer *w, bool force)
{
	uint64_t now_us = mt_clock_mono_us();

	if (syncer_is_busy(w->syncer)) {
		struct spool_job *job = syncer_take(w->syncer);
		if (job == NULL)
			return false;
		spool_sync_end(w->spool, job);
		stats_add(&w->stats, STATS_writer_batches, 1);
		stats_add(&w->stats, STATS_writer_sync_us, now_us - w->sync_began_us);
		return true;
	}
	struct spool_job *job = spool_sync_begin(w->spool, now_us, force);
	if (job == NULL)
		return false;
	w->sync_began_us = now_us;
	syncer_start(w->syncer, job);
	return true;
}

unsigned writer_poll(void *ctx)
{
	struct writer *w = ctx;
	unsigned done = take_chunks(w);

	if (done == 0 && w->lent > 0) {
		spool_flush(w->spool);
		done++;
	}
	if (sync_some(w, false))
		done++;
	// Lines are gathered while there is work, but not for ever.
	if (done == 0 || ++w->rounds % 64 == 0)
		spool_eve_tick(w->eve, mt_clock_mono_us());
	return done;
}

bool writer_is_idle(const struct writer *w)
{
	for (uint32_t i = 0; i < w->worker_count; i++)
		if (queue_count(w->workers[i].to_writer) > 0)
			return false;
	return w->mails.used == 0 && w->lent == 0;
}

int writer_finish(struct writer *w, const struct stats_sum *sum, struct mt_error *error)
{
	uint64_t at_us = w->packet_us != 0 && w->lossless ? w->packet_us : mt_clock_wall_us();

	while (syncer_is_busy(w->syncer))
		if (!sync_some(w, false))
			usleep(100);
	mt_buf_clear(&w->json);
	record_stop(&w->json, &w->record, at_us, sum);
	spool_record(w->spool, mt_buf_span(&w->json));
	int rc = spool_close(w->spool);
	w->spool = NULL;
	int eve_rc = spool_eve_close(w->eve);
	w->eve = NULL;
	if (rc == 0)
		rc = eve_rc;
	if (rc == 0)
		return 0;
	mt_error_set(error, 0, "the spool could not be closed whole: %s", strerror(-rc));
	return EX_IOERR;
}

static int open_slots(struct writer *w)
{
	w->slots = calloc(w->worker_count, sizeof(*w->slots));
	if (w->slots == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->worker_count; i++) {
		w->slots[i].count = w->workers[i].conns.count;
		w->slots[i].mails = calloc(w->slots[i].count, sizeof(struct writer_mail *));
		if (w->slots[i].mails == NULL)
			return -ENOMEM;
	}
	return 0;
}

static void name_ifaces(struct writer *w)
{
	for (uint32_t i = 0; i < w->conf->interface_count; i++)
		w->ifaces[i] = w->conf->interfaces[i].name;
	w->record.ifaces = w->ifaces;
	w->record.iface_count = w->conf->interface_count;
}

// Two appliances shall not give the same ids: a number made of the machine's own.
static uint32_t machine_number(void)
{
	uint8_t text[64];
	size_t len = 0;
	FILE *f = fopen("/etc/machine-id", "re");

	if (f != NULL) {
		len = fread(text, 1, sizeof(text), f);
		fclose(f);
	}
	return mt_crc32c(1, span_make(text, len));
}

static int open_eve(struct writer *w, int *ret_code, struct mt_error *error)
{
	struct spool_eve_settings settings = {
		.spool = w->conf->spool,
		.path = w->conf->eve_path[0] != '\0' ? w->conf->eve_path : NULL,
		.rotate = w->conf->eve_rotate,
	};

	w->eve = spool_eve_open(&settings, &spool_disk_real, error);
	*ret_code = EX_CANTCREAT;
	return w->eve != NULL ? 0 : -1;
}

static int open_spool(struct writer *w, int *ret_code, struct mt_error *error)
{
	const struct conf *conf = w->conf;
	struct spool_settings settings = {
		.directory = conf->spool,
		.appliance = conf->appliance != 0 ? conf->appliance : machine_number(),
		.segment_size = conf->segment,
		.durability = conf->durability == CONF_EACH ? SPOOL_EACH
			: conf->durability == CONF_NONE	    ? SPOOL_NONE
							    : SPOOL_BATCH,
		.batch_count = conf->batch_count,
		.batch_us = (uint64_t)conf->batch_ms * 1000,
		.mails_max = conf->connections,
		.release = on_release,
		.announce = on_announce,
		.lost = on_lost,
		.ctx = w,
	};

	w->spool = spool_open(&settings, &spool_disk_real, ret_code, error);
	return w->spool != NULL ? 0 : -1;
}

struct writer *writer_create(
	const struct writer_settings *settings, int *ret_code, struct mt_error *error)
{
	struct writer *w = calloc(1, sizeof(*w));

	*ret_code = EX_UNAVAILABLE;
	if (w == NULL)
		goto no_memory;
	w->conf = settings->conf;
	w->workers = settings->workers;
	w->worker_count = settings->worker_count;
	w->lossless = settings->lossless;
	w->lent_max = w->workers[0].chunks.count / 4;
	mt_buf_init(&w->json, RECORD_MAX);
	name_ifaces(w);
	if (writer_mails_init(&w->mails, ENVELOPE_MAX, w->conf->connections) != 0 || open_slots(w) != 0)
		goto no_memory;
	if (settings->eml != NULL && (w->eml = eml_create(settings->eml, w->conf->spool)) == NULL) {
		mt_error_set(error, 0, "--eml %s: cannot be made: %s", settings->eml, strerror(errno));
		*ret_code = EX_CANTCREAT;
		goto undo;
	}
	if (open_spool(w, ret_code, error) != 0 || open_eve(w, ret_code, error) != 0)
		goto undo;
	*ret_code = EX_UNAVAILABLE;
	w->syncer = syncer_create();
	if (w->syncer == NULL)
		goto no_memory;
	mt_buf_clear(&w->json);
	record_start(&w->json, &w->record, mt_clock_wall_us(), MAILTAP_VERSION);
	spool_record(w->spool, mt_buf_span(&w->json));
	return w;
no_memory:
	mt_error_set(error, 0, "no memory for the writer");
undo:
	writer_destroy(w);
	return NULL;
}

void writer_destroy(struct writer *w)
{
	if (w == NULL)
		return;
	if (w->spool != NULL)
		spool_close(w->spool);
	if (w->eve != NULL)
		spool_eve_close(w->eve);
	syncer_destroy(w->syncer);
	eml_destroy(w->eml);
	for (uint32_t i = 0; w->slots != NULL && i < w->worker_count; i++)
		free(w->slots[i].mails);
	free(w->slots);
	writer_mails_fini(&w->mails);
	mt_buf_fini(&w->json);
	free(w);
}

const struct stats_block *writer_stats(const struct writer *w)
{
	return &w->stats;
}

const struct recent *writer_recent(const struct writer *w)
{
	return &w->recent;
}

void writer_status(const struct writer *w, struct spool_status *ret)
{
	spool_status_get(w->spool, ret);
}
