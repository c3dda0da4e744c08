// SPDX-License-Identifier: BSD-3-Clause
#include "crash_world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define OPEN_MAX 4
#define SEGMENT  16384

static uint64_t draw(struct world *w, uint64_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (w->random >> 11) % below;
}

uint8_t world_octet(size_t story, size_t offset)
{
	return (uint8_t)(story * 131 + offset * 7 + (offset >> 8) * 13 + 1);
}

struct story *world_find(struct world *w, const char *id)
{
	for (size_t i = w->count; i > 0; i--)
		if (strncmp(w->stories[i - 1].id.text, id, MT_ID_LEN) == 0)
			return &w->stories[i - 1];
	return NULL;
}

static void on_release(void *ctx, void *owner)
{
	struct world *w = ctx;

	w->released++;
	free(owner);
}

static struct story *story_in(struct world *w, struct span json)
{
	const char *at = memmem(json.ptr, json.len, "\"smtp\",\"id\":\"", 13);

	return at != NULL ? world_find(w, at + 13) : NULL;
}

static int on_announce(void *ctx, struct span json, uint64_t segment, uint64_t offset)
{
	struct world *w = ctx;

	if (sim_disk_is_dead(w->disk))
		return -EIO;
	if (w->announce_fails > 0) {
		w->announce_fails--;
		return -EAGAIN;
	}
	struct story *x = story_in(w, json);
	if (x != NULL && x->announced)
		w->violation = "a mail was announced twice in one life";
	if (x != NULL)
		x->announced = true;
	return w->eve != NULL ? spool_eve_line(w->eve, json, segment, offset) : 0;
}

static void on_lost(void *ctx, const struct mt_id *id, int why)
{
	struct world *w = ctx;
	struct story *x = world_find(w, id->text);

	(void)why;
	if (sim_disk_is_dead(w->disk))
		return;
	if (x == NULL || x->announced)
		w->violation = "a mail was told lost that was announced";
	else
		x->lost = true;
}

static struct span make_json(char text[128], const char *id, bool refused)
{
	int n = snprintf(text, 128,
		"{\"event_type\":\"smtp\",\"id\":\"%s\",\"refused\":%d}", id, refused);

	return span_make(text, (size_t)n);
}

static void begin(struct world *w)
{
	char text[128];

	if (w->open_count == OPEN_MAX || w->count == WORLD_MAILS)
		return;
	struct story *x = &w->stories[w->count];
	struct mt_id id = spool_next_id(w->spool, 1764000000000000ULL + w->step * 1000);
	if (world_find(w, id.text) != NULL)
		w->violation = "an id was given twice";
	*x = (struct story){
		.id = id, .large = draw(w, 20) == 0, .refused = draw(w, 8) == 0};
	int n = snprintf(text, sizeof(text), "{\"id\":\"%s\"}", id.text);
	x->mail = spool_begin(w->spool, &x->id, span_make(text, (size_t)n));
	if (x->mail != NULL)
		w->open[w->open_count++] = w->count;
	w->count++;
}

static void content(struct world *w, size_t nth)
{
	struct story *x = &w->stories[w->open[nth]];
	size_t len = x->large ? 3000 + draw(w, 9000) : draw(w, 900);
	bool lend = draw(w, 4) != 0;
	uint8_t *text = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		text[i] = world_octet(w->open[nth], x->size + i);
	w->lent += lend;
	if (spool_content(w->spool, x->mail, span_make(text, len), lend ? text : NULL) ==
		0)
		x->size += len;
	if (!lend)
		free(text);
}

static void end(struct world *w, size_t nth)
{
	struct story *x = &w->stories[w->open[nth]];
	char text[128];

	w->open[nth] = w->open[--w->open_count];
	if (draw(w, 12) == 0) {
		spool_abort(w->spool, x->mail, "given up");
	} else if (x->refused) {
		x->committed =
			spool_commit_unkept(w->spool, x->mail,
				make_json(text, x->id.text, true), "spool.keep") == 0;
	} else if (spool_settle(w->spool, x->mail) != 0) {
		spool_abort(w->spool, x->mail, "lost");
	} else {
		x->kept = true;
		x->committed = spool_commit(w->spool, x->mail,
				       make_json(text, x->id.text, false)) == 0;
	}
	x->mail = NULL;
}

static void record(struct world *w)
{
	char text[64];

	int n = snprintf(text, sizeof(text), "{\"event_type\":\"alert\",\"n\":%llu}",
		(unsigned long long)w->records++);
	spool_record(w->spool, span_make(text, (size_t)n));
}

