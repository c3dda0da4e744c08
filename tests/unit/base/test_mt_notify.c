// SPDX-License-Identifier: BSD-3-Clause
#include "mt_notify.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <criterion/criterion.h>

static char name[64], heard[512];
static int manager = -1;

// A manager that listens; abstract: under a name that is in no file system.
static void listen_as_manager(bool abstract)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(name, sizeof(name), "%s/tmp/mt_notify_%d", abstract ? "@" : "",
		(int)getpid());
	memcpy(address.sun_path, name, strlen(name) + 1);
	if (abstract)
		address.sun_path[0] = '\0';
	manager = socket(AF_UNIX, SOCK_DGRAM, 0);
	size_t len = offsetof(struct sockaddr_un, sun_path) + strlen(name) + !abstract;
	cr_assert_eq(bind(manager, (struct sockaddr *)&address, (socklen_t)len), 0);
	setenv("NOTIFY_SOCKET", name, 1);
}

static void leave(void)
{
	mt_notify_close();
	if (manager >= 0)
		close(manager);
	if (name[0] == '/')
		unlink(name);
}

TestSuite(mt_notify, .fini = leave, .timeout = 20);

// The next message, or "" when there is none.
static const char *hear(void)
{
	struct pollfd in = {.fd = manager, .events = POLLIN};
	ssize_t n = poll(&in, 1, 0) == 1 ? recv(manager, heard, sizeof(heard) - 1, 0) : 0;

	heard[n > 0 ? n : 0] = '\0';
	return heard;
}

static void everything_arrives(void)
{
	cr_assert_eq(mt_notify_open(), 0);
	cr_expect(mt_notify_is_open());
	mt_notify_ready();
	cr_expect_str_eq(hear(), "READY=1");
	mt_notify_status("%s %d", "capturing on", 2);
	cr_expect_str_eq(hear(), "STATUS=capturing on 2");
	mt_notify_alive();
	cr_expect_str_eq(hear(), "WATCHDOG=1");
	mt_notify_reloading();
	cr_expect_eq(strncmp(hear(), "RELOADING=1\nMONOTONIC_USEC=", 27), 0, "%s", heard);
	cr_expect_gt(strtoull(heard + 27, NULL, 10), 0);
	mt_notify_stopping();
	cr_expect_str_eq(hear(), "STOPPING=1");
	cr_expect_str_eq(hear(), "");
}

Test(mt_notify, a_manager_at_a_path_hears_everything)
{
	listen_as_manager(false);
	everything_arrives();
}

Test(mt_notify, a_manager_with_an_abstract_name_hears_everything)
{
	listen_as_manager(true);
	everything_arrives();
}

Test(mt_notify, without_a_manager_nothing_happens)
{
	unsetenv("NOTIFY_SOCKET");
	setenv("WATCHDOG_USEC", "1000000", 1);
	cr_expect_eq(mt_notify_open(), 0);
	cr_expect_not(mt_notify_is_open());
	cr_expect_eq(mt_notify_watchdog_us(), 0);
	mt_notify_ready();
	mt_notify_close();
}

Test(mt_notify, what_cannot_be_reached_is_an_error)
{
	static const struct {
		const char *socket;
		int code;
	} cases[] = {
		{"", -EINVAL},
		{"/", -EINVAL},
		{"@", -EINVAL},
		{"run/notify", -EINVAL},
		{"vsock:2:1234", -EINVAL},
		{"/tmp/there/is/no/such/socket", -ENOENT},
		{"@there-is-no-such-name", -ECONNREFUSED},
	};
	char longest[200];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setenv("NOTIFY_SOCKET", cases[i].socket, 1);
		cr_expect_eq(mt_notify_open(), cases[i].code, "\"%s\"", cases[i].socket);
		cr_expect_not(mt_notify_is_open());
	}
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	for (size_t len = 100; len < 120; len++) {
		longest[len] = '\0';
		setenv("NOTIFY_SOCKET", longest, 1);
		cr_expect_eq(mt_notify_open(), len < 108 ? -ENOENT : -ENAMETOOLONG);
		longest[len] = 'a';
	}
}

Test(mt_notify, the_watchdog_is_the_one_set_for_this_process)
{
	char pid[24];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	listen_as_manager(false);
	setenv("WATCHDOG_USEC", "30000000", 1);
	setenv("WATCHDOG_PID", pid, 1);
	mt_notify_open();
	cr_expect_eq(mt_notify_watchdog_us(), 30000000);
	setenv("NOTIFY_SOCKET", name, 1);
	setenv("WATCHDOG_USEC", "30000000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	mt_notify_open();
	cr_expect_eq(mt_notify_watchdog_us(), 0);
}

Test(mt_notify, children_do_not_inherit_it)
{
	listen_as_manager(false);
	setenv("WATCHDOG_USEC", "30000000", 1);
	mt_notify_open();
	cr_expect_null(getenv("NOTIFY_SOCKET"));
	cr_expect_null(getenv("WATCHDOG_USEC"));
}

Test(mt_notify, a_status_is_one_short_line)
{
	char much[500];

	listen_as_manager(false);
	mt_notify_open();
	mt_notify_status("a\nREADY=1\r%s", "b\x1b");
	cr_expect_str_eq(hear(), "STATUS=a?READY=1?b?");
	memset(much, 'x', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	mt_notify_status("%s", much);
	cr_expect_eq(strlen(hear()), 200);
}

Test(mt_notify, a_manager_that_went_away_disturbs_nobody)
{
	listen_as_manager(false);
	mt_notify_open();
	close(manager);
	manager = -1;
	mt_notify_ready();
	mt_notify_alive();
}

Test(mt_notify, a_manager_that_does_not_read_is_not_waited_for_long)
{
	listen_as_manager(false);
	mt_notify_open();
	for (int i = 0; i < 20; i++)
		mt_notify_alive();
}
