// SPDX-License-Identifier: BSD-3-Clause
#include "child.h"
#include "judge.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

static struct child c;

static int start(const char *program, const char *script)
{
	char path[64], words[3][16] = {"sh", "-c", ""}, text[512];
	char *argv[] = {words[0], words[1], text, NULL};
	char variable[] = "ONLY=this";
	char *environment[] = {variable, NULL};

	snprintf(path, sizeof(path), "%s", program);
	snprintf(text, sizeof(text), "%s", script);
	int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
	cr_assert_geq(input, 3);
	struct child_order order = {path, argv, environment, input, 1ULL << 30};
	int rc = child_start(&c, &order);
	close(input);
	return rc;
}

// Reads what it says until it is over.
static int finish(void)
{
	struct pollfd fds[CHILD_FDS];

	while (!child_is_over(&c)) {
		child_poll(&c, fds);
		poll(fds, CHILD_FDS, 10000);
		child_read(&c);
	}
	return child_end(&c);
}

static bool said(const struct mt_buf *b, const char *want)
{
	return span_equal(mt_buf_span(b), span_text(want));
}

Test(inspect_child, its_words_and_its_end_are_taken)
{
	cr_assert_eq(start("/bin/sh", "echo out; echo err >&2; exit 3"), 0);
	int status = finish();
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	cr_expect(said(&c.said, "out\n"));
	cr_expect(said(&c.complained, "err\n"));
	child_forget(&c);
}

Test(inspect_child, inherits_nothing)
{
	int mine = open("/dev/null", O_RDONLY); // without O_CLOEXEC

	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(
		start("/bin/sh",
			"ls /proc/self/fd | wc -l; env | grep -c -v -e ^ONLY -e ^PWD -e ^_ -e "
			"^SHLVL -e ^OLDPWD; pwd; umask; grep SigIgn /proc/self/status"),
		0);
	finish();
	// 0, 1, 2 and the folder that ls reads.
	cr_expect(said(&c.said, "4\n0\n/\n0077\nSigIgn:\t0000000000000000\n"), "%.*s",
		(int)c.said.len, (const char *)c.said.ptr);
	child_forget(&c);
	close(mine);
}

Test(inspect_child, much_talk_is_dropped_and_blocks_nobody)
{
	cr_assert_eq(start("/bin/sh",
			     "head -c 3000000 /dev/zero; head -c 300000 /dev/zero >&2"),
		0);
	int status = finish();
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	cr_expect_eq(c.said.len, CHILD_SAID_MAX);
	cr_expect_eq(c.complained.len, CHILD_SAID_MAX);
	child_forget(&c);
}

Test(inspect_child, its_whole_group_goes_with_it)
{
	// The grandchild holds the pipe open and would outlive its parent.
	cr_assert_eq(start("/bin/sh", "sleep 1000 & echo $!"), 0);
	int status = finish();
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	cr_assert(mt_buf_add_char(&c.said, '\0'));
	pid_t orphan = (pid_t)strtol((const char *)c.said.ptr, NULL, 10);
	cr_assert_gt(orphan, 1);
	// It is a zombie at most: whoever took it in reaps it when he likes.
	char path[64], state[256] = "";
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)orphan);
	for (int i = 0; i < 500; i++) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd >= 0 ? read(fd, state, sizeof(state) - 1) : 0;
		close(fd);
		state[n > 0 ? n : 0] = '\0';
		if (n <= 0 || strstr(state, ") Z") != NULL)
			break;
		usleep(10000);
	}
	cr_expect(state[0] == '\0' || strstr(state, ") Z") != NULL, "%s", state);
	child_forget(&c);
}

Test(inspect_child, a_signal_reaches_the_group)
{
	cr_assert_eq(
		start("/bin/sh", "trap '' TERM; (trap - TERM; exec sleep 1000); exit 7"),
		0);
	usleep(100000);
	child_signal(&c, SIGTERM); // ends the sleep only
	int status = finish();
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 7, "%d", status);
	child_forget(&c);
	cr_assert_eq(start("/bin/sh", "trap '' TERM; sleep 1000; sleep 1000"), 0);
	usleep(100000);
	child_signal(&c, SIGKILL);
	status = finish();
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	child_forget(&c);
}

Test(inspect_child, what_cannot_be_executed_says_so)
{
	cr_assert_eq(start("/nonexistent/scan", ""), 0);
	int status = finish();
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 126);
	cr_expect(said(&c.complained,
			  "the program cannot be executed: No such file or directory"),
		"%.*s", (int)c.complained.len, (const char *)c.complained.ptr);
	child_forget(&c);
}

Test(inspect_child, memory_is_limited)
{
	cr_assert_eq(start("/bin/sh", "ulimit -v; ulimit -c"), 0);
	finish();
	cr_expect(said(&c.said, "1048576\n0\n"), "%.*s", (int)c.said.len,
		(const char *)c.said.ptr);
	child_forget(&c);
}
