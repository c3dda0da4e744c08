// SPDX-License-Identifier: BSD-3-Clause
#include "eml.h"

#include "mt_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (1u << 20)

struct expected {
	STAILQ_ENTRY(expected) link;
	struct mt_id id;
	size_t count;
	uint64_t extents[][3];
};

struct eml {
	char *folder, *spool;
	bool records; // <id>.json beside each
	uint8_t *piece;
	int segment_fd;
	uint64_t segment;
	bool complained;
	STAILQ_HEAD(, expected) due;
};

// The folder and those it lies in.
static bool make_folder(const char *folder)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s", folder) >= (int)sizeof(path))
		return false;
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return false;
		*p = '/';
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

struct eml *eml_create(const char *folder, const char *spool, bool records)
{
	if (!make_folder(folder))
		return NULL;
	struct eml *e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	STAILQ_INIT(&e->due);
	e->segment_fd = -1;
	e->records = records;
	e->folder = strdup(folder);
	e->spool = strdup(spool);
	e->piece = malloc(PIECE);
	if (e->folder != NULL && e->spool != NULL && e->piece != NULL)
		return e;
	eml_destroy(e);
	return NULL;
}

void eml_destroy(struct eml *e)
{
	if (e == NULL)
		return;
	while (!STAILQ_EMPTY(&e->due)) {
		struct expected *x = STAILQ_FIRST(&e->due);
		STAILQ_REMOVE_HEAD(&e->due, link);
		free(x);
	}
	if (e->segment_fd >= 0)
		close(e->segment_fd);
	free(e->folder);
	free(e->spool);
	free(e->piece);
	free(e);
}

void eml_expect(
	struct eml *e, const struct mt_id *id, const uint64_t (*extents)[3], size_t n)
{
	struct expected *x = malloc(sizeof(*x) + n * sizeof(x->extents[0]));

	if (x == NULL)
		return;
	x->id = *id;
	x->count = n;
	if (n > 0)
		memcpy(x->extents, extents, n * sizeof(x->extents[0]));
	STAILQ_INSERT_TAIL(&e->due, x, link);
}

static int open_segment(struct eml *e, uint64_t segment)
{
	char path[4096];

	if (e->segment_fd >= 0 && e->segment == segment)
		return 0;
	if (e->segment_fd >= 0)
		close(e->segment_fd);
	snprintf(path, sizeof(path), "%s/segments/%020llu.seg", e->spool,
		(unsigned long long)segment);
	e->segment_fd = open(path, O_RDONLY | O_CLOEXEC);
	e->segment = segment;
	return e->segment_fd >= 0 ? 0 : -errno;
}

static int copy_extent(struct eml *e, int to, const uint64_t extent[3])
{
	uint64_t offset = extent[1], left = extent[2];
	int rc = open_segment(e, extent[0]);

	if (rc != 0)
		return rc;
	while (left > 0) {
		ssize_t n = pread(e->segment_fd, e->piece, left < PIECE ? left : PIECE,
			(off_t)offset);
		if (n <= 0)
			return n == 0 ? -EIO : -errno;
		for (ssize_t done = 0, w; done < n; done += w) {
			w = write(to, e->piece + done, (size_t)(n - done));
			if (w < 0)
				return -errno;
		}
		offset += (uint64_t)n;
		left -= (uint64_t)n;
	}
	return 0;
}

static int write_text(int to, struct span text)
{
	while (text.len > 0) {
		ssize_t n = write(to, text.ptr, text.len);
		if (n < 0)
			return -errno;
		text = span_skip(text, (size_t)n);
	}
	return 0;
}

// x: the content of a mail; NULL: text is written.
static int write_file(struct eml *e, const char *id, const char *suffix,
	const struct expected *x, struct span text)
{
	char path[4096], aside[4096 + 8];
	int rc = 0;

	snprintf(path, sizeof(path), "%s/%s.%s", e->folder, id, suffix);
	snprintf(aside, sizeof(aside), "%s.part", path);
	int fd = open(aside, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	for (size_t i = 0; x != NULL && i < x->count && rc == 0; i++)
		rc = copy_extent(e, fd, x->extents[i]);
	if (rc == 0)
		rc = write_text(fd, text);
	if (close(fd) != 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(aside, path) != 0)
		rc = -errno;
	if (rc != 0)
		unlink(aside);
	return rc;
}

int eml_announce(struct eml *e, struct span json)
{
	struct expected *x = STAILQ_FIRST(&e->due);

	if (x == NULL || memmem(json.ptr, json.len, x->id.text, MT_ID_LEN) == NULL)
		return 0;
	STAILQ_REMOVE_HEAD(&e->due, link);
	int rc = write_file(e, x->id.text, "eml", x, span_text(""));
	if (rc == 0 && e->records)
		rc = write_file(e, x->id.text, "json", NULL, json);
	if (rc != 0 && !e->complained)
		mt_log(MT_LOG_ERROR, "eml", "%s: %s", e->folder, strerror(-rc));
	e->complained = e->complained || rc != 0;
	free(x);
	return rc != 0 ? rc : 1;
}
