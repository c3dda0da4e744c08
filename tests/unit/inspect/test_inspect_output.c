// SPDX-License-Identifier: BSD-3-Clause

// An output with a kind that decides at once, on a real spool. It is left at every step, and
// another one goes on with what stands on the disk: each mail must have one verdict in the end.

#include "output.h"
#include "spool.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#define MAILS 40
#define STEPS 120

static char folder[] = "/tmp/test_inspect_output.XXXXXX";
static char state_path[64];
static struct state state;
static struct mt_error error;
static struct conf_inspect conf = {
	.name = "av", .path = "/", .only = CONF_KEEP_ACCEPTED, .retry_most_s = 1};
static uint32_t seed = 1;
static int fates; // what the kind does with a mail: 1 of so many is deferred, 0: none

// --- the kind

static uint32_t draw(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 16;
}

static int kind_open(struct output *o, struct mt_error *e)
{
	(void)o;
	(void)e;
	return 0;
}

static bool kind_work(struct output *o, uint64_t now_us)
{
	struct spool_found found;
	json_t *record;
	struct pending_mail *m = pending_due(&o->pending, now_us);

	if (m == NULL || !output_may_begin(o, now_us))
		return false;
	int rc = output_load(o, m, &found, &record);
	if (rc != 1)
		return rc == 0;
	pending_run(&o->pending, m);
	if (fates > 0 && draw() % (uint32_t)fates == 0) {
		pending_defer(&o->pending, m, now_us + draw() % 1000);
		o->changed = true;
	} else {
		struct verdict v = {
			.kind = VERDICT_CLEAN, .exit = 0, .tries = 1, .record = record};
		output_finish(o, m, &v);
	}
	json_decref(record);
	return true;
}

static size_t kind_poll(const struct output *o, struct pollfd *fds, size_t room)
{
	(void)o;
	(void)fds;
	(void)room;
	return 0;
}

static uint64_t kind_next_us(const struct output *o)
{
	return pending_next_us(&o->pending);
}

static void kind_close(struct output *o)
{
	(void)o;
}

const struct output_kind output_directory = {
	kind_open, kind_work, kind_poll, kind_next_us, kind_close};
const struct output_kind output_exec = {
	kind_open, kind_work, kind_poll, kind_next_us, kind_close};

// --- a spool

static void ignore_release(void *ctx, void *owner)
{
	(void)ctx;
	(void)owner;
}

static int ignore_announce(void *ctx, struct span json, uint64_t segment, uint64_t offset)
{
	(void)ctx;
	(void)json;
	(void)segment;
	(void)offset;
	return 0;
}

static void ignore_lost(void *ctx, const struct mt_id *id, int why)
{
	(void)ctx;
	(void)id;
	(void)why;
}

static struct spool *open_spool(void)
{
	struct spool_settings settings = {.directory = folder,
		.appliance = 7,
		.segment_size = 64u << 10,
		.batch_count = 4,
		.batch_us = 1000,
		.mails_max = 8,
		.release = ignore_release,
		.announce = ignore_announce,
		.lost = ignore_lost};
	int code;
	struct spool *s = spool_open(&settings, &spool_disk_real, &code, &error);

	cr_assert_not_null(s, "%s", error.text);
	return s;
}

static void add_mails(int count, const char *outcome)
{
	static char content[8000];
	char json[128];
	struct spool *s = open_spool();

	memset(content, 'x', sizeof(content));
	for (int i = 0; i < count; i++) {
		struct mt_id id = spool_next_id(s, 1764000000000000);
		struct spool_mail *m = spool_begin(s, &id, span_text("{}"));
		cr_assert_not_null(m);
		snprintf(json, sizeof(json),
			"{\"mailtap\":{\"id\":\"%s\",\"outcome\":\"%s\",\"stored\":true}}",
			id.text, outcome);
		cr_assert_eq(
			spool_content(s, m, span_make(content, sizeof(content)), NULL),
			0);
		cr_assert_eq(spool_settle(s, m), 0);
		cr_assert_eq(spool_commit(s, m, span_text(json)), 0);
	}
	cr_assert_eq(spool_close(s), 0);
}

static void setup(void)
{
	mt_log_set_level(MT_LOG_FATAL);
	cr_assert_not_null(mkdtemp(folder));
	add_mails(MAILS, "accepted");
	snprintf(state_path, sizeof(state_path), "%s/state/inspect", folder);
	cr_assert_eq(state_open(&state, state_path, &error), 0, "%s", error.text);
}

