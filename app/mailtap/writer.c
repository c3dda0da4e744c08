// SPDX-License-Identifier: BSD-3-Clause
#include "writer.h"

#include "writer_internal.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <errno.h>
#include <sysexits.h>
#include <unistd.h>

#include <rte_cycles.h>

#define BURST     32
// Between two looks at the limits of retention; a segment goes at most at each.
#define RETAIN_US 100000
// How often the spool's figures are copied for others.
#define SEEN_US   250000

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

void writer_on_release(void *ctx, void *owner)
{
	struct writer *w = ctx;

	w->lent--;
	chunk_unref(w, owner);
}

int writer_on_announce(void *ctx, struct span json, uint64_t segment, uint64_t offset)
{
	struct writer *w = ctx;
	int rc = spool_eve_line(w->eve, json, segment, offset);

	if (rc != 0)
		return rc;
	recent_announce(&w->recent, json);
	if (w->eml != NULL)
		eml_announce(w->eml, json);
	if (eml_announce(w->hold, json) == 1)
		stats_add(&w->stats, STATS_writer_copied, 1);
	stats_add(&w->stats, STATS_writer_announced, 1);
	return 0;
}

// Stored or on the way, but the disk lost it.
void writer_on_lost(void *ctx, const struct mt_id *id, int why)
{
	struct writer *w = ctx;

	mt_log(MT_LOG_ERROR, "spool", "mail %s is lost: %s", id->text,
		given_up_names[why]);
	stats_add(&w->stats, given_up_counters[why], 1);
	stats_add(&w->stats, STATS_writer_stored, (uint64_t)-1);
}

// --- one mail

static enum mail_given_up why_of(int code)
{
	return code == -ENOSPC    ? MAIL_GIVEN_UP_DISK_FULL
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
	writer_mail_begin(&w->mails, m);
	m->scan_us = m->mail.begin_us;
	writer_scan_begin(w, m);
	if (m->given_up)
		return;
	mt_buf_clear(&w->json);
	record_begin(&w->json, &w->record, &m->mail);
	m->stored = spool_begin(w->spool, &m->mail.id, mt_buf_span(&w->json));
	if (m->stored == NULL)
		give_up(w, m, why_of(-errno));
}

static void take_body(struct writer *w, struct writer_mail *m, struct span text,
	struct mail_chunk *chunk)
{
	if (!m->mail.begun)
		return;
	EVP_DigestUpdate(m->hash, text.ptr, text.len);
	mime_header_feed(&m->header, text);
	if (m->scan != NULL)
		scan_feed(m->scan, text);
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

	return (w->view.set->conf.keep & bits[m->outcome]) != 0;
}

static void take_gap(struct writer_mail *m, struct span text)
{
	uint64_t octets;

	if (text.len != sizeof(octets))
		return;
	memcpy(&octets, text.ptr, sizeof(octets));
	mime_header_gap(&m->header, octets);
	if (m->scan != NULL)
		scan_gap(m->scan);
}

static struct span make_record(struct writer *w, struct writer_mail *m, bool stored)
{
	struct record_content content = {
		.stored = stored,
		.headers = mime_header_end(&m->header),
		.hits = (const void *)m->hits.ptr,
		.hit_count = m->hits.len / sizeof(struct record_hit),
	};
	uint64_t told = m->mail.odds;

	if (stored)
		content.extent_count = spool_extents(m->stored, &content.extents);
	mt_buf_clear(&w->json);
	if (!record_mail(&w->json, &w->record, &m->mail, &content))
		mt_log(MT_LOG_ERROR, "writer", "no memory for the record of mail %s",
			m->mail.id.text);
	// Of what the tape told the worker has counted.
	for (enum mt_odd o = 0; o < MT_ODD_COUNT; o++)
		if (m->mail.odds & ~told & mt_odd_bit(o))
			stats_odd(&w->stats, o);
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
		const uint64_t(*extents)[3];
		size_t n = spool_extents(m->stored, &extents);
		eml_expect(w->eml, &m->mail.id, extents, n);
	}
	if (m->held) {
		const uint64_t(*extents)[3];
		size_t n = spool_extents(m->stored, &extents);
		eml_expect(w->hold, &m->mail.id, extents, n);
	}
	rc = spool_commit(w->spool, m->stored, json);
	m->stored = NULL;
	w->unsynced += rc == 0;
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
	stats_hist_add(&w->hists[WRITER_HIST_mail_octets], m->mail.size);
	writer_scan_end(w, m);
	bool kept = is_kept(w, &m->mail) || m->held;
	bool stored = !m->given_up && m->stored != NULL && kept && commit(w, m) == 0;
	if (stored) {
		stats_add(&w->stats, STATS_writer_stored, 1);
	} else if (m->given_up || m->stored == NULL) {
		spool_record(w->spool, make_record(w, m, false));
		stats_add(&w->stats, given_up_counters[m->why], 1);
	} else {
		spool_commit_unkept(
			w->spool, m->stored, make_record(w, m, false), "spool.keep");
		m->stored = NULL;
		stats_add(&w->stats, STATS_writer_not_kept, 1);
	}
	recent_add(&w->recent, &m->mail,
		mime_headers_get(mime_header_end(&m->header), MIME_SUBJECT, 0),
		(uint32_t)(m->hits.len / sizeof(struct record_hit)), stored);
}

