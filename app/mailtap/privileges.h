// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// From the user who may open ports to the one who may only do the work. The names are looked up
// while everything may still be read; the rights are given up when the ports are up, by every
// thread of the process, and do not come back.

#include "mt_error.h"

#include <stdbool.h>
#include <sys/types.h>

#define PRIVILEGES_GROUPS_MAX 64

struct privileges {
	bool change; // to uid and gid; false: the user stays
	bool has_group; // gid is that of the console's group
	uid_t uid;
	gid_t gid;
	gid_t groups[PRIVILEGES_GROUPS_MAX]; // supplementary ones of the user
	size_t group_count;
	char user[64], group[64]; // as configured, for messages
};

// Looks the names up, or numbers in their place; "none" for no change. Only root can change: started
// by somebody else the user stays. 0, or EX_NOUSER with error text that says how to make the user.
int privileges_find(const char *user, const char *group, struct privileges *ret,
	struct mt_error *error);
// What can be given up before the threads are made: nothing gains rights by execution any more.
void privileges_narrow(void);
// Changes the user where that is asked for, and empties the capabilities of all threads. The
// process leaves no core dump from here on and cannot be looked into by others of that user. 0, or
// EX_NOPERM with error text.
int privileges_drop(const struct privileges *p, struct mt_error *error);
