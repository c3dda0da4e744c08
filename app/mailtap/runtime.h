// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// DPDK's runtime folder, in which the console's socket is: made ahead, since DPDK itself will not
// be allowed to, and opened to the console's group when the socket is there.

#include "mt_error.h"

#include <sys/types.h>

#define RUNTIME_PATH_SIZE 256

// Makes the folder that DPDK will use for this prefix. 0 or -errno; then DPDK says what is wrong.
int runtime_make(const char *file_prefix, char ret_path[RUNTIME_PATH_SIZE]);
// Members of the group may pass the folders on the way to the console's socket, and use it; nobody
// else may more than before. After EAL has started, as root. 0, or -errno with error text.
int runtime_open_to_group(gid_t gid, struct mt_error *error);