static void take_item(struct writer *w, struct writer_mail *m,
	const struct mail_item *item, struct mail_chunk *chunk)
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
	case MAIL_EV_GAP:
		take_gap(m, item->text);
		break;
	case MAIL_EV_END:
		end(w, m);
		break;
	case MAIL_EV_GIVE_UP:
		give_up(w, m, (enum mail_given_up)item->aux);
		break;
	case MAIL_EV_SESSION:
		writer_session(w, m, item->text, chunk);
		break;
	case MAIL_EV_HANDSHAKE:
		writer_handshake(m, item);
		break;
	case MAIL_EV_HANDSHAKE_END:
		writer_handshake_end(w, m, item->aux, chunk);
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
		writer_scan_end(w, *slot);
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

// For waiting only: the clock of the processor costs a twentieth of a call to the system's.
static uint64_t poll_clock_us(const struct writer *w)
{
	return rte_rdtsc() / w->tsc_per_us;
}

static bool sync_some(struct writer *w, bool force)
{
	uint64_t now_us = poll_clock_us(w);

	if (syncer_is_busy(w->syncer)) {
		struct spool_job *job = syncer_take(w->syncer);
		if (job == NULL)
			return false;
		spool_sync_end(w->spool, job);
		stats_add(&w->stats, STATS_writer_batches, 1);
		stats_add(&w->stats, STATS_writer_sync_us, now_us - w->sync_began_us);
		stats_hist_add(&w->hists[WRITER_HIST_commit_ms],
			(now_us - w->sync_began_us + 500) / 1000);
		if (w->syncing > 0)
			stats_hist_add(&w->hists[WRITER_HIST_batch_mails], w->syncing);
		return true;
	}
	struct spool_job *job = spool_sync_begin(w->spool, now_us, force);
	if (job == NULL)
		return false;
	w->sync_began_us = now_us;
	w->syncing = w->unsynced;
	w->unsynced = 0;
	syncer_start(w->syncer, job);
	return true;
}

// Now and then: deletes what is too old or too much. Files that were read are kept whole.
static void retain(struct writer *w)
{
	const struct conf *conf = &w->view.set->conf;
	const struct spool_retention limits = {
		.age_us = (uint64_t)conf->retention_s * 1000000,
		.size = conf->retention_size,
		.free = conf->retention_free.octets,
		.free_percent = conf->retention_free.percent,
	};
	uint64_t now_us = poll_clock_us(w);
	struct spool_status status;

	if (w->lossless || now_us < w->retain_us)
		return;
	w->retain_us = now_us + RETAIN_US;
	int rc = spool_retain(
		w->spool, &limits, mt_clock_wall_us(), spool_eve_needs(w->eve));
	if (rc != 1)
		return;
	spool_status_get(w->spool, &status);
	stats_set(&w->stats, STATS_writer_expired, status.expired_mails);
	stats_set(&w->stats, STATS_writer_expired_segments, status.expired_segments);
}

unsigned writer_poll(void *ctx)
{
	struct writer *w = ctx;

	if (live_look(&w->view))
		live_taken(&w->view);
	writer_scan_look(w);
	unsigned done = take_chunks(w);

	if (done == 0 && w->lent > 0) {
		spool_flush(w->spool);
		done++;
	}
	if (sync_some(w, false))
		done++;
	if (atomic_load_explicit(&w->reopen, memory_order_relaxed)) {
		atomic_store_explicit(&w->reopen, false, memory_order_relaxed);
		int rc = spool_eve_reopen(w->eve);
		if (rc != 0)
			mt_log(MT_LOG_ERROR, "eve", "cannot be reopened: %s",
				strerror(-rc));
	}
	retain(w);
	// Lines are gathered while there is work, but not for ever.
	if (done == 0 || ++w->rounds % 64 == 0) {
		uint64_t now_us = poll_clock_us(w);
		spool_eve_tick(w->eve, now_us);
		if (now_us >= w->seen_due_us) {
			w->seen_due_us = now_us + SEEN_US;
			writer_show_spool(w);
		}
	}
	return done;
}

void writer_reopen(struct writer *w)
{
	atomic_store_explicit(&w->reopen, true, memory_order_relaxed);
}

void writer_offer(struct writer *w, struct signatures *signatures)
{
	atomic_store_explicit(&w->next_signatures, signatures, memory_order_release);
}

bool writer_took(const struct writer *w, const struct signatures *signatures)
{
	return atomic_load_explicit(&w->seen_signatures, memory_order_acquire) ==
		signatures;
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
	uint64_t at_us =
		w->packet_us != 0 && w->lossless ? w->packet_us : mt_clock_wall_us();

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

const struct live_view *writer_view(const struct writer *w)
{
	return &w->view;
}