static void do_something(struct world *w)
{
	uint64_t what = draw(w, 12);

	if (what < 4)
		begin(w);
	else if (what < 8 && w->open_count > 0)
		content(w, draw(w, w->open_count));
	else if (what < 11 && w->open_count > 0)
		end(w, draw(w, w->open_count));
	else if (what == 11)
		record(w);
}

static void inject(struct world *w, unsigned step)
{
	static const struct {
		unsigned step;
		void (*fault)(struct sim_disk *d);
	} faults[] = {
		{300, sim_disk_fail_write},
		{420, sim_disk_fail_sync},
		{520, sim_disk_fail_sync},
		{620, sim_disk_fail_write},
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].step == step)
			faults[i].fault(w->disk);
	if (step == 160)
		sim_disk_set_space(w->disk, 500);
	if (step == 240)
		sim_disk_set_space(w->disk, UINT64_MAX);
	if (step == 270)
		w->announce_fails = 3;
}

// Every look at this clock is a little later, the same in every run.
static uint64_t clock_us;

static uint64_t next_us(void)
{
	return clock_us += 10;
}

static bool start(struct world *w)
{
	struct spool_settings settings = {
		.directory = WORLD_SPOOL,
		.appliance = 7,
		.segment_size = SEGMENT,
		.durability = w->durability,
		.batch_count = 12,
		.batch_us = 30000,
		.mails_max = OPEN_MAX,
		.retry_us = 10,
		.now_us = next_us,
		.release = on_release,
		.announce = on_announce,
		.lost = on_lost,
		.ctx = w,
	};
	struct spool_eve_settings eve = {.spool = WORLD_SPOOL,
		.rotate = 6000,
		.sync_us = 60000,
		.sync_octets = 4000};
	struct mt_error error;
	int code;

	w->spool = spool_open(&settings, &w->calls, &code, &error);
	if (w->spool == NULL && !sim_disk_is_dead(w->disk))
		w->violation = "the spool could not be opened";
	if (w->spool == NULL)
		return false;
	w->eve = spool_eve_open(&eve, &w->calls, &error);
	if (w->eve == NULL && !sim_disk_is_dead(w->disk))
		w->violation = "eve.json could not be opened";
	return w->eve != NULL;
}

static void stop(struct world *w)
{
	while (w->open_count > 0) {
		struct story *x = &w->stories[w->open[--w->open_count]];
		spool_abort(w->spool, x->mail, "cut by stop");
		x->mail = NULL;
	}
	int rc = w->spool != NULL ? spool_close(w->spool) : 0;
	int eve_rc = w->eve != NULL ? spool_eve_close(w->eve) : 0;
	w->spool = NULL;
	w->eve = NULL;
	if (!sim_disk_is_dead(w->disk) && w->violation == NULL &&
		(rc != 0 || eve_rc != 0))
		w->violation = "the spool could not be closed";
	if (w->lent != w->released && w->violation == NULL)
		w->violation = "content memory was not given back";
}

static void retain(struct world *w)
{
	const struct spool_retention limits = {.size = 4 * SEGMENT};

	spool_retain(w->spool, &limits, 0, spool_eve_needs(w->eve));
}

void world_live(struct world *w, unsigned steps)
{
	struct spool_job *job = NULL;
	w->announce_fails = 0;
	bool well = start(w);

	for (unsigned i = 0; well && i < steps && !sim_disk_is_dead(w->disk); i++) {
		w->step++;
		if (w->faults)
			inject(w, i);
		do_something(w);
		if (job == NULL)
			job = spool_sync_begin(w->spool, w->step * 1000, false);
		if (job != NULL && draw(w, 2) == 0) {
			spool_sync_run(job);
			spool_sync_end(w->spool, job);
			job = NULL;
		}
		if (draw(w, 5) == 0)
			spool_eve_tick(w->eve, w->step * 1000);
		if (w->retains && i % 5 == 0)
			retain(w);
	}
	if (job != NULL) {
		spool_sync_run(job);
		spool_sync_end(w->spool, job);
	}
	stop(w);
}

void world_init(struct world *w, uint64_t seed)
{
	*w = (struct world){.random = seed * 0x9e3779b97f4a7c15ULL + 1};
	clock_us = 0;
	w->disk = sim_disk_create();
	w->calls = sim_disk_calls(w->disk);
}

void world_fini(struct world *w)
{
	sim_disk_destroy(w->disk);
}
