// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The folder that holds what this process must not forget (cursors, verdicts) and what it tells
// others (status). One process at a time has it, by a lock.

#include "mt_buf.h"
#include "mt_error.h"

struct state {
	int folder, lock;
};

// Makes the folder where only its last part is missing. 0, or the exit code with error text.
int state_open(struct state *s, const char *path, struct mt_error *error);
void state_close(struct state *s);
// Puts text under a name at once: whoever reads it sees the old or the new. With durable it also
// survives a power cut, and is on the disk on return. 0 or -errno.
int state_store(const struct state *s, const char *name, struct span text, bool durable);
// Appends the file to a buffer. 0, -ENOENT, -EFBIG when it does not fit, -errno.
int state_load(const struct state *s, const char *name, struct mt_buf *to);
// Writes all of it. 0 or -errno.
int state_write(int fd, struct span text);
