// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// An rx role as the program makes it: one port, one ring, and in place of the worker somebody who
// only gives the buffers back.

#include "rx.h"

#include <rte_mbuf.h>

#define RX_RIG_BURST RX_BURST

struct rx_rig {
	struct rte_mempool *pool;
	struct port port; // started; of a file it is lossless
	struct queue *ring;
	struct live live;
	_Atomic uint64_t freed; // buffers that the one in place of the worker gave back
	const _Atomic uint64_t *freed_by[1];
	_Atomic bool stopping;
	struct rx rx;
};

// Starts an EAL with this one virtual device and makes the role; a process can do it once. buffers:
// of the pool, as large as the program's, in large pages where the kernel gives them. 192.0.2.16/28
// is registered, the ports are those by default. 0, or -1 with a complaint on stderr.
int rx_rig_start(struct rx_rig *rig, const char *device, bool file, uint32_t buffers);
// The role begins anew; a file is read from its beginning. The same return.
int rx_rig_rewind(struct rx_rig *rig);
// Takes what lies on the ring and gives it back.
void rx_rig_drain(struct rx_rig *rig);
void rx_rig_stop(struct rx_rig *rig);
