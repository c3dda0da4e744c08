// SPDX-License-Identifier: BSD-3-Clause
#include "crash_world.h"
#include "spool_chain.h"
#include "spool_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FILES 256

static char text[512];

#define VIOLATION(...) (snprintf(text, sizeof(text), __VA_ARGS__), text)

struct content_check {
	size_t story, at;
	bool differs;
};

static int compare_piece(void *ctx, struct span piece)
{
	struct content_check *c = ctx;

	for (size_t i = 0; i < piece.len; i++)
		if (piece.ptr[i] != world_octet(c->story, c->at + i))
			c->differs = true;
	c->at += piece.len;
	return 0;
}

static const char *check_commit(struct world *w, struct spool_reader *r,
	const struct spool_found *found, bool *seen)
{
	struct story *x = world_find(w, found->part.id.text);
	struct content_check c = {.story = x != NULL ? (size_t)(x - w->stories) : 0};

	if (x == NULL)
		return VIOLATION("the log has a mail that nobody wrote");
	if (seen[c.story])
		return VIOLATION("mail %zu stands in the log twice", c.story);
	seen[c.story] = true;
	bool kept = (found->part.flags & SPOOL_PART_UNKEPT) == 0;
	if (kept == x->refused)
		return VIOLATION("mail %zu is kept and refused", c.story);
	if (!kept)
		return NULL;
	int rc = spool_reader_content(r, found, compare_piece, &c);
	// It lay in two segments, and retention took the older one.
	if (rc == -ENOENT && w->retains)
		return NULL;
	if (rc != 0 || c.differs || c.at != x->size)
		return VIOLATION("mail %zu is torn: %d, %zu of %zu octets", c.story, rc,
			c.at, x->size);
	return NULL;
}

// Everything the log shows, as the lines that eve.json must have.
static const char *check_log(struct world *w, struct mt_buf *lines)
{
	bool *seen = calloc(WORLD_MAILS, sizeof(*seen));
	const char *bad = NULL;
	struct spool_found found;
	struct mt_error error;

	struct spool_reader *r = spool_reader_open(WORLD_SPOOL, &w->calls, &error);
	if (r == NULL)
		return VIOLATION("%s", error.text);
	while (bad == NULL && spool_reader_next(r, &found) == 1) {
		mt_buf_add(lines, found.json);
		mt_buf_add_char(lines, '\n');
		if (memmem(found.json.ptr, found.json.len, "\"corrupt\"", 9) != NULL)
			bad = VIOLATION("damage was told: %.*s", (int)found.json.len,
				found.json.ptr);
		if (bad == NULL && found.type == SPOOL_ENTRY_COMMIT)
			bad = check_commit(w, r, &found, seen);
	}
	for (size_t i = 0; i < w->count && bad == NULL; i++) {
		if (w->stories[i].announced && !seen[i] && !w->retains)
			bad = VIOLATION("announced mail %zu is gone", i);
		if (w->stories[i].lost && seen[i])
			bad = VIOLATION("mail %zu was told lost and is there", i);
	}
	spool_reader_close(r);
	free(seen);
	return bad;
}

struct files {
	char names[FILES][64];
	int count;
};

static void add_file(void *arg, const char *name)
{
	struct files *f = arg;

	if (strncmp(name, "eve.json.", 9) == 0 && f->count < FILES)
		snprintf(f->names[f->count++], sizeof(f->names[0]), "%s", name);
}

// By time, then by number within a second.
static int compare_names(const void *a, const void *b)
{
	const char *x = a, *y = b;
	int rc = strncmp(x, y, 9 + 16);

	return rc != 0                                                        ? rc
		: strtol(x + 9 + 16, NULL, 10) < strtol(y + 9 + 16, NULL, 10) ? 1
									      : -1;
}

static void add_text(struct world *w, const char *name, struct mt_buf *to)
{
	char path[128];
	int64_t size;

	snprintf(path, sizeof(path), WORLD_SPOOL "/%s", name);
	const uint8_t *data = sim_disk_file(w->disk, path, &size);
	if (size > 0)
		mt_buf_add(to, span_make(data, (size_t)size));
}

