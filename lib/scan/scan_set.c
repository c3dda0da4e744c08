// SPDX-License-Identifier: BSD-3-Clause
#include "scan_key.h"
#include "scan_set_internal.h"

#include "mt_assert.h"
#include "mt_clock.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct loading {
	struct scan_set *set;
	struct scan_faults faults;
	struct scan_signature *off; // disabled ones: only their ids and places matter
	size_t off_room;
	bool full; // told that there are too many
};

// Room for one more of them, or NULL.
static struct scan_signature *one_more(
	struct scan_signature **list, size_t count, size_t *room)
{
	if (count == *room) {
		size_t more = *room > 0 ? 2 * *room : 64;
		struct scan_signature *grown = reallocarray(*list, more, sizeof(**list));
		if (grown == NULL)
			return NULL;
		*list = grown;
		*room = more;
	}
	return &(*list)[count];
}

static void keep(struct loading *l, struct scan_signature *s, bool enabled)
{
	struct scan_set *set = l->set;
	struct scan_signature *place = enabled
		? one_more(&set->signatures, set->count, &set->room)
		: one_more(&l->off, set->disabled, &l->off_room);

	if (place == NULL) {
		scan_fault(&l->faults, (struct scan_place){NULL, 0, 0}, "out of memory");
		scan_signature_fini(s);
		return;
	}
	*place = *s;
	set->count += enabled;
	set->disabled += !enabled;
}

static void take_entry(void *ctx, const struct scan_entry *entry)
{
	struct loading *l = ctx;
	struct scan_signature s;
	bool enabled;

	if (l->set->count + l->set->disabled == SCAN_SIGNATURES_MAX) {
		if (!l->full)
			scan_fault(&l->faults, entry->at,
				"is one signature too many, %u are allowed",
				SCAN_SIGNATURES_MAX);
		l->full = true;
		return;
	}
	// A faulty one is kept, too, so that a second one with its id is told now, not the next time.
	scan_key_read(entry, &l->faults, &s, &enabled);
	keep(l, &s, enabled);
}

// By id, then in the order of reading, which files and lines tell.
static int by_id(const void *a, const void *b)
{
	const struct scan_signature *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	int files = strcmp(x->file, y->file);
	if (files != 0)
		return files;
	return x->line != y->line ? x->line - y->line : x->column - y->column;
}

static void tell_twice(struct loading *l, const struct scan_signature *first,
	const struct scan_signature *again)
{
	scan_fault(&l->faults,
		(struct scan_place){again->file, again->line, again->column},
		"id %u: given twice; the first stands at %s:%d:%d; give one of them a number "
		"of its own",
		again->id, first->file, first->line, first->column);
}

static void find_twins(struct loading *l)
{
	struct scan_set *set = l->set;
	size_t total = set->count + set->disabled;
	struct scan_signature *all = total > 0 ? calloc(total, sizeof(*all)) : NULL;

	if (all == NULL)
		return;
	if (set->count > 0)
		memcpy(all, set->signatures, set->count * sizeof(*all));
	if (set->disabled > 0)
		memcpy(all + set->count, l->off, set->disabled * sizeof(*all));
	qsort(all, total, sizeof(*all), by_id);
	for (size_t i = 1; i < total; i++)
		if (all[i].id > 0 && all[i].id == all[i - 1].id)
			tell_twice(l, &all[i - 1], &all[i]);
	free(all);
}

static void add_text(EVP_MD_CTX *md, const char *text)
{
	if (text != NULL)
		EVP_DigestUpdate(md, text, strlen(text));
	EVP_DigestUpdate(md, "", 1);
}

// Everything that a signature says, one that is left out told from one that is not.
static int make_hash(struct scan_set *set)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	if (md == NULL || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(md);
		return -ENOMEM;
	}
	for (size_t i = 0; i < set->count; i++) {
		const struct scan_signature *s = &set->signatures[i];
		const uint32_t numbers[] = {
			s->id, s->rev, s->severity, s->action, s->scopes, s->flags};
		EVP_DigestUpdate(md, numbers, sizeof(numbers));
		add_text(md, s->name);
		add_text(md, s->category);
		add_text(md, s->description);
		add_text(md, s->reference);
		add_text(md, s->expression);
	}
	EVP_DigestFinal_ex(md, set->hash, NULL);
	EVP_MD_CTX_free(md);
	return 0;
}

