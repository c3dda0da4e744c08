// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Where the telemetry sockets of this host are: DPDK puts each into a folder of its own by file
// prefix, below a runtime folder that depends on how the process was started.

#include <stddef.h>

struct mt_buf;

// A connected socket, or -errno: -ENOENT when nobody listens, -EACCES when this user may not.
int link_place_connect(const char *file_prefix, int patience_s);
// Names of the prefixes that answer (or refuse this user), as "a, b, c".
void link_place_list(struct mt_buf *to);
