// SPDX-License-Identifier: BSD-3-Clause
#include "scan_files.h"

#include "scan_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE 65536

static const char suffix[] = ".yaml";

static struct scan_place whole(const char *name)
{
	return (struct scan_place){.file = name};
}

// Takes over the name. False: there is no place for it, told.
static bool add(struct scan_files *files, char *name, struct scan_faults *faults)
{
	if (files->names == NULL)
		files->names = calloc(SCAN_FILES_MAX, sizeof(*files->names));
	if (name == NULL || files->names == NULL) {
		scan_fault(faults, whole(NULL), "out of memory");
		free(name);
		return false;
	}
	if (files->count == SCAN_FILES_MAX) {
		scan_fault(faults, whole(name),
			"is one file too many, %u are allowed; put signatures together",
			SCAN_FILES_MAX);
		free(name);
		return false;
	}
	files->names[files->count++] = name;
	return true;
}

static int is_yaml(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name), end = sizeof(suffix) - 1;

	return entry->d_name[0] != '.' && len > end &&
		strcmp(entry->d_name + len - end, suffix) == 0;
}

// By octets, whatever the locale.
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_folder(
	struct scan_files *files, const char *path, struct scan_faults *faults)
{
	struct dirent **entries;
	bool going = true;
	char *name;

	int count = scandir(path, &entries, is_yaml, by_name);
	if (count < 0) {
		scan_fault(faults, whole(path), "cannot list the folder: %s",
			strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		if (going) {
			if (asprintf(&name, "%s/%s", path, entries[i]->d_name) < 0)
				name = NULL;
			going = add(files, name, faults);
		}
		free(entries[i]);
	}
	free(entries);
}

void scan_files_find(struct scan_files *files, const char *const *paths, size_t count,
	struct scan_faults *faults)
{
	struct stat st;

	*files = (struct scan_files){0};
	for (size_t i = 0; i < count; i++) {
		if (stat(paths[i], &st) != 0)
			scan_fault(faults, whole(paths[i]),
				"cannot be read: %s; name a file of signatures or a "
				"folder "
				"of *.yaml",
				strerror(errno));
		else if (S_ISDIR(st.st_mode))
			add_folder(files, paths[i], faults);
		else if (!add(files, strdup(paths[i]), faults))
			return;
	}
}

void scan_files_fini(struct scan_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->names[i]);
	free(files->names);
	*files = (struct scan_files){0};
}

static int read_all(
	int fd, const char *name, struct mt_buf *out, struct scan_faults *faults)
{
	static const char too_large[] = "larger than %u octets; split the file";
	size_t begin = out->len;
	ssize_t n;

	do {
		if (!mt_buf_reserve(out, PIECE))
			return scan_fault(faults, whole(name), "out of memory");
		n = read(fd, out->ptr + out->len, PIECE);
		if (n < 0 && errno != EINTR)
			return scan_fault(faults, whole(name), "cannot be read: %s",
				strerror(errno));
		out->len += n > 0 ? (size_t)n : 0;
		if (out->len - begin > SCAN_FILE_MAX)
			return scan_fault(faults, whole(name), too_large, SCAN_FILE_MAX);
	} while (n != 0);
	return 0;
}

int scan_files_read(const char *name, struct mt_buf *out, struct scan_faults *faults)
{
	struct stat st;
	int rc;

	// A pipe must not make us wait for its other end.
	int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return scan_fault(
			faults, whole(name), "cannot be opened: %s", strerror(errno));
	if (fstat(fd, &st) != 0)
		rc = scan_fault(
			faults, whole(name), "cannot be read: %s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		rc = scan_fault(faults, whole(name), "is no regular file");
	else
		rc = read_all(fd, name, out, faults);
	close(fd);
	return rc;
}
