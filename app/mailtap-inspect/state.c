// SPDX-License-Identifier: BSD-3-Clause
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define NAME_SIZE 96
#define PIECE     (64u << 10)

// A killed reader's child may hold its lock for a moment: from fork to exec it has all descriptors.
#define LOCK_TRIES   100
#define LOCK_WAIT_US 50000

static bool lock_soon(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK)
			return false;
		usleep(LOCK_WAIT_US);
	}
	return false;
}

static int take_lock(struct state *s, const char *path, struct mt_error *error)
{
	s->lock = openat(s->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (s->lock < 0) {
		mt_error_set(error, errno, "%s/lock: %s; it must be writable for uid %u",
			path, strerror(errno), (unsigned)geteuid());
		return EX_CANTCREAT;
	}
	if (lock_soon(s->lock))
		return 0;
	mt_error_set(error, errno,
		"%s: another mailtap-inspect uses it; stop that one, or give this one a "
		"--state of its own",
		path);
	return EX_TEMPFAIL;
}

int state_open(struct state *s, const char *path, struct mt_error *error)
{
	*s = (struct state){-1, -1};
	if (mkdir(path, 0750) != 0 && errno != EEXIST) {
		mt_error_set(error, errno,
			"%s: cannot be made: %s; run as the user that owns the spool, or "
			"name another folder with --state",
			path, strerror(errno));
		return EX_CANTCREAT;
	}
	s->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder < 0) {
		mt_error_set(error, errno, "%s: %s", path, strerror(errno));
		return EX_CANTCREAT;
	}
	int code = take_lock(s, path, error);
	if (code != 0)
		state_close(s);
	return code;
}

void state_close(struct state *s)
{
	if (s->lock >= 0)
		close(s->lock);
	if (s->folder >= 0)
		close(s->folder);
	*s = (struct state){-1, -1};
}

int state_write(int fd, struct span text)
{
	while (text.len > 0) {
		ssize_t n = write(fd, text.ptr, text.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text = span_skip(text, (size_t)n);
	}
	return 0;
}

static int write_aside(
	const struct state *s, const char *aside, struct span text, bool durable)
{
	int fd = openat(s->folder, aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	int rc = state_write(fd, text);
	if (rc == 0 && durable && fsync(fd) != 0)
		rc = -errno;
	if (close(fd) != 0 && rc == 0)
		rc = -errno;
	return rc;
}

int state_store(const struct state *s, const char *name, struct span text, bool durable)
{
	char aside[NAME_SIZE];

	snprintf(aside, sizeof(aside), "%s.new", name);
	int rc = write_aside(s, aside, text, durable);
	if (rc == 0 && renameat(s->folder, aside, s->folder, name) != 0)
		rc = -errno;
	if (rc == 0 && durable && fsync(s->folder) != 0)
		rc = -errno;
	if (rc != 0)
		unlinkat(s->folder, aside, 0);
	return rc;
}

int state_load(const struct state *s, const char *name, struct mt_buf *to)
{
	ssize_t n = 0;

	int fd = openat(s->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	while (mt_buf_reserve(to, PIECE) &&
		(n = read(fd, to->ptr + to->len, PIECE)) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		to->len += n > 0 ? (size_t)n : 0;
	}
	int rc = to->full ? -EFBIG : n < 0 ? -errno : 0;
	close(fd);
	return rc;
}
