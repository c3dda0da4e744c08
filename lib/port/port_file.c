// SPDX-License-Identifier: BSD-3-Clause
#include "port_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

// A pipe can be read once, but the file is opened once to look and once more by the driver.
static int copy_to_file(int from)
{
	const char *folder = getenv("TMPDIR");
	int to = open(folder != NULL ? folder : "/tmp", O_TMPFILE | O_RDWR, 0600);
	char piece[65536];
	ssize_t n;

	if (to < 0)
		return -errno;
	while ((n = read(from, piece, sizeof(piece))) > 0) {
		for (ssize_t done = 0; done < n;) {
			ssize_t w = write(to, piece + done, (size_t)(n - done));
			if (w < 0)
				goto fail;
			done += w;
		}
	}
	if (n < 0)
		goto fail;
	return to;
fail:;
	int code = -errno;
	close(to);
	return code;
}

static int open_regular(const char *path)
{
	bool standard_input = strcmp(path, "-") == 0;
	int fd = standard_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		close(fd);
		return -EISDIR;
	}
	if (S_ISREG(st.st_mode))
		return fd;
	int copy = copy_to_file(fd);
	close(fd);
	return copy;
}

int port_file_open(struct port *p, const char *path, struct mt_error *error)
{
	char again[64], why[PCAP_ERRBUF_SIZE];
	int fd = open_regular(path);

	if (fd < 0) {
		mt_error_set(error, 0, "%s: cannot open: %s", path, strerror(-fd));
		return EX_NOINPUT;
	}
	// The driver takes no comma in a path; a name by descriptor has none.
	snprintf(again, sizeof(again), "/proc/self/fd/%d", fd);
	pcap_t *capture = pcap_open_offline(again, why);
	if (capture == NULL) {
		mt_error_set(error, 0, "%s: not a capture file: %s", path, why);
		close(fd);
		return EX_DATAERR;
	}
	int dlt = pcap_datalink(capture);
	pcap_close(capture);
	int link = packet_link_from_dlt(dlt);
	if (link < 0) {
		const char *name = pcap_datalink_val_to_name(dlt);
		mt_error_set(error, 0,
			"%s: link type %s (%d) is not one of Ethernet, raw IP, NULL, LOOP, Linux cooked",
			path, name != NULL ? name : "unknown", dlt);
		close(fd);
		return EX_DATAERR;
	}
	p->file = fd;
	p->link = (enum packet_link)link;
	p->lossless = true;
	p->time = PORT_TIME_FILE_US;
	return 0;
}
