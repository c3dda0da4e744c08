// SPDX-License-Identifier: BSD-3-Clause

// The pre-scan: each mail's octets go past the signatures as they come, a hit is told at once.

#include "writer_internal.h"

#include "mt_log.h"

static const char *scope_name(const struct scan_hit *hit)
{
	return scan_scope_name(hit->scope);
}

static void tell(
	struct writer *w, const struct writer_mail *m, const struct scan_hit *hit)
{
	const struct scan_signature *s = hit->signature;
	const struct record_alert alert = {
		.at_us = m->scan_us,
		.hit = {.signature_id = s->id, .scope = scope_name(hit), .end = hit->end},
		.rev = s->rev,
		.severity = s->severity,
		.name = s->name,
		.category = s->category != NULL ? s->category : "",
	};

	mt_buf_clear(&w->json);
	if (record_alert(&w->json, &w->record, &m->mail, &alert) &&
		spool_record(w->spool, mt_buf_span(&w->json)) == 0)
		stats_add(&w->stats, STATS_writer_alerts, 1);
	else
		stats_add(&w->stats, STATS_writer_alerts_lost, 1);
}

// Called by lib/scan in the middle of a piece.
static void on_hit(void *ctx, const struct scan_hit *hit)
{
	struct writer_mail *m = ctx;
	struct writer *w = m->writer;
	const struct record_hit kept = {
		.signature_id = hit->signature->id,
		.scope = scope_name(hit),
		.end = hit->end,
	};

	mt_buf_add(&m->hits, span_make(&kept, sizeof(kept)));
	if (w->signatures != NULL)
		signatures_count(w->signatures, scan_stream_set(m->scan), hit->signature);
	tell(w, m, hit);
}

bool writer_scan_open(struct writer *w, struct signatures *signatures)
{
	w->scan = scan_pool_create(w->mails.max, on_hit);
	if (w->scan == NULL)
		return false;
	atomic_store_explicit(&w->next_signatures, signatures, memory_order_relaxed);
	writer_scan_look(w);
	return true;
}

void writer_scan_close(struct writer *w)
{
	scan_pool_destroy(w->scan);
	w->scan = NULL;
}

void writer_scan_look(struct writer *w)
{
	struct signatures *next =
		atomic_load_explicit(&w->next_signatures, memory_order_acquire);

	if (next == w->signatures)
		return;
	if (scan_pool_use(w->scan, next != NULL ? signatures_set(next) : NULL) != 0)
		mt_log(MT_LOG_ERROR, "scan", "no memory for the signatures");
	w->signatures = next;
	atomic_store_explicit(&w->seen_signatures, next, memory_order_release);
}

void writer_scan_begin(struct writer *w, struct writer_mail *m)
{
	m->writer = w;
	m->held = false;
	mt_buf_clear(&m->hits);
	if (w->signatures == NULL)
		return;
	m->scan = scan_begin(w->scan, m);
	stats_add(&w->stats,
		m->scan != NULL ? STATS_writer_scanned : STATS_writer_unscanned, 1);
}

void writer_scan_end(struct writer *w, struct writer_mail *m)
{
	struct scan_result result;

	if (m->scan == NULL)
		return;
	m->scan_us = m->mail.end_us;
	scan_end(m->scan, m->mail.complete, &result);
	m->scan = NULL;
	m->held = result.hold;
	if (result.untold > 0)
		stats_add(&w->stats, STATS_writer_hits_untold, result.untold);
}
