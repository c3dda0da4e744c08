// SPDX-License-Identifier: BSD-3-Clause
#include "signatures.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct signatures {
	struct scan_set *set;
	uint64_t loaded_us;
	_Atomic uint64_t hits[]; // one writer
};

struct signatures *signatures_load(
	const struct conf *conf, const char *spool, struct mt_buf *faults)
{
	const char *paths[CONF_PATHS_MAX];
	char cache[CONF_PATH_SIZE + 32];
	struct scan_settings settings = {
		.paths = paths,
		.path_count = conf->signatures.count,
		.cache = spool != NULL ? cache : NULL,
	};

	if (conf->signatures.count == 0)
		return NULL;
	for (size_t i = 0; i < conf->signatures.count; i++)
		paths[i] = conf->signatures.path[i];
	if (spool != NULL) {
		// Before the spool is opened for the first time it is not there.
		mkdir(spool, 0750);
		snprintf(cache, sizeof(cache), "%s/state", spool);
		mkdir(cache, 0750);
		snprintf(cache, sizeof(cache), "%s/state/signatures", spool);
	}
	struct scan_set *set = scan_set_load(&settings, faults);
	if (set == NULL)
		return NULL;
	if (scan_set_note(set)[0] != '\0')
		mt_log(MT_LOG_WARN, "scan", "%s", scan_set_note(set));
	size_t n = scan_set_count(set);
	struct signatures *s = calloc(1, sizeof(*s) + n * sizeof(s->hits[0]));
	if (s == NULL) {
		scan_set_drop(set);
		mt_buf_add_text(faults, "no memory for the signatures\n");
		return NULL;
	}
	s->set = set;
	s->loaded_us = mt_clock_wall_us();
	return s;
}

void signatures_free(struct signatures *s)
{
	if (s == NULL)
		return;
	scan_set_drop(s->set);
	free(s);
}

struct scan_set *signatures_set(const struct signatures *s)
{
	return s->set;
}

uint64_t signatures_loaded_us(const struct signatures *s)
{
	return s->loaded_us;
}

// They stand in the order of their ids.
static size_t find(const struct scan_set *set, uint32_t id)
{
	size_t low = 0, high = scan_set_count(set);

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (scan_set_get(set, middle)->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void signatures_count(struct signatures *s, const struct scan_set *set,
	const struct scan_signature *signature)
{
	if (set != s->set)
		return;
	_Atomic uint64_t *hits = &s->hits[find(set, signature->id)];
	atomic_store_explicit(hits, atomic_load_explicit(hits, memory_order_relaxed) + 1,
		memory_order_relaxed);
}

uint64_t signatures_hits(const struct signatures *s, size_t nth)
{
	return atomic_load_explicit(&s->hits[nth], memory_order_relaxed);
}
