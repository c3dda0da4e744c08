// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Who tries to log in (RFC 4954): the mechanism, and the user where the mechanism shows it.
// Never the secret: it is not kept, and what was decoded on the way is wiped.

#include "mt_span.h"

struct smtp_auth {
	uint8_t mechanism_len, user_len;
	uint8_t answers; // client answers seen so far; UINT8_MAX: nothing is read any more
	uint8_t mechanism[32]; // in capitals
	uint8_t user[255];
};

// initial: the initial response of the AUTH command, empty if there is none.
void smtp_auth_start(struct smtp_auth *a, struct span mechanism, struct span initial);
// A line of the client after a 334.
void smtp_auth_answer(struct smtp_auth *a, struct span line);
// Some of the exchange was missed: what comes now may be a secret, and nothing more is read.
void smtp_auth_blind(struct smtp_auth *a);

static inline struct span smtp_auth_mechanism(const struct smtp_auth *a)
{
	return span_make(a->mechanism, a->mechanism_len);
}

static inline struct span smtp_auth_user(const struct smtp_auth *a)
{
	return span_make(a->user, a->user_len);
}
