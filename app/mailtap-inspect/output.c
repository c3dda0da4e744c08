// SPDX-License-Identifier: BSD-3-Clause
#include "output.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#define LOOK_US      100000 // between two looks for new mails
#define FLUSH_US     50000 // a verdict waits for others
#define FLUSH_COUNT  64
#define STORE_US     1000000 // a cursor may be so old: the verdicts say the rest
#define TAKE_MAX     256 // entries at one go
#define BACKOFF_US   500000
#define BACKOFF_MOST 30000000

static const struct output_kind *const kinds[] = {
	[CONF_INSPECT_DIRECTORY] = &output_directory,
	[CONF_INSPECT_EXEC] = &output_exec,
};

// --- trouble

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void output_trouble(struct output *o, enum output_place place, int rc, const char *what)
{
	struct output_trouble *t = &o->troubles[place];

	snprintf(t->text, sizeof(t->text), "%s: %s", what, strerror(-rc));
	if (t->backoff_us == 0)
		mt_log(MT_LOG_ERROR, "inspect",
			"%s: %s; mails wait, and it is tried again until it works",
			o->conf->name, t->text);
	t->backoff_us = later(BACKOFF_US, sooner(BACKOFF_MOST, t->backoff_us * 2));
	t->hold_us = mt_clock_mono_us() + t->backoff_us;
}

void output_moves(struct output *o, enum output_place place)
{
	struct output_trouble *t = &o->troubles[place];

	if (t->backoff_us > 0)
		t->backoff_us = 1;
}

void output_well(struct output *o, enum output_place place)
{
	struct output_trouble *t = &o->troubles[place];

	if (t->backoff_us == 0)
		return;
	mt_log(MT_LOG_INFO, "inspect", "%s: works again after: %s", o->conf->name,
		t->text);
	*t = (struct output_trouble){0};
}

static void fail(struct output *o, int rc, const char *what)
{
	if (o->failed == 0)
		mt_log(MT_LOG_FATAL, "inspect",
			"%s: %s: %s; what is not on the disk is done again at the next start",
			o->conf->name, what, strerror(-rc));
	o->failed = EX_IOERR;
}

// --- verdicts and cursor

static bool flush(struct output *o)
{
	int rc = journal_flush(&o->journal);

	if (rc == -ESTALE)
		fail(o, -EIO, o->journal.name);
	else if (rc != 0)
		output_trouble(o, OUTPUT_STATE, rc, o->journal.name);
	return rc == 0;
}

// The verdicts go first: what the cursor leaves out must have its verdict on the disk.
static bool store_cursor(struct output *o)
{
	uint64_t now_us = mt_clock_mono_us();
	char name[64];
	struct mt_buf text;

	if (!flush(o))
		return false;
	o->cursor.inode = o->journal.inode;
	o->cursor.size = o->journal.size;
	snprintf(name, sizeof(name), "%s.cursor", o->conf->name);
	mt_buf_init(&text, CURSOR_MAX);
	cursor_print(&o->cursor, &o->pending, now_us, &text);
	int rc = text.full ? -ENOMEM
			   : state_store(o->state, name, mt_buf_span(&text), true);
	mt_buf_fini(&text);
	o->stored_us = now_us;
	if (rc != 0)
		output_trouble(o, OUTPUT_STATE, rc, name);
	else
		o->changed = false;
	return rc == 0;
}

static bool is_flush_due(const struct output *o, uint64_t now_us)
{
	return o->journal.count >= FLUSH_COUNT ||
		(o->journal.count > 0 && now_us - o->added_us >= FLUSH_US);
}

static bool is_store_due(const struct output *o, uint64_t now_us)
{
	return o->changed && now_us - o->stored_us >= STORE_US;
}

static void keep(struct output *o)
{
	uint64_t now_us = mt_clock_mono_us();
	bool full = o->rotate > 0 && o->journal.size >= o->rotate;
	bool store = full || is_store_due(o, now_us);

	if (output_holds(o, OUTPUT_STATE, now_us) || (!store && !is_flush_due(o, now_us)))
		return;
	if (!(store ? store_cursor(o) : flush(o)))
		return;
	output_well(o, OUTPUT_STATE);
	if (!full)
		return;
	// The cursor covers all of the old file now.
	int rc = journal_rotate(&o->journal, mt_clock_wall_us());
	if (rc != 0)
		fail(o, rc, o->journal.name);
}

void output_finish(struct output *o, struct pending_mail *m, const struct verdict *v)
{
	struct verdict whole = *v;
	uint64_t wall = mt_clock_wall_us();

	whole.output = o->conf->name;
	whole.id = m->id;
	whole.tries = m->tries + v->tries;
	whole.wait_us = wall > m->since_us ? wall - m->since_us : 0;
	if (o->journal.count == 0)
		o->added_us = mt_clock_mono_us();
	journal_add(&o->journal, &whole, wall);
	o->counts[v->kind]++;
	o->changed = true;
	pending_remove(&o->pending, m);
}

