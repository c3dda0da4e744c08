// SPDX-License-Identifier: BSD-3-Clause
#include "scan_cache_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ASIDE_SUFFIX ".aside"
#define ASIDE_AGE_S  3600
#define NAME_SIZE    128
#define FILES_MAX    1024 // looked at when pruning

static int open_folder(const char *folder)
{
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// What is wrong with it, or NULL.
static const char *distrust(const struct stat *st, size_t max)
{
	if (!S_ISREG(st->st_mode))
		return "no regular file";
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return "belongs to another user";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "others may write it";
	if (st->st_size <= 0 || (uint64_t)st->st_size > max)
		return "has no size that can be";
	return NULL;
}

static bool read_whole(int fd, uint8_t *to, size_t len)
{
	while (len > 0) {
		ssize_t n = read(fd, to, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		len -= (size_t)n;
	}
	return true;
}

static struct scan_cache_file read_open(int fd, size_t max)
{
	struct scan_cache_file file = {0};
	struct stat st;

	file.why = fstat(fd, &st) != 0 ? "cannot be read" : distrust(&st, max);
	if (file.why != NULL)
		return file;
	file.len = (size_t)st.st_size;
	file.ptr = malloc(file.len);
	if (file.ptr != NULL && read_whole(fd, file.ptr, file.len)) {
		futimens(fd, NULL); // used just now; nothing depends on it
		return file;
	}
	free(file.ptr);
	return (struct scan_cache_file){.why = "cannot be read"};
}

struct scan_cache_file scan_cache_file_read(
	const char *folder, const char *name, size_t max)
{
	struct scan_cache_file file = {0};

	int dir = open_folder(folder);
	if (dir < 0) {
		file.why = errno == ENOENT ? NULL : "its folder cannot be opened";
		return file;
	}
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		file.why = errno == ENOENT ? NULL : "cannot be opened";
	else
		file = read_open(fd, max);
	if (fd >= 0)
		close(fd);
	close(dir);
	return file;
}

static int write_whole(int fd, struct span part)
{
	while (part.len > 0) {
		ssize_t n = write(fd, part.ptr, part.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		part = span_skip(part, (size_t)n);
	}
	return 0;
}

static int write_parts(int dir, const char *aside, const struct span *parts, size_t count)
{
	int rc = 0;

	int fd = openat(dir, aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = write_whole(fd, parts[i]);
	if (rc == 0 && fsync(fd) != 0)
		rc = -errno;
	if (close(fd) != 0 && rc == 0)
		rc = -errno;
	return rc;
}

int scan_cache_file_write(
	const char *folder, const char *name, const struct span *parts, size_t count)
{
	char aside[NAME_SIZE];
	struct timespec now;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return -errno;
	int dir = open_folder(folder);
	if (dir < 0)
		return -errno;
	// Two loads at a time, of one process or several, write two files.
	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(aside, sizeof(aside), "%d.%d.%ld" ASIDE_SUFFIX, (int)getpid(),
		(int)gettid(), now.tv_nsec);
	int rc = write_parts(dir, aside, parts, count);
	if (rc == 0 && renameat(dir, aside, dir, name) != 0)
		rc = -errno;
	if (rc != 0)
		unlinkat(dir, aside, 0);
	close(dir);
	return rc;
}

struct kept {
	char name[NAME_SIZE];
	struct timespec used;
};

static bool ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	return len > end && len < NAME_SIZE && strcmp(name + len - end, suffix) == 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct timespec *x = &((const struct kept *)a)->used;
	const struct timespec *y = &((const struct kept *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec > y->tv_sec ? -1 : 1;
	if (x->tv_nsec != y->tv_nsec)
		return x->tv_nsec > y->tv_nsec ? -1 : 1;
	return 0;
}

static size_t list(DIR *d, struct kept *files)
{
	size_t count = 0;
	struct stat st;

	for (struct dirent *e = readdir(d); e != NULL && count < FILES_MAX;
		e = readdir(d)) {
		bool aside = ends_with(e->d_name, ASIDE_SUFFIX);
		if (!aside && !ends_with(e->d_name, SCAN_CACHE_SUFFIX))
			continue;
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (aside && time(NULL) - st.st_mtim.tv_sec > ASIDE_AGE_S)
			unlinkat(dirfd(d), e->d_name, 0);
		if (aside)
			continue;
		memcpy(files[count].name, e->d_name, strlen(e->d_name) + 1);
		files[count++].used = st.st_mtim;
	}
	return count;
}

void scan_cache_file_prune(const char *folder)
{
	struct kept *files = calloc(FILES_MAX, sizeof(*files));
	DIR *d = opendir(folder);

	if (files != NULL && d != NULL) {
		size_t count = list(d, files);
		qsort(files, count, sizeof(*files), newest_first);
		for (size_t i = SCAN_CACHE_KEPT; i < count; i++)
			unlinkat(dirfd(d), files[i].name, 0);
	}
	if (d != NULL)
		closedir(d);
	free(files);
}
