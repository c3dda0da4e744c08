// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Between the files of the writer: its state, and the calls by which the spool answers.

#include "eml.h"
#include "record.h"
#include "signatures.h"
#include "spool_eve.h"
#include "syncer.h"
#include "tls_read.h"
#include "writer.h"
#include "writer_mail.h"

struct slot_table { // one a worker
	struct writer_mail **mails;
	struct tls_facts **tls; // of sessions whose end is awaited
	uint32_t count;
};

// What others may see of the spool. Its own figures are the writer's alone; a copy is made a few
// times a second. `turn` is odd while it is written.
struct writer_seen {
	_Atomic uint32_t turn;
	uint64_t at_us; // monotonic
	struct spool_status status;
};

struct writer {
	const struct conf *boot; // as it was at the start
	struct live_view view;
	struct worker *workers;
	uint32_t worker_count;
	bool lossless;
	struct spool *spool;
	struct spool_eve *eve;
	struct eml *eml;
	struct eml *hold; // copies that signatures ask for
	struct scan_pool *scan;
	struct signatures *signatures; // in force; NULL: none
	_Atomic(struct signatures *) next_signatures; // control offers
	_Atomic(struct signatures *) seen_signatures; // the writer has taken
	struct syncer *syncer;
	struct slot_table *slots;
	struct writer_mails mails;
	struct writer_tls *tls;
	struct record_context record;
	const char *ifaces[CONF_INTERFACES_MAX];
	struct mt_buf json;
	uint32_t lent; // chunks whose content waits to be written
	uint32_t lent_max;
	uint64_t sync_began_us;
	uint64_t retain_us; // poll clock of the next look at retention
	uint64_t packet_us; // newest packet time told by a tape
	uint64_t rounds;
	_Atomic bool reopen; // control asks, the writer clears
	uint64_t tsc_per_us;
	struct recent recent;
	struct writer_seen seen;
	uint64_t seen_due_us; // on the polling clock
	struct stats_hist hists[WRITER_HIST_COUNT];
	uint64_t unsynced,
		syncing; // mails committed: since the last batch began, in the batch
	struct stats_block stats;
};

// Copies the spool's figures for others to see. Writer only.
void writer_show_spool(struct writer *w);
// Calls of the spool: content was written, a record is durable, a mail is lost.
void writer_on_release(void *ctx, void *owner);
int writer_on_announce(void *ctx, struct span json, uint64_t segment, uint64_t offset);
void writer_on_lost(void *ctx, const struct mt_id *id, int why);

// --- writer_session.c
// Opens files of libcrypto. NULL: no memory.
struct writer_tls *writer_tls_create(void);
void writer_tls_destroy(struct writer_tls *t);
// Gathers octets of a handshake.
void writer_handshake(struct writer_mail *m, const struct mail_item *item);
// Reads what was gathered, and keeps what it says until the session ends.
void writer_handshake_end(struct writer *w, struct writer_mail *m, uint16_t ends,
	const struct mail_chunk *chunk);
// The record of a session.
void writer_session(struct writer *w, struct writer_mail *m, struct span text,
	const struct mail_chunk *chunk);

// --- writer_scan.c
// signatures: lent, NULL for none. False: no memory.
bool writer_scan_open(struct writer *w, struct signatures *signatures);
void writer_scan_close(struct writer *w);
// Takes signatures that were offered.
void writer_scan_look(struct writer *w);
void writer_scan_begin(struct writer *w, struct writer_mail *m);
// The mail is over, whatever its fate: sets m->held.
void writer_scan_end(struct writer *w, struct writer_mail *m);
