// SPDX-License-Identifier: BSD-3-Clause
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOFILE_MAX  1024
#define CANNOT_EXEC 126
#define PIECE       4096
#define READS_MAX   16 // at one look

// In the child from here on: no memory is taken, nothing of ours is touched.

static void limit(int what, rlim_t most)
{
	struct rlimit r;

	if (getrlimit(what, &r) != 0 || r.rlim_cur <= most)
		return;
	r.rlim_cur = most;
	r.rlim_max = r.rlim_max < most ? r.rlim_max : most;
	setrlimit(what, &r);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void become(const struct child_order *order, int out, int err, pid_t parent)
{
	static const char failed[] = "the program cannot be executed: ";

	setpgid(0, 0);
	reset_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CANNOT_EXEC);
	// None of these is 0, 1 or 2: the process has those open from its start.
	dup2(order->input, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, NOFILE_MAX);
	limit(RLIMIT_AS, order->memory);
	umask(077);
	if (chdir("/") != 0)
		_exit(CANNOT_EXEC);
	execve(order->program, order->arguments, order->environment);
	const char *why = strerrordesc_np(errno);
	if (write(STDERR_FILENO, failed, sizeof(failed) - 1) > 0 && why != NULL &&
		write(STDERR_FILENO, why, strlen(why)) > 0)
		_exit(CANNOT_EXEC);
	_exit(CANNOT_EXEC);
}

// In the parent.

static void close_pair(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static int open_pipe(int fds[2])
{
	if (pipe2(fds, O_CLOEXEC) != 0)
		return -errno;
	// Our end alone: to the program it is a pipe like any other.
	if (fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0)
		return 0;
	int rc = -errno;
	close_pair(fds);
	return rc;
}

static int spawn(struct child *c, const struct child_order *order, int out, int err)
{
	pid_t parent = getpid();

	c->pid = fork();
	if (c->pid < 0)
		return -errno;
	if (c->pid == 0)
		become(order, out, err, parent);
	setpgid(c->pid, c->pid); // whoever of the two is first
	c->process = (int)syscall(SYS_pidfd_open, c->pid, 0);
	if (c->process >= 0)
		return 0;
	int rc = -errno;
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	return rc;
}

int child_start(struct child *c, const struct child_order *order)
{
	int out[2], err[2];

	int rc = open_pipe(out);
	if (rc != 0)
		return rc;
	rc = open_pipe(err);
	if (rc != 0) {
		close_pair(out);
		return rc;
	}
	rc = spawn(c, order, out[1], err[1]);
	if (rc != 0) {
		close_pair(out);
		close_pair(err);
		return rc;
	}
	close(out[1]);
	close(err[1]);
	c->out = out[0];
	c->err = err[0];
	mt_buf_init(&c->said, CHILD_SAID_MAX);
	mt_buf_init(&c->complained, CHILD_SAID_MAX);
	return 0;
}

void child_poll(const struct child *c, struct pollfd fds[CHILD_FDS])
{
	fds[0] = (struct pollfd){.fd = c->process, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = c->out, .events = POLLIN};
	fds[2] = (struct pollfd){.fd = c->err, .events = POLLIN};
}

static void read_pipe(int *fd, struct mt_buf *to)
{
	uint8_t piece[PIECE];

	for (int i = 0; i < READS_MAX && *fd >= 0; i++) {
		ssize_t n = read(*fd, piece, sizeof(piece));
		if (n < 0)
			return;
		if (n == 0) { // closed: nothing to poll for any more
			close(*fd);
			*fd = -1;
			return;
		}
		mt_buf_add(to, span_head(span_make(piece, (size_t)n), to->max - to->len));
	}
}

void child_read(struct child *c)
{
	read_pipe(&c->out, &c->said);
	read_pipe(&c->err, &c->complained);
}

bool child_is_over(const struct child *c)
{
	siginfo_t info = {0};

	// The process stays a zombie, so that its number is nobody else's.
	return waitid(P_PIDFD, (id_t)c->process, &info, WEXITED | WNOHANG | WNOWAIT) ==
		0 &&
		info.si_pid == c->pid;
}

void child_signal(const struct child *c, int signal)
{
	kill(-c->pid, signal);
}

int child_end(struct child *c)
{
	int status = 0;

	child_read(c);
	child_signal(c, SIGKILL);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (c->out >= 0)
		close(c->out);
	if (c->err >= 0)
		close(c->err);
	close(c->process);
	return status;
}

void child_forget(struct child *c)
{
	mt_buf_fini(&c->said);
	mt_buf_fini(&c->complained);
}
