// SPDX-License-Identifier: BSD-3-Clause
#include "status.h"

#include "mt_clock.h"
#include "mt_json.h"

#include <stdio.h>
#include <unistd.h>

#define STATUS_MAX (64u << 10)

static const char *first_trouble(const struct output *o)
{
	for (int p = 0; p < OUTPUT_PLACES; p++)
		if (o->troubles[p].backoff_us > 0)
			return o->troubles[p].text;
	return "";
}

static const char *word_for(const struct output *o, bool stopped)
{
	if (stopped)
		return "stopped";
	if (first_trouble(o)[0] != '\0')
		return "trouble";
	return o->pending.deferred > 0 ? "waiting" : "ok";
}

static void put_time(struct mt_json *j, const char *key, uint64_t at_us)
{
	char text[MT_CLOCK_TEXT_SIZE];

	mt_clock_text(at_us, text);
	mt_json_text(j, key, text);
}

static void put_depth(struct mt_json *j, const struct output *o, uint64_t now_us)
{
	const struct pending_mail *oldest = TAILQ_FIRST(&o->pending.mails);
	uint64_t limit = spool_reader_limit(o->reader);
	uint64_t next = o->cursor.at.sequence + 1;
	uint64_t age_us = oldest != NULL && now_us > oldest->since_us
		? now_us - oldest->since_us
		: 0;

	mt_json_u64(j, "depth", o->pending.count);
	mt_json_u64(j, "running", o->pending.running);
	mt_json_u64(j, "deferred", o->pending.deferred);
	mt_json_u64(j, "oldest_s", age_us / 1000000);
	mt_json_bool(j, "full", pending_is_full(&o->pending));
	mt_json_u64(j, "behind", o->at_end || limit < next ? 0 : limit - next);
	mt_json_open(j, "at", '{');
	mt_json_u64(j, "segment", o->cursor.at.segment);
	mt_json_u64(j, "offset", o->cursor.at.offset);
	mt_json_u64(j, "sequence", o->cursor.at.sequence);
	mt_json_close(j, '}');
}

static void print(
	const struct output *o, uint64_t started_us, bool stopped, struct mt_buf *out)
{
	uint64_t now_us = mt_clock_wall_us();
	struct mt_json j;

	mt_json_init(&j, out);
	mt_json_open(&j, NULL, '{');
	put_time(&j, "timestamp", now_us);
	mt_json_text(&j, "output", o->conf->name);
	mt_json_text(
		&j, "kind", o->conf->kind == CONF_INSPECT_EXEC ? "exec" : "directory");
	mt_json_u64(&j, "pid", (uint64_t)getpid());
	put_time(&j, "started", started_us);
	mt_json_text(&j, "state", word_for(o, stopped));
	mt_json_text(&j, "trouble", first_trouble(o));
	mt_json_text(&j, "last_error", o->last_error);
	put_depth(&j, o, now_us);
	mt_json_u64(&j, "expired_segments", o->expired);
	mt_json_u64(&j, "skipped", o->skipped);
	mt_json_u64(&j, "retries", o->retries);
	mt_json_open(&j, "verdicts", '{');
	for (int k = 0; k < VERDICT_COUNT; k++)
		mt_json_u64(&j, verdict_name((enum verdict_kind)k), o->counts[k]);
	mt_json_close(&j, '}');
	mt_json_close(&j, '}');
	mt_buf_add_char(out, '\n');
}

int status_store(const struct output *o, uint64_t started_us, bool stopped)
{
	char name[64];
	struct mt_buf text;

	snprintf(name, sizeof(name), "%s.status", o->conf->name);
	mt_buf_init(&text, STATUS_MAX);
	print(o, started_us, stopped, &text);
	int rc = state_store(o->state, name, mt_buf_span(&text), false);
	mt_buf_fini(&text);
	return rc;
}
