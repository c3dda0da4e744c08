// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// One output: a reader of the log of its own that takes mails, has them handled by its kind (a
// folder or a program), and keeps their verdicts. A verdict is on the disk before the cursor
// says that the mail is done, and at a start both are read, so no mail gets a second one; what
// was under way at a crash is done again. Outputs do not wait for each other.

#include "cursor.h"
#include "done.h"
#include "journal.h"
#include "mail.h"
#include "pending.h"
#include "spool_reader.h"

#include "mt_error.h"

#include <poll.h>

#define OUTPUT_NEVER UINT64_MAX

struct output;

// What a kind does. `private` is its own, made by open and given back by close.
struct output_kind {
	int (*open)(struct output *o, struct mt_error *error); // 0 or the exit code
	// Begins and ends tries; true: there is more to do at once.
	bool (*work)(struct output *o, uint64_t now_us);
	// Files to wait for; how many of room it used.
	size_t (*poll)(const struct output *o, struct pollfd *fds, size_t room);
	uint64_t (*next_us)(const struct output *o); // when it must be called next
	void (*close)(struct output *o); // breaks off what runs; that try does not count
};

extern const struct output_kind output_directory, output_exec;

// Where trouble can be that is not a mail's: told once, and tried again later, for ever.
enum output_place {
	OUTPUT_LOG, // the spool cannot be read
	OUTPUT_TARGET, // the folder, or what a program needs before it starts
	OUTPUT_STATE, // verdicts and cursor cannot be written
	OUTPUT_PLACES
};

struct output_trouble {
	uint64_t hold_us,
		backoff_us; // nothing is tried there before hold_us; 0: all is well
	char text[VERDICT_TEXT_SIZE];
};

struct output {
	const struct conf_inspect *conf;
	const struct state *state;
	const struct output_kind *kind;
	void *private;
	uint64_t rotate; // octets of the verdicts' file, 0: never

	struct spool_reader *reader;
	struct pending pending;
	struct journal journal;
	struct cursor cursor;
	struct done done; // kept: after a power cut the log may show old mails late

	bool stopping; // nothing new is begun
	bool at_end; // of the log, at the last look
	bool was_full; // and it was told
	bool changed; // since the cursor was stored
	int failed; // exit code: this process cannot go on

	uint64_t looked_us, stored_us,
		added_us; // added: the oldest verdict not on the disk
	uint64_t expired; // segments that were told

	struct output_trouble troubles[OUTPUT_PLACES];

	uint64_t counts[VERDICT_COUNT], skipped, retries; // since the start
	char last_error[VERDICT_TEXT_SIZE]; // of a try
};

// 0, or the exit code with error text. The strings are lent.
int output_open(struct output *o, const struct conf_inspect *conf,
	const struct state *state, const char *spool, uint64_t rotate,
	struct mt_error *error);
// A bounded piece of work. True: there is more to do at once.
bool output_poll(struct output *o, uint64_t now_us);
uint64_t output_next_us(const struct output *o);
// The log is read to its end and nothing can be done now.
bool output_is_idle(const struct output *o, uint64_t now_us);
// Breaks off what runs, puts verdicts and cursor on the disk, and gives everything back. 0 or the
// exit code.
int output_close(struct output *o);

// --- for the kinds

// Whether a try may be begun.
bool output_may_begin(const struct output *o, uint64_t now_us);
// The content and record of a mail that is due. 1: *found and *ret_record are there (json_decref
// it); 0: they are gone and the mail has its verdict; -errno.
int output_load(struct output *o, struct pending_mail *m, struct spool_found *found,
	json_t **ret_record);
// The final verdict of a mail; m is gone after it. v needs kind, text, exit, signal, run_us,
// record, and tries of this run (0 or 1).
void output_finish(struct output *o, struct pending_mail *m, const struct verdict *v);
// The content could not be read: rc of spool_reader_content. False: it is trouble of the disk.
bool output_finish_unread(
	struct output *o, struct pending_mail *m, const json_t *record, int rc);
void output_trouble(struct output *o, enum output_place place, int rc, const char *what);
// Something was done there, though not all: the next try is soon.
void output_moves(struct output *o, enum output_place place);
void output_well(struct output *o, enum output_place place);
static inline bool output_holds(
	const struct output *o, enum output_place place, uint64_t now_us)
{
	return now_us < o->troubles[place].hold_us;
}
