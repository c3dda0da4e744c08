// SPDX-License-Identifier: BSD-3-Clause
#include "probe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_HEADER   24u
#define RECORD_HEADER 16u
#define MAGIC_US      0xa1b2c3d4u

static int map_file(struct probe_capture *c, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < (off_t)FILE_HEADER)
		goto fail;
	void *at = mmap(
		NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (at == MAP_FAILED)
		goto fail;
	close(fd);
	c->map = at;
	c->file = span_make(at, (size_t)st.st_size);
	return 0;
fail:
	perror(path);
	if (fd >= 0)
		close(fd);
	return -1;
}

static void add(struct probe_capture *c, const uint32_t header[4], struct span octets)
{
	struct probe_frame *f = &c->frames[c->count++];

	f->octets = octets;
	f->at_us = header[0] * 1000000ull + header[1];
	f->class = packet_parse(octets, octets.len, PACKET_LINK_ETHERNET, &f->packet);
}

int probe_capture_read(struct probe_capture *c, const char *path)
{
	uint32_t header[4], magic;

	*c = (struct probe_capture){0};
	if (map_file(c, path) != 0)
		return -1;
	memcpy(&magic, c->file.ptr, 4);
	if (magic != MAGIC_US) {
		fprintf(stderr, "%s: not a capture of mailtap-generate\n", path);
		return -1;
	}
	struct span left = span_skip(c->file, FILE_HEADER);
	for (size_t room = 0; left.len >= RECORD_HEADER;
		left = span_skip(left, header[2])) {
		memcpy(header, left.ptr, sizeof(header));
		left = span_skip(left, RECORD_HEADER);
		if (c->count == room) {
			room = room * 2 + 65536;
			c->frames = realloc(c->frames, room * sizeof(*c->frames));
			if (c->frames == NULL)
				abort();
		}
		add(c, header, span_head(left, header[2]));
	}
	return 0;
}

void probe_capture_free(struct probe_capture *c)
{
	munmap(c->map, c->file.len);
	free(c->frames);
}
