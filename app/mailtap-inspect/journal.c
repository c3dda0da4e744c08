// SPDX-License-Identifier: BSD-3-Clause
#include "journal.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PIECE       (4u << 20)
#define NAMES_TRIED 1000

_Static_assert(PIECE > 2 * VERDICT_LINE_MAX, "a line fits in a piece");

static int open_file(struct journal *j)
{
	struct stat st;

	j->fd = openat(j->state->folder, j->name,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (j->fd < 0)
		return -errno;
	if (fstat(j->fd, &st) != 0 || fsync(j->state->folder) != 0)
		return -errno;
	j->inode = st.st_ino;
	j->size = (uint64_t)st.st_size;
	return 0;
}

int journal_open(struct journal *j, const struct state *state, const char *output)
{
	*j = (struct journal){.state = state, .output = output, .fd = -1};
	snprintf(j->name, sizeof(j->name), "%s.verdicts", output);
	mt_buf_init(&j->lines, JOURNAL_LINES_MAX);
	int rc = open_file(j);
	if (rc != 0)
		journal_close(j);
	return rc;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
	mt_buf_fini(&j->lines);
}

static int cut(struct journal *j, uint64_t size)
{
	mt_log(MT_LOG_WARN, "inspect", "%s: %llu octets of a torn end are cut", j->name,
		(unsigned long long)(j->size - size));
	if (ftruncate(j->fd, (off_t)size) != 0 || fsync(j->fd) != 0)
		return -errno;
	j->size = size;
	return 0;
}

// Takes the whole lines of text. Returns their octets; *ret_bad: what follows is no verdict.
static size_t take_lines(const struct journal *j, struct span text, bool *ret_bad,
	void (*each)(void *ctx, const struct mt_id *id), void *ctx)
{
	struct mt_id id;
	size_t used = 0;

	for (;;) {
		struct span rest = span_skip(text, used);
		size_t len = span_find(rest, '\n');
		if (len == rest.len)
			return used;
		int rc = verdict_read(span_head(rest, len), j->output, &id);
		*ret_bad = rc < 0;
		if (rc < 0)
			return used;
		if (rc == 1)
			each(ctx, &id);
		used += len + 1;
	}
}

static int recover(struct journal *j, uint64_t from, struct mt_buf *piece,
	void (*each)(void *ctx, const struct mt_id *id), void *ctx)
{
	bool bad = false;

	while (from < j->size && !bad) {
		ssize_t n = pread(j->fd, piece->ptr, piece->room, (off_t)from);
		if (n < 0)
			return -errno;
		size_t used =
			take_lines(j, span_make(piece->ptr, (size_t)n), &bad, each, ctx);
		if (used == 0)
			break;
		from += used;
	}
	return from < j->size ? cut(j, from) : 0;
}

int journal_recover(struct journal *j, uint64_t inode, uint64_t size,
	void (*each)(void *ctx, const struct mt_id *id), void *ctx)
{
	struct mt_buf piece;

	mt_buf_init(&piece, PIECE);
	if (!mt_buf_reserve(&piece, PIECE))
		return -ENOMEM;
	// Another file than the cursor's was begun after it, so all of it is news.
	int rc = recover(
		j, inode == j->inode && size <= j->size ? size : 0, &piece, each, ctx);
	mt_buf_fini(&piece);
	return rc;
}

void journal_add(struct journal *j, const struct verdict *v, uint64_t now_us)
{
	verdict_print(v, now_us, &j->lines);
	j->count++;
}

void journal_add_gap(
	struct journal *j, uint64_t segments, uint64_t entries, uint64_t now_us)
{
	verdict_print_gap(j->output, segments, entries, now_us, &j->lines);
	j->count++;
}

int journal_flush(struct journal *j)
{
	struct span text = mt_buf_span(&j->lines);
	uint64_t at = j->size;

	if (j->lines.full)
		return -ESTALE;
	while (text.len > 0) {
		ssize_t n = pwrite(j->fd, text.ptr, text.len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += (uint64_t)n;
		text = span_skip(text, (size_t)n);
	}
	// After a failed sync nobody knows what the disk has, and asking again would be told "well".
	if (j->lines.len > 0 && fdatasync(j->fd) != 0)
		return -ESTALE;
	j->size = at;
	j->count = 0;
	mt_buf_clear(&j->lines);
	return 0;
}

// Never over a file that is there.
static int move_aside(const struct journal *j, uint64_t now_us)
{
	char to[96], stamp[20];
	time_t now = (time_t)(now_us / 1000000);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	for (int i = 0; i < NAMES_TRIED; i++) {
		snprintf(
			to, sizeof(to), i == 0 ? "%s.%s" : "%s.%s-%d", j->name, stamp, i);
		if (renameat2(j->state->folder, j->name, j->state->folder, to,
			    RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

int journal_rotate(struct journal *j, uint64_t now_us)
{
	int rc = move_aside(j, now_us);

	// The new file must not be found under the name while the old one has no other.
	if (rc == 0 && fsync(j->state->folder) != 0)
		rc = -errno;
	if (rc != 0)
		return rc;
	close(j->fd);
	return open_file(j);
}
