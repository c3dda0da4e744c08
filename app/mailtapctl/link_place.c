// SPDX-License-Identifier: BSD-3-Clause
#include "link_place.h"

#include "mt_buf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PATH_SIZE 256
#define LIST_MAX  16 // prefixes told

static const struct place {
	const char *variable; // of the environment
	const char *folder; // where there is none
} places[] = {
	{"RUNTIME_DIRECTORY", NULL},
	{NULL, "/var/run"},
	{NULL, "/run/mailtap"},
	{"XDG_RUNTIME_DIR", NULL},
	{NULL, "/tmp"},
};

#define PLACES (sizeof(places) / sizeof(places[0]))

static const char *folder_of(const struct place *p)
{
	const char *folder = p->variable != NULL ? getenv(p->variable) : p->folder;

	return folder != NULL && folder[0] != '\0' ? folder : NULL;
}

// In a folder where everybody may write, anybody could pose as the appliance.
static bool is_trusted(const char *path)
{
	struct stat st;

	if (strncmp(path, "/tmp/", 5) != 0 || lstat(path, &st) != 0)
		return true;
	return st.st_uid == 0 || st.st_uid == geteuid();
}

// A connected socket or -errno.
static int connect_to(const char *folder, const char *file_prefix, int patience_s)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = patience_s};

	int len = snprintf(address.sun_path, sizeof(address.sun_path),
		"%s/dpdk/%s/dpdk_telemetry.v2", folder, file_prefix);
	if (len >= (int)sizeof(address.sun_path))
		return -ENAMETOOLONG;
	if (!is_trusted(address.sun_path))
		return -EPERM;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	int rc = -errno;
	close(fd);
	return rc;
}

int link_place_connect(const char *file_prefix, int patience_s)
{
	int worst = -ENOENT;

	if (strchr(file_prefix, '/') != NULL)
		return -ENOENT;
	for (size_t i = 0; i < PLACES; i++) {
		const char *folder = folder_of(&places[i]);
		if (folder == NULL)
			continue;
		int fd = connect_to(folder, file_prefix, patience_s);
		if (fd >= 0)
			return fd;
		if (fd == -EACCES || fd == -EPERM)
			worst = -EACCES;
	}
	return worst;
}

static bool is_listed(const struct mt_buf *list, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i + len <= list->len; i++)
		if (memcmp(list->ptr + i, name, len) == 0 &&
			(i == 0 || list->ptr[i - 1] == ' ') &&
			(i + len == list->len || list->ptr[i + len] == ','))
			return true;
	return false;
}

static void list_folder(const char *folder, struct mt_buf *to, size_t *count)
{
	char path[PATH_SIZE];
	struct dirent *entry;

	if (snprintf(path, sizeof(path), "%s/dpdk", folder) >= (int)sizeof(path))
		return;
	DIR *dir = opendir(path);
	while (dir != NULL && *count < LIST_MAX && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || is_listed(to, entry->d_name))
			continue;
		int fd = connect_to(folder, entry->d_name, 1);
		if (fd < 0 && fd != -EACCES)
			continue;
		if (fd >= 0)
			close(fd);
		mt_buf_printf(to, "%s%s", to->len > 0 ? ", " : "", entry->d_name);
		*count += 1;
	}
	if (dir != NULL)
		closedir(dir);
}

void link_place_list(struct mt_buf *to)
{
	size_t count = 0;

	for (size_t i = 0; i < PLACES; i++)
		if (folder_of(&places[i]) != NULL)
			list_folder(folder_of(&places[i]), to, &count);
}
