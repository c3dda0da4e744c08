// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The fields of a mail's header that records show.

#include "mt_span.h"

#include <stddef.h>

enum mime_field {
	MIME_FROM,
	MIME_SENDER,
	MIME_REPLY_TO,
	MIME_TO,
	MIME_CC,
	MIME_SUBJECT,
	MIME_DATE,
	MIME_MESSAGE_ID,
	MIME_IN_REPLY_TO,
	MIME_X_MAILER,
	MIME_USER_AGENT,
	MIME_RECEIVED,
	MIME_FIELD_COUNT
};

enum mime_kind {
	MIME_KIND_TEXT, // unstructured: a front of it is worth something
	MIME_KIND_PLAIN, // structured: all or nothing
	MIME_KIND_ADDRESS, // mailboxes shown as one text
	MIME_KIND_LIST, // mailboxes, each an item; several fields are one list (RFC 5322 4.5.3)
};

#define MIME_FIELD_NAME_MAX 16 // of a name compared; longer than any of them
#define MIME_FIELD_MAX      4096 // octets of a field that is no list
#define MIME_FIELD_SLACK    4 // octets kept behind the last

struct mime_field_facts {
	const char *name;
	enum mime_kind kind;
	uint16_t max; // octets of its value; 0: limits.list
	bool many; // may stand more than once
};

const struct mime_field_facts *mime_field_get(enum mime_field field);
// MIME_FIELD_COUNT: none of them. Letters compare without case.
enum mime_field mime_field_find(struct span name);
