// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The options of a TCP header that change what its receiver takes.

#include "mt_span.h"

struct stream_option {
	bool has_stamp; // timestamps (RFC 7323 3.2)
	bool has_scale; // window scale (RFC 7323 2.2); means something on a SYN alone
	bool has_digest; // TCP-MD5 (RFC 2385)
	uint8_t scale; // 0..14
	uint32_t stamp; // TSval
};

// Reads what stands between the header and the payload. What is malformed ends the list, as it
// does for the receiver; unknown kinds are passed over.
void stream_option_read(struct span options, struct stream_option *ret);
