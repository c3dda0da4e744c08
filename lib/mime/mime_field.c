// SPDX-License-Identifier: BSD-3-Clause
#include "mime_field.h"

// clang-format off
static const struct mime_field_facts fields[MIME_FIELD_COUNT] = {
	[MIME_FROM]        = {"from",        MIME_KIND_ADDRESS, MIME_FIELD_MAX, false},
	[MIME_SENDER]      = {"sender",      MIME_KIND_ADDRESS, 1024,           false},
	[MIME_REPLY_TO]    = {"reply-to",    MIME_KIND_ADDRESS, MIME_FIELD_MAX, false},
	[MIME_TO]          = {"to",          MIME_KIND_LIST,    0,              false},
	[MIME_CC]          = {"cc",          MIME_KIND_LIST,    0,              false},
	[MIME_SUBJECT]     = {"subject",     MIME_KIND_TEXT,    MIME_FIELD_MAX, false},
	[MIME_DATE]        = {"date",        MIME_KIND_PLAIN,   256,            false},
	[MIME_MESSAGE_ID]  = {"message-id",  MIME_KIND_PLAIN,   1024,           false},
	[MIME_IN_REPLY_TO] = {"in-reply-to", MIME_KIND_PLAIN,   2048,           false},
	[MIME_X_MAILER]    = {"x-mailer",    MIME_KIND_TEXT,    512,            false},
	[MIME_USER_AGENT]  = {"user-agent",  MIME_KIND_TEXT,    512,            false},
	[MIME_RECEIVED]    = {"received",    MIME_KIND_PLAIN,   2048,           true},
};
// clang-format on

const struct mime_field_facts *mime_field_get(enum mime_field field)
{
	return &fields[field];
}

enum mime_field mime_field_find(struct span name)
{
	for (enum mime_field f = 0; f < MIME_FIELD_COUNT; f++)
		if (span_equal_nocase(name, span_text(fields[f].name)))
			return f;
	return MIME_FIELD_COUNT;
}
