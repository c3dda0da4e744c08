// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Takes the system calls away from all threads that a running appliance has no use for, by seccomp.
// A list of what is refused, not of what is allowed: drivers differ in what they call, and a card
// must not stop for a call nobody thought of. A refused call returns EPERM, and the kernel's audit
// log names it; nothing is killed, since a tap that is dead sees no mail.

#include "mt_error.h"

#include <stdbool.h>

struct syscalls_needs { // of the drivers
	bool device_sockets; // sockets for device requests (counters of mlx5)
	bool connects; // connects again on its own (memif)
};

// 0, or -errno with error text: -ENOSYS where the kernel has no seccomp.
int syscalls_limit(const struct syscalls_needs *needs, struct mt_error *error);
