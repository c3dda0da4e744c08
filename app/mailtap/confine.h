// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Confines the process to a list of folders and files, for good, by the kernel's Landlock. It has
// to happen before DPDK starts its threads: only the caller and threads made later are bound. What
// the kernel is too old for is not refused; how much it knows is told.

#include "mt_error.h"

#include <stdbool.h>

enum confine_use {
	CONFINE_READ, // open and list
	CONFINE_EDIT, // also write into what is there, and device requests
	CONFINE_OWN, // also create, rename and remove, sockets included
	CONFINE_USE_COUNT
};

struct confine;

// NULL: no memory.
struct confine *confine_create(void);
// Adds a folder with all below it, or a file. What is not there is left out in silence. Before
// confine_enforce only. False: the list is full.
bool confine_allow(struct confine *c, const char *path, enum confine_use use);
// From here on everything else is refused, to this thread and those it makes, with EACCES. 0, or
// -errno with error text. A kernel without Landlock is no error: see confine_version.
int confine_enforce(struct confine *c, struct mt_error *error);
// Landlock's version that is in force, 0 for none.
int confine_version(const struct confine *c);
// Whether a path lies in what was allowed; always true when nothing is in force. Of a path that
// is not there its folder is asked about. (What the user may do is another matter.)
bool confine_allows(const struct confine *c, const char *path, enum confine_use use);
// The confinement itself stays. NULL is allowed.
void confine_destroy(struct confine *c);
