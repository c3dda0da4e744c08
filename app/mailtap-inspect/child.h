// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A program that runs in a process group of its own: nothing inherited but its input and two
// pipes, of which the first CHILD_SAID_MAX octets are kept. It knows nothing of mails.

#include "mt_buf.h"

#include <poll.h>
#include <sys/types.h>

#define CHILD_SAID_MAX 4096
#define CHILD_FDS      3

struct child_order {
	const char *program;
	char *const *arguments, *const *environment; // as for execve
	int input; // becomes standard input; stays the caller's
	uint64_t memory; // octets of address space
};

struct child {
	pid_t pid;
	int process, out, err; // descriptors: pidfd and the two pipes
	struct mt_buf said, complained; // standard output and standard error
};

// Starts it. 0 or -errno. It dies with this process, even where that is killed.
int child_start(struct child *c, const struct child_order *order);
// What to poll for; writes CHILD_FDS of them.
void child_poll(const struct child *c, struct pollfd fds[CHILD_FDS]);
// Takes what it has said by now, at most some, and drops what is too much.
void child_read(struct child *c);
bool child_is_over(const struct child *c);
// To the whole group.
void child_signal(const struct child *c, int signal);
// Kills what is left of the group, waits, closes. Returns the wait status. `said` and
// `complained` stay until child_forget.
int child_end(struct child *c);
void child_forget(struct child *c);
