// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Which mails were asked for. Words are sought without regard to the case of ASCII letters.

#include "ctl.h"
#include "field.h"

#include "mt_clock.h"

struct filter {
	const char *from, *rcpt, *subject, *outcome; // NULL: any
	char since[MT_CLOCK_TEXT_SIZE]; // "" or a time as records have it
};

// now_us is what "2h" counts back from. 0, or EX_USAGE with error text.
int filter_make(
	struct filter *f, const struct ctl *ctl, uint64_t now_us, struct mt_error *error);
bool filter_is_set(const struct filter *f);
// given_up: the log has its record, but its content never came to be.
bool filter_takes(const struct filter *f, const json_t *record, bool given_up);
// "30s", "15m", "2h", "7d" back from now, or "2026-11-25", "2026-11-25 04:00",
// "2026-11-25T04:00:00" in UTC. False: neither.
bool filter_read_since(const char *text, uint64_t now_us, char to[MT_CLOCK_TEXT_SIZE]);
