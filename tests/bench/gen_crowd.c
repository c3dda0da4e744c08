// SPDX-License-Identifier: BSD-3-Clause
#include "gen_crowd.h"

#include <stdlib.h>

struct gen_crowd {
	struct gen_session *sessions;
	uint32_t *active; // indices of those under way
	uint32_t active_count, active_max;
	uint32_t count, opened;
	uint64_t turns; // mails given out
};

struct gen_crowd *gen_crowd_create(const struct gen_options *o)
{
	struct gen_crowd *crowd = calloc(1, sizeof(*crowd));

	if (crowd == NULL)
		return NULL;
	crowd->count = o->connections;
	crowd->active_max =
		o->concurrency < o->connections ? o->concurrency : o->connections;
	crowd->sessions = calloc(crowd->count, sizeof(*crowd->sessions));
	crowd->active = calloc(crowd->active_max, sizeof(*crowd->active));
	if (crowd->sessions != NULL && crowd->active != NULL)
		return crowd;
	gen_crowd_destroy(crowd);
	return NULL;
}

void gen_crowd_destroy(struct gen_crowd *crowd)
{
	if (crowd == NULL)
		return;
	free(crowd->sessions);
	free(crowd->active);
	free(crowd);
}

// Neighbours in time are none in number: a step by a large prime meets all of them before any
// again.
static uint32_t in_turn(const struct gen_crowd *crowd, uint64_t turn)
{
	return (uint32_t)(turn * 2654435761u % crowd->count);
}

static bool start_one(struct gen_crowd *crowd, struct gen_stage *stage)
{
	uint32_t i = crowd->opened;

	if (i < crowd->count) {
		gen_session_init(&crowd->sessions[i], stage, i);
		crowd->opened++;
	} else {
		// All are open before the first mail, and nobody has two at a time.
		if (crowd->turns == 0 && crowd->active_count > 0)
			return false;
		if (stage->mails_begun + crowd->active_count >= stage->options.mails)
			return false;
		i = in_turn(crowd, crowd->turns);
		if (crowd->sessions[i].mail != NULL || crowd->sessions[i].mails_left > 0)
			return false;
		gen_session_again(&crowd->sessions[i]);
		crowd->turns++;
	}
	crowd->active[crowd->active_count++] = i;
	return true;
}

bool gen_crowd_next(struct gen_crowd *crowd, struct gen_stage *stage,
	struct gen_session **ret_session, struct gen_segment *ret, uint64_t *ret_sessions)
{
	for (;;) {
		while (crowd->active_count < crowd->active_max && start_one(crowd, stage))
			;
		*ret_sessions = crowd->opened;
		if (crowd->active_count == 0)
			return false;
		uint32_t at = gen_random_below(&stage->random, crowd->active_count);
		*ret_session = &crowd->sessions[crowd->active[at]];
		if (gen_session_next(*ret_session, stage, ret))
			return true;
		crowd->active[at] = crowd->active[--crowd->active_count];
	}
}