bool output_finish_unread(
	struct output *o, struct pending_mail *m, const json_t *record, int rc)
{
	struct verdict v = {.exit = -1, .record = record};

	switch (rc) {
	case -ENOENT:
	case -ENODATA:
		v.kind = VERDICT_EXPIRED;
		v.text = span_text("its content is not in the spool any more");
		break;
	case -EBADMSG:
		v.kind = VERDICT_ERROR;
		v.text = span_text("its content is damaged or was purged");
		break;
	default:
		return false;
	}
	output_finish(o, m, &v);
	return true;
}

int output_load(struct output *o, struct pending_mail *m, struct spool_found *found,
	json_t **ret_record)
{
	int rc = spool_reader_load(o->reader, &m->at, found);

	if (rc == 0)
		rc = -ENOENT;
	json_t *record = rc == 1 ? mail_read(found->json) : NULL;
	if (rc == 1 && record == NULL)
		rc = -EBADMSG;
	*ret_record = record;
	if (rc == 1)
		return 1;
	return output_finish_unread(o, m, NULL, rc) ? 0 : rc;
}

// --- taking from the log

static void tell_gap(struct output *o, uint64_t before, uint64_t sequence)
{
	uint64_t gone = spool_reader_expired(o->reader);

	if (gone == o->expired)
		return;
	uint64_t segments = gone - o->expired;
	uint64_t entries = sequence > before ? sequence - before - 1 : 0;
	mt_log(MT_LOG_WARN, "inspect",
		"%s: fell behind: %" PRIu64 " segments with at most %" PRIu64
		" mails were removed by retention before they were read; give it more parallel, "
		"or the spool more room (spool.retention)",
		o->conf->name, segments, entries);
	o->expired = gone;
	if (o->journal.count == 0)
		o->added_us = mt_clock_mono_us();
	journal_add_gap(&o->journal, segments, entries, mt_clock_wall_us());
	o->stored_us = 0; // the cursor goes behind it at once, so that it is told once
}

static void enrol(struct output *o, const struct spool_found *found)
{
	// Decided before a crash that the cursor did not live to see.
	if (done_has(&o->done, &found->part.id))
		return;
	json_t *record = mail_read(found->json);
	if (record != NULL && mail_is_wanted(record, o->conf))
		pending_add(&o->pending, &found->part.id, &found->at, mt_clock_wall_us());
	else
		o->skipped++;
	json_decref(record);
}

// The window is full of mails that wait for another try.
static void tell_full(struct output *o)
{
	bool full = pending_is_full(&o->pending) && o->pending.deferred > PENDING_MAX / 2;

	if (full && !o->was_full)
		mt_log(MT_LOG_WARN, "inspect",
			"%s: %zu mails wait for another try, so the rest waits in the log; what the "
			"program said stands in %s.status",
			o->conf->name, o->pending.deferred, o->conf->name);
	o->was_full = full || (o->was_full && o->pending.count > PENDING_MAX / 2);
}

static bool take(struct output *o, uint64_t now_us)
{
	struct spool_found found;
	int rc = 1;

	if (o->stopping || output_holds(o, OUTPUT_LOG, now_us))
		return false;
	if (o->at_end && now_us - o->looked_us < LOOK_US)
		return false;
	o->looked_us = now_us;
	for (int i = 0; i < TAKE_MAX && !pending_is_full(&o->pending); i++) {
		rc = spool_reader_next(o->reader, &found);
		if (rc != 1)
			break;
		tell_gap(o, o->cursor.at.sequence, found.at.sequence);
		if (found.type == SPOOL_ENTRY_COMMIT)
			enrol(o, &found);
		o->cursor.at = found.at;
		o->changed = true;
	}
	if (rc < 0)
		output_trouble(o, OUTPUT_LOG, rc, "the spool");
	else
		output_well(o, OUTPUT_LOG);
	o->at_end = rc == 0;
	tell_full(o);
	return rc == 1 && !pending_is_full(&o->pending);
}

bool output_poll(struct output *o, uint64_t now_us)
{
	if (o->failed != 0)
		return false;
	bool more = take(o, now_us);

	more = o->kind->work(o, now_us) || more;
	keep(o);
	return more;
}