static int remove_one(
	const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static void teardown(void)
{
	state_close(&state);
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

TestSuite(inspect_output, .init = setup, .fini = teardown);

static void begin(struct output *o)
{
	cr_assert_eq(
		output_open(o, &conf, &state, folder, 0, &error), 0, "%s", error.text);
}

// --- what stands on the disk

static void count_id(void *ctx, const struct mt_id *id)
{
	uint64_t counter = mt_id_counter(id->text);
	unsigned *verdicts = ctx;

	verdicts[counter % 4096]++;
}

// Every mail has one verdict.
static void check_verdicts(unsigned mails, int step)
{
	static unsigned verdicts[4096];
	unsigned once = 0, more = 0;
	struct journal j;

	memset(verdicts, 0, sizeof(verdicts));
	cr_assert_eq(journal_open(&j, &state, "av"), 0);
	cr_assert_eq(journal_recover(&j, 0, 0, count_id, verdicts), 0);
	journal_close(&j);
	for (size_t i = 0; i < 4096; i++) {
		once += verdicts[i] == 1;
		more += verdicts[i] > 1;
	}
	cr_assert_eq(more, 0, "step %d: %u mails have more verdicts", step, more);
	cr_assert_eq(once, mails, "step %d: %u mails have one", step, once);
}

static void finish(struct output *o)
{
	while (output_poll(o, mt_clock_mono_us() + 10000000) || o->pending.count > 0 ||
		!o->at_end)
		continue;
	cr_assert_eq(output_close(o), 0);
}

// As if the first one had been killed now. What the second one did is undone, in place: the
// cursor knows the verdicts by the number of their file.
static void go_on_from_here(int step)
{
	struct output second;
	struct mt_buf cursor;
	struct stat st = {0};

	mt_buf_init(&cursor, 1 << 20);
	bool has_cursor = state_load(&state, "av.cursor", &cursor) == 0;
	cr_assert_eq(fstatat(state.folder, "av.verdicts", &st, 0), 0);
	int before = fates;
	fates = 0;
	begin(&second);
	finish(&second);
	fates = before;
	check_verdicts(MAILS, step);
	int fd = openat(state.folder, "av.verdicts", O_WRONLY | O_CLOEXEC);
	cr_assert_eq(ftruncate(fd, st.st_size), 0);
	close(fd);
	if (has_cursor)
		cr_assert_eq(
			state_store(&state, "av.cursor", mt_buf_span(&cursor), false), 0);
	else
		unlinkat(state.folder, "av.cursor", 0);
	mt_buf_fini(&cursor);
}

Test(inspect_output, left_at_any_step_each_mail_has_one_verdict)
{
	struct output o;

	fates = 3;
	begin(&o);
	for (int step = 0; step < STEPS; step++) {
		// What is due by the clock is due by chance here.
		uint64_t now_us = mt_clock_mono_us();
		o.added_us = draw() % 3 == 0 ? 0 : now_us;
		o.stored_us = draw() % 4 == 0 ? 0 : now_us;
		output_poll(&o, now_us);
		go_on_from_here(step);
	}
	finish(&o);
	check_verdicts(MAILS, STEPS);
}

Test(inspect_output, goes_on_where_it_was_and_takes_what_is_new)
{
	struct output o;

	begin(&o);
	finish(&o);
	add_mails(5, "accepted");
	add_mails(3, "refused"); // not asked for
	begin(&o);
	finish(&o);
	check_verdicts(MAILS + 5, 0);
	begin(&o);
	cr_expect_eq(o.pending.count, 0);
	finish(&o);
	check_verdicts(MAILS + 5, 1);
}

// Everything is taken, nothing is begun.
static void take_all(struct output *o)
{
	o->troubles[OUTPUT_TARGET].hold_us = UINT64_MAX;
	while (!o->at_end)
		output_poll(o, mt_clock_mono_us());
	cr_assert_eq(o->pending.count, MAILS);
	o->troubles[OUTPUT_TARGET].hold_us = 0;
}

Test(inspect_output, what_waits_is_remembered_with_its_tries)
{
	struct output o;

	begin(&o);
	take_all(&o);
	struct pending_mail *first = TAILQ_FIRST(&o.pending.mails);
	struct mt_id id = first->id;
	pending_resume(&o.pending, first, 7, mt_clock_mono_us() + 500000);
	o.changed = true;
	cr_assert_eq(output_close(&o), 0);
	begin(&o);
	first = TAILQ_FIRST(&o.pending.mails);
	cr_assert_not_null(first);
	cr_expect_str_eq(first->id.text, id.text);
	cr_expect_eq(first->tries, 7);
	cr_expect_eq(o.pending.deferred, 1);
	cr_expect_gt(first->due_us, mt_clock_mono_us() - 1000000);
	finish(&o);
	check_verdicts(MAILS, 0);
}

Test(inspect_output, a_mail_that_is_gone_is_expired)
{
	struct output o;
	char path[128];

	begin(&o);
	cr_assert_eq(output_close(&o), 0);
	begin(&o);
	take_all(&o);
	uint64_t number = TAILQ_FIRST(&o.pending.mails)->at.segment;
	snprintf(path, sizeof(path), "%s/segments/%020llu.seg", folder,
		(unsigned long long)number);
	cr_assert_eq(unlink(path), 0);
	unsigned lost = 0;
	const struct pending_mail *m;
	TAILQ_FOREACH(m, &o.pending.mails, link)
		lost += m->at.segment == number;
	cr_assert_gt(lost, 0);
	while (o.pending.count > 0)
		output_poll(&o, mt_clock_mono_us());
	cr_expect_eq(o.counts[VERDICT_EXPIRED], lost);
	cr_expect_eq(o.counts[VERDICT_CLEAN], MAILS - lost);
	cr_assert_eq(output_close(&o), 0);
	check_verdicts(MAILS, 0);
}

Test(inspect_output, a_mail_without_a_place_for_its_verdict_waits)
{
	struct output o;

	begin(&o);
	int right = o.journal.fd;
	o.journal.fd = open("/dev/full", O_RDWR | O_CLOEXEC);
	for (int i = 0; i < 200; i++)
		output_poll(&o, mt_clock_mono_us());
	o.added_us = 0;
	for (int i = 0; i < 200; i++)
		output_poll(&o, mt_clock_mono_us());
	cr_expect_gt(o.troubles[OUTPUT_STATE].backoff_us, 0);
	cr_expect_not_null(strstr(o.troubles[OUTPUT_STATE].text, "No space left"));
	cr_expect(output_is_idle(&o, mt_clock_mono_us()));
	close(o.journal.fd);
	o.journal.fd = right;
	o.troubles[OUTPUT_STATE].hold_us = 0;
	finish(&o);
	check_verdicts(MAILS, 0);
}
