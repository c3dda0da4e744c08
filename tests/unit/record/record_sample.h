// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A mail with something in every field, for the tests of its record.

#include "mail.h"

enum sample_field {
	SAMPLE_HELO,
	SAMPLE_MECHANISM,
	SAMPLE_USER,
	SAMPLE_FROM,
	SAMPLE_FROM_PARAMS,
	SAMPLE_TO,
	SAMPLE_TO_PARAMS,
	SAMPLE_RCPT_ENHANCED,
	SAMPLE_RCPT_TEXT,
	SAMPLE_FINAL_TEXT,
	SAMPLE_ENHANCED,
	SAMPLE_TEXT,
	SAMPLE_QUEUE_ID,
	SAMPLE_FIELD_COUNT
};

// The mail with this text in that field. m is initialised by the caller.
void sample_fill(struct mail *m, enum sample_field field, struct span text);
// The plain one: nothing but what every mail has.
void sample_fill_plain(struct mail *m);