static void read_files(struct loading *l, const struct scan_settings *settings)
{
	struct scan_set *set = l->set;
	struct mt_buf text;

	mt_buf_init(&text, SCAN_FILE_MAX + (1u << 20));
	scan_files_find(&set->files, settings->paths, settings->path_count, &l->faults);
	for (size_t i = 0; i < set->files.count; i++) {
		const char *name = set->files.names[i];
		mt_buf_clear(&text);
		if (scan_files_read(name, &text, &l->faults) == 0)
			scan_yaml_read(
				name, mt_buf_span(&text), &l->faults, take_entry, l);
	}
	mt_buf_fini(&text);
	find_twins(l);
	for (size_t i = 0; i < set->disabled; i++)
		scan_signature_fini(&l->off[i]);
	free(l->off);
	if (set->count > 0)
		qsort(set->signatures, set->count, sizeof(*set->signatures), by_id);
}

static void make_databases(struct loading *l, const char *cache)
{
	struct scan_set *set = l->set;

	for (size_t i = 0; i < set->count; i++)
		for (int s = 0; s < SCAN_SCOPE_COUNT; s++)
			set->scope_counts[s] += scan_set_has(set, i, s);
	if (l->faults.count > 0) {
		// Only to tell what else is wrong.
		scan_compile_check(set, &l->faults);
		return;
	}
	set->from_cache = cache != NULL && scan_cache_fetch(set, cache);
	if (set->from_cache)
		return;
	if (scan_compile(set, &l->faults) == 0 && cache != NULL)
		scan_cache_keep(set, cache);
}

struct scan_set *scan_set_load(
	const struct scan_settings *settings, struct mt_buf *faults)
{
	struct loading l = {.faults = {.out = faults}};
	uint64_t begin = mt_clock_mono_us();

	l.set = calloc(1, sizeof(*l.set));
	if (l.set == NULL) {
		mt_buf_add_text(faults, "out of memory\n");
		return NULL;
	}
	atomic_init(&l.set->refs, 1);
	read_files(&l, settings);
	make_databases(&l, settings->cache);
	if (make_hash(l.set) != 0)
		scan_fault(&l.faults, (struct scan_place){NULL, 0, 0}, "out of memory");
	l.set->load_us = mt_clock_mono_us() - begin;
	scan_faults_end(&l.faults);
	if (l.faults.count == 0)
		return l.set;
	scan_set_drop(l.set);
	return NULL;
}

struct scan_set *scan_set_hold(struct scan_set *set)
{
	atomic_fetch_add_explicit(&set->refs, 1, memory_order_relaxed);
	return set;
}

void scan_set_drop(struct scan_set *set)
{
	if (set == NULL)
		return;
	unsigned before = atomic_fetch_sub_explicit(&set->refs, 1, memory_order_acq_rel);
	MT_ASSERT(before > 0);
	if (before > 1)
		return;
	scan_compile_free(set);
	for (size_t i = 0; i < set->count; i++)
		scan_signature_fini(&set->signatures[i]);
	free(set->signatures);
	scan_files_fini(&set->files);
	free(set);
}

size_t scan_set_count(const struct scan_set *set)
{
	return set->count;
}

const struct scan_signature *scan_set_get(const struct scan_set *set, size_t nth)
{
	MT_ASSERT(nth < set->count);
	return &set->signatures[nth];
}

size_t scan_set_scope_count(const struct scan_set *set, enum scan_scope scope)
{
	return set->scope_counts[scope];
}

size_t scan_set_disabled(const struct scan_set *set)
{
	return set->disabled;
}

const uint8_t *scan_set_hash(const struct scan_set *set)
{
	return set->hash;
}

uint64_t scan_set_load_us(const struct scan_set *set)
{
	return set->load_us;
}

bool scan_set_from_cache(const struct scan_set *set)
{
	return set->from_cache;
}

size_t scan_set_database_octets(const struct scan_set *set)
{
	return set->database_octets;
}

size_t scan_set_stream_octets(const struct scan_set *set)
{
	return set->stream_octets;
}

const char *scan_set_note(const struct scan_set *set)
{
	return set->note;
}
