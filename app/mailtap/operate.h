// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What an operator may ask a running appliance to do or to tell, beside its figures. Called on a
// thread of the telemetry library: whatever belongs to the control thread is handed over to it.

#include "app.h"

#define OPERATE_TEXT 128

struct operate_answer {
	bool done;
	char text[OPERATE_TEXT]; // what was done, or why it was not
	char needs_restart
		[OPERATE_TEXT]; // keys that changed but were not taken, "" for none
};

struct operate_signatures { // the set in force
	uint64_t count;
	uint64_t loaded_us; // wall clock, 0: none was
	uint64_t compile_ms;
	bool cached;
	char set[OPERATE_TEXT]; // hash of the set
	char text[OPERATE_TEXT]; // "" or why there is none
};

struct operate_signature {
	uint64_t id, hits;
	char name[OPERATE_TEXT];
	char severity[16], action[16];
};

// Reads the configuration again and takes what can be taken live.
void operate_reload(struct app *app, struct operate_answer *ret);
// Reads the signatures again.
void operate_reload_signatures(struct app *app, struct operate_answer *ret);
void operate_signatures_get(const struct app *app, struct operate_signatures *ret);
// The nth signature of the set; false when there are not so many.
bool operate_signature_get(
	const struct app *app, uint64_t nth, struct operate_signature *ret);