uint64_t output_next_us(const struct output *o)
{
	uint64_t next = o->kind->next_us(o), keep_us = OUTPUT_NEVER;

	if (!o->stopping && !pending_is_full(&o->pending))
		next = sooner(next,
			later(o->looked_us + LOOK_US, o->troubles[OUTPUT_LOG].hold_us));
	if (o->journal.count > 0)
		keep_us = o->added_us + FLUSH_US;
	if (o->changed)
		keep_us = sooner(keep_us, o->stored_us + STORE_US);
	return sooner(next, later(keep_us, o->troubles[OUTPUT_STATE].hold_us));
}

bool output_may_begin(const struct output *o, uint64_t now_us)
{
	// Verdicts that cannot be written must not pile up.
	return !o->stopping && !output_holds(o, OUTPUT_TARGET, now_us) &&
		!output_holds(o, OUTPUT_STATE, now_us);
}

bool output_is_idle(const struct output *o, uint64_t now_us)
{
	if (o->pending.running > 0)
		return false;
	if (o->failed != 0 || !output_may_begin(o, now_us) ||
		output_holds(o, OUTPUT_LOG, now_us))
		return true;
	return (o->at_end || pending_is_full(&o->pending)) &&
		pending_next_us(&o->pending) > now_us;
}

// --- open and close

static void note_done(void *ctx, const struct mt_id *id)
{
	struct done *d = ctx;

	done_add(d, id);
}

// Mails of the cursor that got their verdict after it was stored.
static void drop_done(struct output *o)
{
	struct pending_mail *m = TAILQ_FIRST(&o->pending.mails), *next;

	for (; m != NULL; m = next) {
		next = TAILQ_NEXT(m, link);
		if (done_has(&o->done, &m->id))
			pending_remove(&o->pending, m);
	}
}

static int read_cursor(struct output *o)
{
	char name[64];
	struct mt_buf text;

	snprintf(name, sizeof(name), "%s.cursor", o->conf->name);
	mt_buf_init(&text, CURSOR_MAX + (64u << 10));
	int rc = state_load(o->state, name, &text);
	if (rc == 0)
		rc = cursor_read(mt_buf_span(&text), &o->cursor, &o->pending,
			mt_clock_mono_us(), o->conf->retry_most_s * 1000000ULL);
	mt_buf_fini(&text);
	if (rc == -EBADMSG || rc == -EFBIG) {
		mt_log(MT_LOG_ERROR, "inspect",
			"%s is damaged: the log is read from its oldest mail, and what %s has is "
			"not done again",
			name, o->journal.name);
		rc = 0;
	}
	return rc == -ENOENT ? 0 : rc;
}

static int recall(struct output *o, struct mt_error *error)
{
	int rc = read_cursor(o);

	if (rc == 0)
		rc = journal_recover(&o->journal, o->cursor.inode, o->cursor.size,
			note_done, &o->done);
	if (rc == 0 && o->done.ids.full)
		rc = -ENOMEM;
	if (rc != 0) {
		mt_error_set(error, -rc, "%s: cursor and verdicts cannot be read: %s",
			o->conf->name, strerror(-rc));
		return EX_IOERR;
	}
	drop_done(o);
	spool_reader_seek(o->reader, o->cursor.at.segment, o->cursor.at.offset);
	return 0;
}

static int open_files(struct output *o, const char *spool, struct mt_error *error)
{
	int rc = journal_open(&o->journal, o->state, o->conf->name);
	if (rc != 0) {
		mt_error_set(error, -rc,
			"%s.verdicts: %s; it must be writable for this user",
			o->conf->name, strerror(-rc));
		return EX_CANTCREAT;
	}
	o->reader = spool_reader_open(spool, &spool_disk_real, error);
	if (o->reader == NULL)
		return EX_NOINPUT;
	return recall(o, error);
}

static void give_back(struct output *o)
{
	spool_reader_close(o->reader);
	journal_close(&o->journal);
	done_fini(&o->done);
	pending_fini(&o->pending);
}

int output_open(struct output *o, const struct conf_inspect *conf,
	const struct state *state, const char *spool, uint64_t rotate,
	struct mt_error *error)
{
	*o = (struct output){.conf = conf,
		.state = state,
		.kind = kinds[conf->kind],
		.rotate = rotate,
		.journal = {.fd = -1}};
	done_init(&o->done);
	if (pending_init(&o->pending) != 0) {
		mt_error_set(error, ENOMEM, "no memory");
		return EX_OSERR;
	}
	int code = open_files(o, spool, error);
	if (code == 0)
		code = o->kind->open(o, error);
	if (code != 0)
		give_back(o);
	return code;
}

int output_close(struct output *o)
{
	o->kind->close(o);
	// A disk that is full by now costs nothing but a second try of some mails.
	if (o->failed == 0 && !store_cursor(o))
		mt_log(MT_LOG_ERROR, "inspect",
			"%s: the cursor cannot be stored; mails since the last one are done again",
			o->conf->name);
	give_back(o);
	return o->failed;
}
