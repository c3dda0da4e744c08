// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Takes in a changed configuration while packets flow. A thread of its own reads the file, checks
// it whole, and publishes what is live of it (live.h); what is wrong with the file changes nothing.
// One reload at a time: who asks while one runs gets the next.

#include "mt_error.h"

#include <stdbool.h>
#include <stdint.h>

struct app;
struct reload;
struct signatures;

struct reload_result {
	bool ok;
	uint64_t at_us; // wall clock; 0: none was asked for yet
	uint64_t tried, failed; // since the start
	char text
		[MT_ERROR_SIZE]; // what changed and what needs a restart, or why nothing did
};

// NULL: no memory or no thread.
struct reload *reload_create(struct app *app);
// Lets a reload under way end; from then on questions are answered and nothing is taken any more.
void reload_stop(struct reload *r);
// Stops, and frees. Nobody may ask any more.
void reload_destroy(struct reload *r);
// Any thread, never waits.
void reload_ask(struct reload *r);
// The same, and waits for its end. Not ok, with that text, when the appliance stops meanwhile.
void reload_now(struct reload *r, struct reload_result *ret);
// Shows the signatures in force (NULL: none), which cannot be replaced meanwhile.
void reload_look(struct reload *r,
	void (*look)(void *ctx, const struct signatures *signatures), void *ctx);
// The newest result.
void reload_last(struct reload *r, struct reload_result *ret);
