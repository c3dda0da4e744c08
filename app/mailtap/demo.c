// SPDX-License-Identifier: BSD-3-Clause
#include "demo.h"

#include "mt_span.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

// The capture, placed in the program by demo_data.S.
extern const uint8_t demo_capture[], demo_capture_end[];

static char folder[64], eml[80], capture[32];
static char *files[] = {capture};

// The capture as a file that has no name anywhere.
static int make_file(void)
{
	size_t len = (size_t)(demo_capture_end - demo_capture);
	int fd = memfd_create("mailtap-demo", 0);

	if (fd < 0 || write(fd, demo_capture, len) != (ssize_t)len)
		return -1;
	snprintf(capture, sizeof(capture), "/proc/self/fd/%d", fd);
	return 0;
}

int demo_prepare(struct args *args, struct conf *conf, struct mt_error *error)
{
	snprintf(folder, sizeof(folder), "/tmp/mailtap-demo.XXXXXX");
	if (mkdtemp(folder) == NULL || make_file() != 0) {
		mt_error_set(error, 0, "the demo finds no place under /tmp");
		return EX_CANTCREAT;
	}
	snprintf(eml, sizeof(eml), "%s/eml", folder);
	conf_defaults(conf);
	snprintf(conf->spool, sizeof(conf->spool), "%s/spool", folder);
	conf->connections = 1024;
	conf->keep |= CONF_KEEP_REFUSED;
	args->files = files;
	args->file_count = 1;
	args->eml = args->eml != NULL ? args->eml : eml;
	if (conf_set(conf, "registered=[192.0.2.25, \"2001:db8:25::25\"]", error) != 0 ||
		conf_check(conf, true, error) != 0)
		return EX_CONFIG;
	return 0;
}

void demo_say_where(const struct args *args)
{
	printf("\nmails    %s/*.eml\nrecords  %s/spool/eve.json\n", args->eml, folder);
}
