// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Sessions that stay open all along: all are opened first, then the mails go over them in turn, and
// in between each is silent. At the end none is closed.

#include "gen_session.h"

struct gen_crowd;

// NULL when there is no memory.
struct gen_crowd *gen_crowd_create(const struct gen_options *o);
void gen_crowd_destroy(struct gen_crowd *crowd);
// The next segment and the session that sends it, one of options.concurrency that are under way.
// False when all mails were sent. *ret_sessions: how many were opened so far.
bool gen_crowd_next(struct gen_crowd *crowd, struct gen_stage *stage,
	struct gen_session **ret_session, struct gen_segment *ret,
	uint64_t *ret_sessions);
