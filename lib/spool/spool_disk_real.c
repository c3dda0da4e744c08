// SPDX-License-Identifier: BSD-3-Clause
#include "spool_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int result(int rc)
{
	return rc < 0 ? -errno : rc;
}

static int real_open(void *ctx, const char *path, int flags, mode_t mode)
{
	(void)ctx;
	return result(open(path, flags | O_CLOEXEC, mode));
}

static int real_close(void *ctx, int fd)
{
	(void)ctx;
	return result(close(fd));
}

static ssize_t real_pwritev(
	void *ctx, int fd, const struct iovec *iov, int n, uint64_t offset)
{
	(void)ctx;
	ssize_t done = pwritev(fd, iov, n, (off_t)offset);
	return done < 0 ? -errno : done;
}

static ssize_t real_pread(void *ctx, int fd, void *to, size_t len, uint64_t offset)
{
	(void)ctx;
	ssize_t done = pread(fd, to, len, (off_t)offset);
	return done < 0 ? -errno : done;
}

static int real_fdatasync(void *ctx, int fd)
{
	(void)ctx;
	return result(fdatasync(fd));
}

static int real_fsync_dir(void *ctx, const char *path)
{
	(void)ctx;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int rc = result(fsync(fd));
	close(fd);
	return rc;
}

static int real_fallocate(void *ctx, int fd, int mode, uint64_t offset, uint64_t len)
{
	(void)ctx;
	return result(fallocate(fd, mode, (off_t)offset, (off_t)len));
}

static int real_truncate(void *ctx, int fd, uint64_t len)
{
	(void)ctx;
	return result(ftruncate(fd, (off_t)len));
}

static int real_unlink(void *ctx, const char *path)
{
	(void)ctx;
	return result(unlink(path));
}

static int real_rename(void *ctx, const char *from, const char *to)
{
	(void)ctx;
	return result(rename(from, to));
}

static int real_mkdir(void *ctx, const char *path, mode_t mode)
{
	(void)ctx;
	return result(mkdir(path, mode));
}

static int64_t real_size(void *ctx, int fd)
{
	struct stat st;

	(void)ctx;
	return fstat(fd, &st) != 0 ? -errno : st.st_size;
}

static int real_list(
	void *ctx, const char *path, void (*each)(void *arg, const char *name), void *arg)
{
	struct dirent *entry;

	(void)ctx;
	DIR *dir = opendir(path);
	if (dir == NULL)
		return -errno;
	while (errno = 0, (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			each(arg, entry->d_name);
	int rc = -errno;
	closedir(dir);
	return rc;
}

static int real_free_space(
	void *ctx, const char *path, uint64_t *ret_free, uint64_t *ret_total)
{
	struct statvfs st;

	(void)ctx;
	if (statvfs(path, &st) != 0)
		return -errno;
	*ret_free = (uint64_t)st.f_bavail * st.f_frsize;
	*ret_total = (uint64_t)st.f_blocks * st.f_frsize;
	return 0;
}

static int real_lock(void *ctx, int fd)
{
	(void)ctx;
	return result(flock(fd, LOCK_EX | LOCK_NB));
}

const struct spool_disk spool_disk_real = {
	.open = real_open,
	.close = real_close,
	.pwritev = real_pwritev,
	.pread = real_pread,
	.fdatasync = real_fdatasync,
	.fsync_dir = real_fsync_dir,
	.fallocate = real_fallocate,
	.truncate = real_truncate,
	.unlink = real_unlink,
	.rename = real_rename,
	.mkdir = real_mkdir,
	.size = real_size,
	.list = real_list,
	.free_space = real_free_space,
	.lock = real_lock,
};
