// SPDX-License-Identifier: BSD-3-Clause
#include "probe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TOTAL (1u << 30)
#define BATCH 64

// Appends mails of this size to one file, a write each; with sync: fdatasync for each 64.
int probe_append(const char *folder, bool sync, size_t size, struct probe_result *ret)
{
	char path[512];
	uint8_t *mail = malloc(size);
	uint64_t count = TOTAL / size;

	snprintf(path, sizeof(path), "%s/append.%d", folder, (int)getpid());
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (mail == NULL || fd < 0) {
		perror(path);
		free(mail);
		return -1;
	}
	if (sync && count > 100000)
		count = 100000;
	memset(mail, 'x', size);
	ret->unit = "mails";
	int rc = 0;
	probe_start(ret);
	for (uint64_t i = 0; i < count && rc == 0; i++) {
		if (write(fd, mail, size) != (ssize_t)size)
			rc = -1;
		else if (sync && i % BATCH == BATCH - 1)
			rc = fdatasync(fd);
	}
	probe_stop(ret);
	if (rc != 0)
		perror(path);
	ret->units = count;
	ret->octets = count * size;
	close(fd);
	unlink(path);
	free(mail);
	return rc;
}
