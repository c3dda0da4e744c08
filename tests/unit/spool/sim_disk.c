// SPDX-License-Identifier: BSD-3-Clause
#include "sim_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool live(struct sim_disk *d)
{
	if (!d->dead && d->stop != 0 && d->calls + 1 >= d->stop)
		d->dead = true;
	d->calls++;
	return !d->dead;
}

static bool is_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && path[len] == '/' &&
		strchr(path + len + 1, '/') == NULL;
}

// --- calls

static int sim_open(void *ctx, const char *path, int flags, mode_t mode)
{
	struct sim_disk *d = ctx;
	struct name *n = sim_name_find(&d->now, path);
	int fd = 0;

	(void)mode;
	if (d->dead || (n == NULL && (flags & O_CREAT) && !live(d)))
		return -ESHUTDOWN;
	if (n != NULL && (flags & O_EXCL))
		return -EEXIST;
	if (n == NULL && !(flags & O_CREAT))
		return -ENOENT;
	while (fd < FDS && d->fds[fd] != 0)
		fd++;
	if (fd == FDS || d->inode_count == INODES)
		abort();
	if (n == NULL) {
		sim_step_add(d, "", path, d->inode_count++);
		n = sim_name_find(&d->now, path);
	}
	d->fds[fd] = n->inode + 1;
	snprintf(d->fd_paths[fd], PATH, "%s", path);
	if (flags & O_TRUNC)
		sim_change_add(&d->inodes[n->inode], CHANGE_RESIZE, 0, NULL, 0);
	return fd + 100;
}

static int sim_close(void *ctx, int fd)
{
	struct sim_disk *d = ctx;

	d->fds[fd - 100] = 0;
	return 0;
}

static struct inode *inode_of(struct sim_disk *d, int fd)
{
	return &d->inodes[d->fds[fd - 100] - 1];
}

static bool on_segment(const struct sim_disk *d, int fd)
{
	return strstr(d->fd_paths[fd - 100], "/segments/") != NULL;
}

static uint64_t used(const struct sim_disk *d)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < d->now.count; i++)
		if (d->now.all[i].inode >= 0)
			sum += d->inodes[d->now.all[i].inode].now.size;
	return sum;
}

static ssize_t sim_pwritev(
	void *ctx, int fd, const struct iovec *iov, int n, uint64_t offset)
{
	struct sim_disk *d = ctx;
	struct inode *file = inode_of(d, fd);
	ssize_t done = 0;

	if (!live(d))
		return -ESHUTDOWN;
	if (d->fail_write && on_segment(d, fd)) {
		d->fail_write = false;
		return -EIO;
	}
	for (int i = 0; i < n; i++) {
		uint64_t end = offset + iov[i].iov_len;
		if (d->space != UINT64_MAX && end > file->now.size &&
			used(d) + end - file->now.size > d->space)
			return done > 0 ? done : -ENOSPC;
		sim_change_add(
			file, CHANGE_WRITE, offset, iov[i].iov_base, iov[i].iov_len);
		offset = end;
		done += (ssize_t)iov[i].iov_len;
	}
	return done;
}

static ssize_t sim_pread(void *ctx, int fd, void *to, size_t len, uint64_t offset)
{
	struct sim_disk *d = ctx;
	const struct image *now = &inode_of(d, fd)->now;

	if (d->dead)
		return -ESHUTDOWN;
	if (offset >= now->size)
		return 0;
	if (len > now->size - offset)
		len = now->size - offset;
	memcpy(to, now->data + offset, len);
	return (ssize_t)len;
}

static int sim_fdatasync(void *ctx, int fd)
{
	struct sim_disk *d = ctx;
	struct inode *file = inode_of(d, fd);

	if (!live(d))
		return -ESHUTDOWN;
	if (d->lie == SIM_SITE_SEGMENT_DATA && on_segment(d, fd))
		return 0;
	if (d->lie == SIM_SITE_EVE_DATA &&
		strstr(d->fd_paths[fd - 100], "/eve.json") != NULL)
		return 0;
	if (d->fail_sync && on_segment(d, fd)) {
		// The pages count as clean from now on, but never reached the disk.
		d->fail_sync = false;
		sim_changes_clear(file);
		return -EIO;
	}
	for (size_t i = 0; i < file->count; i++)
		sim_change_apply(&file->sure, &file->changes[i]);
	sim_changes_clear(file);
	return 0;
}

static int sim_fsync_dir(void *ctx, const char *path)
{
	struct sim_disk *d = ctx;
	size_t kept = 0;

	if (!live(d))
		return -ESHUTDOWN;
	if (d->lie == SIM_SITE_SEGMENT_FOLDER && strstr(path, "/segments") != NULL)
		return 0;
	for (size_t i = 0; i < d->step_count; i++) {
		const struct step *s = &d->steps[i];
		if (is_in(s->to[0] != '\0' ? s->to : s->from, path))
			sim_step_apply(&d->sure, s);
		else
			d->steps[kept++] = *s;
	}
	d->step_count = kept;
	return 0;
}

static int sim_fallocate(void *ctx, int fd, int mode, uint64_t offset, uint64_t len)
{
	struct sim_disk *d = ctx;
	struct inode *file = inode_of(d, fd);

	if (!live(d))
		return -ESHUTDOWN;
	if (mode == 0 && offset + len > file->now.size)
		sim_change_add(file, CHANGE_RESIZE, 0, NULL, offset + len);
	if (mode & FALLOC_FL_PUNCH_HOLE && offset < file->now.size) {
		if (len > file->now.size - offset)
			len = file->now.size - offset;
		sim_change_add(file, CHANGE_ZERO, offset, NULL, len);
	}
	return 0;
}

