// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Address lists (RFC 5322 3.4 and 4.4, and what is sent instead): split into mailboxes, each shown
// as the text it was, on one line and decoded: `Jörg <j@x>`, `"Doe, J" <j@x>`, `j@x (comment)`.
//
// Encoded words are decoded in phrases and comments and, because many senders write them so, where
// they are all that stands in a quoted string. What was decoded is quoted again if it holds
// characters that would make another address of it. Angle brackets and bare addresses are
// verbatim.

#include "mime_env.h"

struct mime_address_list {
	struct span rest;
	struct span
		group; // name of the group we are in, from its first octet; empty: none
	bool member; // the group had one
	bool quote_open,
		comment_open; // one without end was met: all later ones are plain text
};

void mime_address_list_init(struct mime_address_list *list, struct span value);
// The next mailbox, without blanks around it. Members of a group count as mailboxes; a group
// without members is one element with its whole text. Linear in the length of the list.
bool mime_address_list_next(struct mime_address_list *list, struct span *ret);
void mime_address_add(
	struct mime_env *env, struct span mailbox, struct mt_buf *out, uint64_t *odds);
