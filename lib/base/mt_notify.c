// SPDX-License-Identifier: BSD-3-Clause
#include "mt_notify.h"

#include "mt_clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define STATUS_MAX  200
#define PATIENCE_US 200000

static int manager = -1;
static uint64_t watchdog_us;

// "@name" is a name in no file system: a NUL stands for the "@".
static int connect_to(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_usec = PATIENCE_US};
	size_t len = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || len < 2)
		return -EINVAL;
	if (len >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, name, len);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	else
		len++;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&address,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
		return fd;
	int rc = -errno;
	close(fd);
	return rc;
}

// A watchdog set for another process is none of ours.
static uint64_t read_watchdog(void)
{
	const char *period = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (period == NULL || (pid != NULL && strtoll(pid, NULL, 10) != getpid()))
		return 0;
	return strtoull(period, NULL, 10);
}

int mt_notify_open(void)
{
	const char *name = getenv("NOTIFY_SOCKET");
	int fd = name != NULL ? connect_to(name) : -1;

	watchdog_us = fd >= 0 ? read_watchdog() : 0;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	if (fd < 0)
		return name != NULL ? fd : 0;
	mt_notify_close();
	manager = fd;
	return 0;
}

void mt_notify_close(void)
{
	if (manager >= 0)
		close(manager);
	manager = -1;
}

bool mt_notify_is_open(void)
{
	return manager >= 0;
}

uint64_t mt_notify_watchdog_us(void)
{
	return manager >= 0 ? watchdog_us : 0;
}

static void say(const char *text)
{
	if (manager >= 0)
		send(manager, text, strlen(text), MSG_NOSIGNAL);
}

void mt_notify_ready(void)
{
	say("READY=1");
}

void mt_notify_reloading(void)
{
	char text[64];

	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		mt_clock_mono_us());
	say(text);
}

void mt_notify_stopping(void)
{
	say("STOPPING=1");
}

void mt_notify_alive(void)
{
	say("WATCHDOG=1");
}

void mt_notify_status(const char *fmt, ...)
{
	char text[STATUS_MAX + 1] = "STATUS=";
	size_t head = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + head, sizeof(text) - head, fmt, ap);
	va_end(ap);
	// A line end would begin another assignment.
	for (char *p = text + head; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	say(text);
}
