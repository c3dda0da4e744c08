// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Reads one reply line (RFC 5321 4.2). Codes nobody listed are fine: what counts is the first
// digit.

#include "smtp_sink.h"

struct smtp_reply_line {
	struct smtp_reply reply; // spans lie in the line; queue_id only with 2xx
	bool more; // "250-": further lines follow
};

// False: the line does not begin with a code of three digits, 200 to 599.
bool smtp_reply_parse(struct span line, struct smtp_reply_line *ret);

static inline unsigned smtp_reply_class(const struct smtp_reply *r)
{
	return r->code / 100u;
}
