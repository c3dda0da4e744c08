// SPDX-License-Identifier: BSD-3-Clause
#include "export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static int complain(const char *name, int code, struct mt_error *error)
{
	mt_error_set(error, 0, "%.255s: %s", name, strerror(errno != 0 ? errno : EIO));
	return code;
}

// ".name.part" beside it.
static bool name_aside(struct export_file *f, const char *name)
{
	const char *base = strrchr(name, '/');
	size_t path = base != NULL ? (size_t)(base - name) + 1 : 0;

	if (strlen(name) >= sizeof(f->name))
		return false;
	memcpy(f->name, name, strlen(name) + 1);
	snprintf(
		f->aside, sizeof(f->aside), "%.*s.%s.part", (int)path, name, name + path);
	return true;
}

int export_file_open(
	struct export_file *f, int folder, const char *name, struct mt_error *error)
{
	f->folder = folder;
	if (!name_aside(f, name)) {
		errno = ENAMETOOLONG;
		return complain(name, EX_CANTCREAT, error);
	}
	int fd = openat(folder, f->aside,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return complain(name, EX_CANTCREAT, error);
	f->to = fdopen(fd, "wb");
	if (f->to != NULL)
		return 0;
	int code = complain(name, EX_CANTCREAT, error);
	close(fd);
	return code;
}

int export_file_close(struct export_file *f, int code, struct mt_error *error)
{
	bool written = ferror(f->to) == 0;

	written = fflush(f->to) == 0 && written;
	written = fclose(f->to) == 0 && written;
	if (code == 0 &&
		(!written || renameat(f->folder, f->aside, f->folder, f->name) != 0))
		code = complain(f->name, EX_IOERR, error);
	if (code != 0)
		unlinkat(f->folder, f->aside, 0);
	return code;
}
