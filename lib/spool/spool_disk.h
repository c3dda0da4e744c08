// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The only way the spool reaches the disk: a table of calls, so that a test can stop at every one
// of them, lose what was not synced, or fail it. All return 0 (or a count) or -errno.

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

struct spool_disk {
	void *ctx;
	int (*open)(void *ctx, const char *path, int flags, mode_t mode); // a descriptor
	int (*close)(void *ctx, int fd);
	ssize_t (*pwritev)(
		void *ctx, int fd, const struct iovec *iov, int n, uint64_t offset);
	ssize_t (*pread)(void *ctx, int fd, void *to, size_t len, uint64_t offset);
	int (*fdatasync)(void *ctx, int fd);
	int (*fsync_dir)(void *ctx, const char *path);
	int (*fallocate)(void *ctx, int fd, int mode, uint64_t offset, uint64_t len);
	int (*truncate)(void *ctx, int fd, uint64_t len);
	int (*unlink)(void *ctx, const char *path);
	int (*rename)(void *ctx, const char *from, const char *to);
	int (*mkdir)(void *ctx, const char *path, mode_t mode);
	int64_t (*size)(void *ctx, int fd);
	// Calls `each` for every name in a folder (not . and ..).
	int (*list)(void *ctx, const char *path,
		void (*each)(void *arg, const char *name), void *arg);
	int (*free_space)(
		void *ctx, const char *path, uint64_t *ret_free, uint64_t *ret_total);
	// Takes the lock of a file for as long as it is open; -EWOULDBLOCK: another process has it.
	int (*lock)(void *ctx, int fd);
};

// The real one.
extern const struct spool_disk spool_disk_real;
