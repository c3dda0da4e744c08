// SPDX-License-Identifier: BSD-3-Clause
#include "gen_pcap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define BUFFER_SIZE   (1u << 20)
#define RECORD_HEADER 16

static void flush(struct gen_pcap *pcap)
{
	for (size_t done = 0; done < pcap->used && !pcap->failed;) {
		ssize_t n = write(pcap->fd, pcap->buffer + done, pcap->used - done);
		if (n < 0)
			pcap->failed = true;
		else
			done += (size_t)n;
	}
	pcap->used = 0;
}

int gen_pcap_open(
	struct gen_pcap *pcap, const char *path, uint32_t link_type, bool nanoseconds)
{
	uint32_t header[6] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 262144, link_type};

	*pcap = (struct gen_pcap){.nanoseconds = nanoseconds};
	pcap->buffer = malloc(BUFFER_SIZE);
	if (pcap->buffer == NULL)
		return -ENOMEM;
	pcap->fd = strcmp(path, "-") == 0
		? dup(STDOUT_FILENO)
		: open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (pcap->fd < 0) {
		int code = -errno;
		free(pcap->buffer);
		return code;
	}
	if (nanoseconds)
		header[0] = 0xa1b23c4d;
	memcpy(pcap->buffer, header, sizeof(header));
	pcap->used = pcap->octets = sizeof(header);
	return 0;
}

uint8_t *gen_pcap_room(struct gen_pcap *pcap)
{
	if (pcap->used + RECORD_HEADER + GEN_PCAP_FRAME_MAX > BUFFER_SIZE)
		flush(pcap);
	return pcap->buffer + pcap->used + RECORD_HEADER;
}

void gen_pcap_commit(struct gen_pcap *pcap, size_t len, uint64_t at_ns)
{
	uint32_t fraction = (uint32_t)(at_ns % 1000000000);
	uint32_t header[4] = {(uint32_t)(at_ns / 1000000000),
		pcap->nanoseconds ? fraction : fraction / 1000, (uint32_t)len,
		(uint32_t)len};

	memcpy(pcap->buffer + pcap->used, header, RECORD_HEADER);
	pcap->used += RECORD_HEADER + len;
	pcap->octets += RECORD_HEADER + len;
	pcap->packets++;
}

int gen_pcap_close(struct gen_pcap *pcap)
{
	flush(pcap);
	if (close(pcap->fd) != 0)
		pcap->failed = true;
	free(pcap->buffer);
	return pcap->failed ? -EIO : 0;
}
