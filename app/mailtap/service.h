// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What a service manager is told: that the appliance captures, how it does, and a sign of life
// only as long as every lcore goes round. Control thread only.

#include "plan.h"

#include <stdbool.h>
#include <stdint.h>

struct app;

struct service {
	uint64_t look_us; // when to look again
	uint64_t status_us; // when to say how it goes
	uint64_t rounds[PLAN_LCORES_MAX]; // what each lcore had done at the last look
	bool stuck;
};

void service_ready(struct app *app);
// To be called all the time, also while stopping. Looks four times in the watchdog's period.
void service_tick(struct app *app);
void service_stopping(struct app *app);
