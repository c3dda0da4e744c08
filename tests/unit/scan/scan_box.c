// SPDX-License-Identifier: BSD-3-Clause
#include "scan_box.h"

#include <dirent.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include <criterion/criterion.h>

#define STREAMS_MAX 64

struct box box;

static void take_hit(void *ctx, const struct scan_hit *hit)
{
	struct box *b = ctx;

	cr_assert_lt(b->hit_count, BOX_HITS_MAX);
	snprintf(b->hits[b->hit_count++], sizeof(b->hits[0]), "%u:%s:%" PRIu64,
		hit->signature->id, scan_scope_name(hit->scope), hit->end);
}

void box_init(void)
{
	snprintf(box.folder, sizeof(box.folder), "/tmp/mailtap-scan-XXXXXX");
	cr_assert_not_null(mkdtemp(box.folder));
	mt_buf_init(&box.faults, 1 << 20);
	box.pool = scan_pool_create(STREAMS_MAX, take_hit);
	cr_assert_not_null(box.pool);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

void box_fini(void)
{
	scan_pool_destroy(box.pool);
	mt_buf_fini(&box.faults);
	nftw(box.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void box_write(const char *name, struct span text)
{
	snprintf(box.path, sizeof(box.path), "%s/%s", box.folder, name);
	FILE *f = fopen(box.path, "we");
	cr_assert_not_null(f);
	cr_assert_eq(fwrite(text.ptr, 1, text.len, f), text.len);
	cr_assert_eq(fclose(f), 0);
}

struct scan_set *box_load(const char *yaml, bool with_cache)
{
	char cache[sizeof(box.folder) + 8];

	box_write("f.yaml", span_text(yaml));
	snprintf(cache, sizeof(cache), "%s/cache", box.folder);
	const char *const paths[] = {box.path};
	const struct scan_settings settings = {paths, 1, with_cache ? cache : NULL};
	mt_buf_clear(&box.faults);
	return scan_set_load(&settings, &box.faults);
}

const char *box_faults(void)
{
	static char text[1 << 20];
	size_t skip = strlen(box.folder) + 1, len = 0;

	mt_buf_add_char(&box.faults, '\0');
	for (const char *p = (const char *)box.faults.ptr; *p != '\0'; p++) {
		if (strncmp(p, box.folder, skip - 1) == 0 && p[skip - 1] == '/')
			p += skip;
		text[len++] = *p;
	}
	text[len] = '\0';
	box.faults.len--;
	return text;
}

struct scan_set *box_must_load(const char *yaml)
{
	struct scan_set *set = box_load(yaml, false);

	cr_assert_not_null(set, "%s", box_faults());
	return set;
}

void box_use(const char *yaml)
{
	struct scan_set *set = box_must_load(yaml);

	cr_assert_eq(scan_pool_use(box.pool, set), 0);
	scan_set_drop(set);
}

struct scan_stream *box_begin(void)
{
	box.hit_count = 0;
	struct scan_stream *s = scan_begin(box.pool, &box);
	cr_assert_not_null(s);
	return s;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

const char *box_end(struct scan_stream *stream, bool whole)
{
	size_t len = 0;

	scan_end(stream, whole, &box.result);
	cr_assert_eq(box.result.hits, box.hit_count);
	qsort(box.hits, box.hit_count, sizeof(box.hits[0]), by_text);
	box.text[0] = '\0';
	for (size_t i = 0; i < box.hit_count; i++)
		len += (size_t)snprintf(box.text + len, sizeof(box.text) - len, "%s%s",
			i > 0 ? " " : "", box.hits[i]);
	return box.text;
}

const char *box_scan(struct span mail)
{
	return box_scan_pieces(mail, SIZE_MAX);
}

const char *box_scan_pieces(struct span mail, size_t piece)
{
	struct scan_stream *s = box_begin();

	for (; mail.len > 0; mail = span_skip(mail, piece))
		scan_feed(s, span_head(mail, piece));
	return box_end(s, true);
}

int box_count_files(const char *folder, const char *suffix)
{
	DIR *d = opendir(folder);
	int count = 0;

	if (d == NULL)
		return 0;
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
		size_t len = strlen(e->d_name), end = strlen(suffix);
		count += len >= end && strcmp(e->d_name + len - end, suffix) == 0;
	}
	closedir(d);
	return count;
}
