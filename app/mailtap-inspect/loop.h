// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The run of all outputs in one thread: what each can do now, then sleep until something is due.

#include "output.h"

struct loop {
	struct output outputs[CONF_INSPECT_MAX];
	uint32_t count;
	uint64_t started_us; // wall clock
	bool once;
	// Asked at SIGHUP: whether the configuration on the disk is good. It says itself why not.
	bool (*may_reload)(void *ctx);
	void *ctx;
};

// Blocks the signals that loop_run waits for; before anything else runs. A descriptor or -errno.
int loop_catch_signals(void);
// Until SIGTERM, a reload, trouble, or (once) the end of the log. 0 or the exit code; EX_TEMPFAIL:
// once, and mails wait for another try. *ret_reload: the caller is to begin anew.
int loop_run(struct loop *l, int signals, bool *ret_reload);
