// SPDX-License-Identifier: BSD-3-Clause
#include "runtime.h"

#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_eal.h>

// As eal_create_runtime_dir does.
static const char *find_base(void)
{
	const char *folder = getenv("RUNTIME_DIRECTORY");

	if (folder != NULL)
		return folder;
	if (getuid() == 0)
		return "/var/run";
	folder = getenv("XDG_RUNTIME_DIR");
	return folder != NULL ? folder : "/tmp";
}

int runtime_make(const char *file_prefix, char ret_path[RUNTIME_PATH_SIZE])
{
	int len = snprintf(ret_path, RUNTIME_PATH_SIZE, "%s/dpdk", find_base());

	if (len >= RUNTIME_PATH_SIZE)
		return -ENAMETOOLONG;
	int rc = folders_make(ret_path, 0700, false, (uid_t)-1, (gid_t)-1);
	if (rc != 0)
		return rc;
	if (snprintf(ret_path + len, RUNTIME_PATH_SIZE - (size_t)len, "/%s",
		    file_prefix) >= RUNTIME_PATH_SIZE - len)
		return -ENAMETOOLONG;
	return folders_make(ret_path, 0700, false, (uid_t)-1, (gid_t)-1);
}

// The folder of all DPDK programs: not ours alone, so only a private one is opened, and only to be
// passed. One that others have opened in their way stays as it is.
static int open_shared(const char *path, gid_t gid)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return -errno;
	if ((st.st_mode & S_IXOTH) != 0 ||
		(st.st_gid == gid && (st.st_mode & S_IXGRP) != 0))
		return 0;
	if (st.st_uid != geteuid() || (st.st_mode & 0077) != 0)
		return -EPERM;
	return lchown(path, (uid_t)-1, gid) == 0 && chmod(path, 0710) == 0 ? 0 : -errno;
}

// Ours alone; never through a link that somebody put there.
static int open_own(const char *folder, gid_t gid)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int rc = fchown(fd, (uid_t)-1, gid) == 0 && fchmod(fd, 0750) == 0 ? 0 : -errno;
	struct stat st;
	if (rc == 0 &&
		(fstatat(fd, "dpdk_telemetry.v2", &st, AT_SYMLINK_NOFOLLOW) != 0 ||
			!S_ISSOCK(st.st_mode)))
		rc = -ENOENT;
	if (rc == 0 &&
		(fchownat(fd, "dpdk_telemetry.v2", (uid_t)-1, gid, AT_SYMLINK_NOFOLLOW) !=
				0 ||
			fchmodat(fd, "dpdk_telemetry.v2", 0660, 0) != 0))
		rc = -errno;
	close(fd);
	return rc;
}

int runtime_open_to_group(gid_t gid, struct mt_error *error)
{
	const char *folder = rte_eal_get_runtime_dir();
	char shared[RUNTIME_PATH_SIZE];

	if (!folders_above(folder, shared, sizeof(shared)))
		return mt_error_set(
			error, ENAMETOOLONG, "%s: the path is too long", folder);
	int rc = open_shared(shared, gid);
	if (rc != 0)
		return mt_error_set(error, -rc,
			"%s: stays closed to the console's group: %s; let it pass: chmod o+x %s",
			shared, strerror(-rc), shared);
	rc = open_own(folder, gid);
	return rc == 0
		? 0
		: mt_error_set(error, -rc, "%s: stays closed to the console's group: %s",
			  folder, strerror(-rc));
}
