// SPDX-License-Identifier: BSD-3-Clause
#include "folders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define DEPTH_MAX 2

static int make_one(const char *path, mode_t mode, uid_t uid, gid_t gid)
{
	if (mkdir(path, mode) != 0)
		return errno == EEXIST ? 0 : -errno;
	return uid == (uid_t)-1 || lchown(path, uid, gid) == 0 ? 0 : -errno;
}

int folders_make(const char *path, mode_t mode, bool with_parents, uid_t uid, gid_t gid)
{
	char above[PATH_MAX];

	if (strlen(path) >= sizeof(above))
		return -ENAMETOOLONG;
	memcpy(above, path, strlen(path) + 1);
	for (char *p = above + 1; with_parents && above[0] != '\0' && *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		int rc = make_one(above, mode, uid, gid);
		if (rc != 0)
			return rc;
		*p = '/';
	}
	return make_one(path, mode, uid, gid);
}

bool folders_above(const char *path, char *ret, size_t size)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);

	if (len >= size)
		return false;
	memcpy(ret, slash == NULL ? "." : path, len);
	ret[len] = '\0';
	return true;
}

static int check_below(int at, const char *shown, int depth, char *culprit, size_t size);

static int check_entry(int at, const char *name, const char *shown, int depth,
	char *culprit, size_t size)
{
	char path[PATH_MAX];
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0;
	if (snprintf(path, sizeof(path), "%s/%s", shown, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	if (faccessat(at, name, R_OK | W_OK | (S_ISDIR(st.st_mode) ? X_OK : 0),
		    AT_EACCESS) != 0 &&
		errno != ENOENT) {
		snprintf(culprit, size, "%s", path);
		return -errno;
	}
	if (!S_ISDIR(st.st_mode) || depth == DEPTH_MAX)
		return 0;
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return check_below(fd, path, depth + 1, culprit, size);
}

// Takes the descriptor.
static int check_below(int at, const char *shown, int depth, char *culprit, size_t size)
{
	const struct dirent *entry;
	int rc = 0;

	DIR *dir = fdopendir(at);
	if (dir == NULL) {
		rc = -errno;
		close(at);
		return rc;
	}
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = check_entry(
				dirfd(dir), entry->d_name, shown, depth, culprit, size);
	closedir(dir);
	return rc;
}

int folders_check(const char *folder, const char *owner, struct mt_error *error)
{
	char culprit[PATH_MAX];

	snprintf(culprit, sizeof(culprit), "%s", folder);
	int rc = faccessat(AT_FDCWD, folder, R_OK | W_OK | X_OK, AT_EACCESS) == 0
		? 0
		: -errno;
	if (rc == 0) {
		int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		rc = fd < 0 ? -errno
			    : check_below(fd, folder, 1, culprit, sizeof(culprit));
	}
	// What is missing or no folder is told by whoever needs it.
	if (rc != -EACCES)
		return 0;
	mt_error_set(error, 0,
		"%.200s: may not be written by the user mailtap runs as; give it to that user: "
		"chown -R %s %s (or let it stay root: user: none)",
		culprit, owner, folder);
	return EX_NOPERM;
}
