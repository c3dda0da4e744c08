// SPDX-License-Identifier: BSD-3-Clause
#include "spool_file.h"

#include "mt_crc32c.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define DIGITS     20
#define STATE_SIZE ((SPOOL_NUMBERS_MAX + 1) * 8) // numbers and their CRC

bool spool_file_path(char path[SPOOL_PATH_SIZE], const char *directory, const char *name)
{
	int n = snprintf(path, SPOOL_PATH_SIZE, "%s%s%s", directory,
		*name != '\0' ? "/" : "", name);

	return n > 0 && n < SPOOL_PATH_SIZE;
}

bool spool_file_segment(
	char path[SPOOL_PATH_SIZE], const char *directory, uint64_t segment)
{
	int n = snprintf(path, SPOOL_PATH_SIZE, "%s/segments/%020" PRIu64 ".seg",
		directory, segment);

	return n > 0 && n < SPOOL_PATH_SIZE;
}

uint64_t spool_file_number(const char *name)
{
	uint64_t number = 0;

	if (strlen(name) != DIGITS + 4 || strcmp(name + DIGITS, ".seg") != 0)
		return 0;
	for (int i = 0; i < DIGITS; i++) {
		uint64_t digit = (uint64_t)(name[i] - '0');
		if (digit > 9 || number > (UINT64_MAX - digit) / 10)
			return 0;
		number = number * 10 + digit;
	}
	return number;
}

static void add_number(void *arg, const char *name)
{
	uint64_t number = spool_file_number(name);

	if (number != 0)
		mt_buf_add(arg, span_make(&number, sizeof(number)));
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int spool_file_list(
	const struct spool_disk *disk, const char *directory, struct mt_buf *to)
{
	char path[SPOOL_PATH_SIZE];

	if (!spool_file_path(path, directory, "segments"))
		return -ENAMETOOLONG;
	mt_buf_clear(to);
	int rc = disk->list(disk->ctx, path, add_number, to);
	if (rc < 0)
		return rc;
	if (to->full)
		return -ENOMEM;
	if (to->len > 0)
		qsort(to->ptr, to->len / sizeof(uint64_t), sizeof(uint64_t), compare);
	return 0;
}

int spool_file_open_segment(
	const struct spool_disk *disk, const char *directory, uint64_t segment, int flags)
{
	char path[SPOOL_PATH_SIZE];

	if (!spool_file_segment(path, directory, segment))
		return -ENAMETOOLONG;
	return disk->open(disk->ctx, path, flags, 0640);
}

int spool_file_read(
	const struct spool_disk *disk, int fd, void *to, size_t len, uint64_t offset)
{
	uint8_t *at = to;

	while (len > 0) {
		ssize_t n = disk->pread(disk->ctx, fd, at, len, offset);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? -ENODATA : (int)n;
		at += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int spool_file_write(
	const struct spool_disk *disk, int fd, struct span from, uint64_t offset)
{
	while (from.len > 0) {
		uint8_t *at = (uint8_t *)(uintptr_t)from.ptr;
		struct iovec iov = {at, from.len};
		ssize_t n = disk->pwritev(disk->ctx, fd, &iov, 1, offset);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? -EIO : (int)n;
		offset += (uint64_t)n;
		from = span_skip(from, (size_t)n);
	}
	return 0;
}

static void encode(
	const uint64_t *numbers, size_t n, uint64_t words[SPOOL_NUMBERS_MAX + 1])
{
	memset(words, 0, STATE_SIZE);
	for (size_t i = 0; i < n; i++)
		words[i] = htole64(numbers[i]);
	words[SPOOL_NUMBERS_MAX] = htole64(1ULL << 32 |
		mt_crc32c(0, span_make(words, STATE_SIZE - sizeof(words[0]))));
}

int spool_state_read(const struct spool_disk *disk, const char *directory,
	const char *name, uint64_t *ret, size_t n)
{
	uint64_t words[SPOOL_NUMBERS_MAX + 1], numbers[SPOOL_NUMBERS_MAX];
	uint64_t again[SPOOL_NUMBERS_MAX + 1];
	char path[SPOOL_PATH_SIZE];

	if (!spool_file_path(path, directory, name))
		return -ENAMETOOLONG;
	int fd = disk->open(disk->ctx, path, O_RDONLY, 0);
	if (fd < 0)
		return fd;
	int rc = spool_file_read(disk, fd, words, sizeof(words), 0);
	disk->close(disk->ctx, fd);
	if (rc != 0)
		return rc == -ENODATA ? -ENOENT : rc;
	for (size_t i = 0; i < SPOOL_NUMBERS_MAX; i++)
		numbers[i] = le64toh(words[i]);
	encode(numbers, SPOOL_NUMBERS_MAX, again);
	if (again[SPOOL_NUMBERS_MAX] != words[SPOOL_NUMBERS_MAX])
		return -ENOENT;
	memcpy(ret, numbers, n * sizeof(numbers[0]));
	return 0;
}

int spool_state_hint(
	const struct spool_disk *disk, int fd, const uint64_t *numbers, size_t n)
{
	uint64_t words[SPOOL_NUMBERS_MAX + 1];

	encode(numbers, n, words);
	return spool_file_write(disk, fd, span_make(words, sizeof(words)), 0);
}

static int write_aside(const struct spool_disk *disk, const char *path,
	const uint64_t *numbers, size_t n)
{
	int fd = disk->open(disk->ctx, path, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	if (fd < 0)
		return fd;
	int rc = spool_state_hint(disk, fd, numbers, n);
	if (rc == 0)
		rc = disk->fdatasync(disk->ctx, fd);
	int closed = disk->close(disk->ctx, fd);
	return rc != 0 ? rc : closed;
}

int spool_state_write(const struct spool_disk *disk, const char *directory,
	const char *name, const uint64_t *numbers, size_t n)
{
	char path[SPOOL_PATH_SIZE], aside[SPOOL_PATH_SIZE], folder[SPOOL_PATH_SIZE];

	if (!spool_file_path(path, directory, name) ||
		!spool_file_path(folder, directory, "state") ||
		snprintf(aside, sizeof(aside), "%s/%s.new", directory, name) >=
			(int)sizeof(aside))
		return -ENAMETOOLONG;
	int rc = write_aside(disk, aside, numbers, n);
	if (rc == 0)
		rc = disk->rename(disk->ctx, aside, path);
	return rc == 0 ? disk->fsync_dir(disk->ctx, folder) : rc;
}