static int sim_truncate(void *ctx, int fd, uint64_t len)
{
	struct sim_disk *d = ctx;

	if (!live(d))
		return -ESHUTDOWN;
	sim_change_add(inode_of(d, fd), CHANGE_RESIZE, 0, NULL, len);
	return 0;
}

static int sim_unlink(void *ctx, const char *path)
{
	struct sim_disk *d = ctx;
	const struct name *n = sim_name_find(&d->now, path);

	if (!live(d))
		return -ESHUTDOWN;
	if (n == NULL)
		return -ENOENT;
	sim_step_add(d, path, "", n->inode);
	return 0;
}

static int sim_rename(void *ctx, const char *from, const char *to)
{
	struct sim_disk *d = ctx;
	const struct name *n = sim_name_find(&d->now, from);

	if (!live(d))
		return -ESHUTDOWN;
	if (n == NULL)
		return -ENOENT;
	sim_step_add(d, from, to, n->inode);
	return 0;
}

static int sim_mkdir(void *ctx, const char *path, mode_t mode)
{
	struct sim_disk *d = ctx;

	(void)mode;
	if (d->dead)
		return -ESHUTDOWN;
	if (sim_name_find(&d->now, path) != NULL)
		return -EEXIST;
	sim_name_set(&d->now, path, -1);
	sim_name_set(&d->sure, path, -1);
	return 0;
}

static int64_t sim_size(void *ctx, int fd)
{
	struct sim_disk *d = ctx;

	return d->dead ? -ESHUTDOWN : (int64_t)inode_of(d, fd)->now.size;
}

static int sim_list(
	void *ctx, const char *path, void (*each)(void *arg, const char *name), void *arg)
{
	struct sim_disk *d = ctx;

	if (d->dead)
		return -ESHUTDOWN;
	if (sim_name_find(&d->now, path) == NULL)
		return -ENOENT;
	for (size_t i = 0; i < d->now.count; i++)
		if (is_in(d->now.all[i].path, path))
			each(arg, d->now.all[i].path + strlen(path) + 1);
	return 0;
}

static int sim_free_space(
	void *ctx, const char *path, uint64_t *ret_free, uint64_t *ret_total)
{
	struct sim_disk *d = ctx;

	(void)path;
	*ret_total = d->space;
	*ret_free = d->space == UINT64_MAX ? 1ULL << 40
		: d->space > used(d)       ? d->space - used(d)
					   : 0;
	return 0;
}

static int sim_lock(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return 0;
}

struct spool_disk sim_disk_calls(struct sim_disk *d)
{
	return (struct spool_disk){
		.ctx = d,
		.open = sim_open,
		.close = sim_close,
		.pwritev = sim_pwritev,
		.pread = sim_pread,
		.fdatasync = sim_fdatasync,
		.fsync_dir = sim_fsync_dir,
		.fallocate = sim_fallocate,
		.truncate = sim_truncate,
		.unlink = sim_unlink,
		.rename = sim_rename,
		.mkdir = sim_mkdir,
		.size = sim_size,
		.list = sim_list,
		.free_space = sim_free_space,
		.lock = sim_lock,
	};
}

// --- the world around it

struct sim_disk *sim_disk_create(void)
{
	struct sim_disk *d = calloc(1, sizeof(*d));

	if (d == NULL)
		abort();
	d->space = UINT64_MAX;
	return d;
}

void sim_disk_destroy(struct sim_disk *d)
{
	for (int i = 0; i < d->inode_count; i++) {
		sim_changes_clear(&d->inodes[i]);
		free(d->inodes[i].changes);
		free(d->inodes[i].now.data);
		free(d->inodes[i].sure.data);
	}
	free(d);
}

uint64_t sim_disk_count(const struct sim_disk *d)
{
	return d->calls;
}

void sim_disk_stop_at(struct sim_disk *d, uint64_t nth)
{
	d->stop = nth == 0 ? 0 : d->calls + nth;
}

bool sim_disk_is_dead(const struct sim_disk *d)
{
	return d->dead;
}

void sim_disk_set_space(struct sim_disk *d, uint64_t octets)
{
	d->space = octets == UINT64_MAX ? octets : used(d) + octets;
}

void sim_disk_fail_write(struct sim_disk *d)
{
	d->fail_write = true;
}

void sim_disk_fail_sync(struct sim_disk *d)
{
	d->fail_sync = true;
}

void sim_disk_lie(struct sim_disk *d, enum sim_site site)
{
	d->lie = site;
}

bool sim_disk_flip(struct sim_disk *d, const char *path, uint64_t offset)
{
	struct name *n = sim_name_find(&d->now, path);

	if (n == NULL || offset >= d->inodes[n->inode].now.size)
		return false;
	d->inodes[n->inode].now.data[offset] ^= 1;
	if (offset < d->inodes[n->inode].sure.size)
		d->inodes[n->inode].sure.data[offset] ^= 1;
	return true;
}

const uint8_t *sim_disk_file(
	const struct sim_disk *d, const char *path, int64_t *ret_size)
{
	for (size_t i = 0; i < d->now.count; i++) {
		if (strcmp(d->now.all[i].path, path) != 0)
			continue;
		const struct image *now = &d->inodes[d->now.all[i].inode].now;
		*ret_size = (int64_t)now->size;
		return now->data;
	}
	*ret_size = -1;
	return NULL;
}