static const char *check_eve(struct world *w, const struct mt_buf *lines)
{
	struct files files = {.count = 0};
	const char *bad = NULL;
	struct mt_buf eve;

	mt_buf_init(&eve, 1u << 30);
	w->calls.list(w->calls.ctx, WORLD_SPOOL, add_file, &files);
	qsort(files.names, (size_t)files.count, sizeof(files.names[0]), compare_names);
	for (int i = 0; i < files.count; i++)
		add_text(w, files.names[i], &eve);
	add_text(w, "eve.json", &eve);
	// What retention took from the log stays in eve.json.
	size_t gone = w->retains && eve.len > lines->len ? eve.len - lines->len : 0;
	if (!span_equal(span_skip(mt_buf_span(&eve), gone), mt_buf_span(lines))) {
		size_t at = 0;
		while (at < eve.len && at < lines->len && eve.ptr[at] == lines->ptr[at])
			at++;
		bad = VIOLATION(
			"eve.json (%zu octets) is not the log's lines (%zu): from %zu on",
			eve.len, lines->len, at);
	}
	mt_buf_fini(&eve);
	return bad;
}

// --- each mail that began has an end

struct begun {
	char ids[WORLD_MAILS][MT_ID_LEN + 1];
	size_t count;
};

static void end_id(struct begun *b, const char *id)
{
	for (size_t i = 0; i < b->count; i++)
		if (memcmp(b->ids[i], id, MT_ID_LEN) == 0)
			memcpy(b->ids[i], b->ids[--b->count], MT_ID_LEN + 1);
}

static void take_entry(struct begun *b, enum spool_entry_type type, struct span payload)
{
	const char *at = type == SPOOL_ENTRY_RECORD
		? memmem(payload.ptr, payload.len, "\"recovered\",\"id\":\"", 18)
		: NULL;
	struct spool_part part;

	if (at != NULL)
		end_id(b, at + 18);
	if ((type != SPOOL_ENTRY_BEGIN && type != SPOOL_ENTRY_COMMIT &&
		    type != SPOOL_ENTRY_ABORT) ||
		spool_part_decode(payload, &part) != 0)
		return;
	end_id(b, part.id.text);
	if (type == SPOOL_ENTRY_BEGIN && b->count < WORLD_MAILS)
		memcpy(b->ids[b->count++], part.id.text, MT_ID_LEN + 1);
}

static const char *check_ends(struct world *w)
{
	struct begun *b = calloc(1, sizeof(*b));
	struct spool_chain chain;
	struct spool_scan scan;
	struct spool_entry e;
	struct span payload;
	uint64_t at, expected = 0;

	text[0] = '\0';
	spool_chain_init(&chain, &w->calls, WORLD_SPOOL);
	spool_scan_init(&scan, &w->calls);
	spool_chain_refresh(&chain);
	for (size_t i = 0; i < spool_chain_count(&chain); i++) {
		const struct spool_link *x = spool_chain_get(&chain, i);
		spool_scan_open(&scan, WORLD_SPOOL, x->number, 0);
		while (spool_scan_next(&scan, &e, &at) == 1 && e.sequence < x->bound) {
			if (expected != 0 && e.sequence != expected)
				snprintf(text, sizeof(text),
					"the log skips from %llu to %llu",
					(unsigned long long)expected,
					(unsigned long long)e.sequence);
			expected = e.sequence + 1;
			if (e.type != SPOOL_ENTRY_CHUNK &&
				spool_scan_payload(&scan, &e, at, &payload) == 0)
				take_entry(b, e.type, payload);
		}
	}
	if (b->count > 0)
		snprintf(text, sizeof(text), "%zu mails began and have no end, as %s",
			b->count, b->ids[0]);
	spool_scan_fini(&scan);
	spool_chain_fini(&chain);
	free(b);
	return text[0] != '\0' ? text : NULL;
}

const char *world_check(struct world *w)
{
	struct mt_buf lines;

	if (w->violation != NULL)
		return w->violation;
	mt_buf_init(&lines, 1u << 30);
	const char *bad = check_log(w, &lines);
	if (bad == NULL)
		bad = check_eve(w, &lines);
	mt_buf_fini(&lines);
	return bad != NULL ? bad : check_ends(w);
}
