// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Folders that have to be there before the process may make none any more, and whom they belong to.

#include "mt_error.h"

#include <stdbool.h>
#include <sys/types.h>

// Makes a folder, with_parents: and those above it. One that is new goes to uid and gid ((uid_t)-1:
// to us). 0, also when it is there already, or -errno.
int folders_make(const char *path, mode_t mode, bool with_parents, uid_t uid, gid_t gid);
// The folder that a path lies in; false: it does not fit.
bool folders_above(const char *path, char *ret, size_t size);
// Whether the user we are now may read and write a folder, what is in it, and what is in the
// folders in it. 0, or EX_NOPERM with error text that names the first thing and the remedy (owner:
// "user:group").
int folders_check(const char *folder, const char *owner, struct mt_error *error);
