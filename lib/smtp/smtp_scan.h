// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The one pass over content octets: finds the next dot at the start of a line and notes what is
// odd on the way. Works on 64 octets at a time where SSE2 is there.

#include "mt_span.h"

// What stands before the next octet.
enum smtp_scan_before {
	SMTP_BEFORE_OTHER,
	SMTP_BEFORE_CR,
	SMTP_BEFORE_LF, // a LF without CR
	SMTP_BEFORE_CRLF, // or the start of the content
	SMTP_BEFORE_HOLE,
};

// What was found, bits of smtp_scan.found.
#define SMTP_SCAN_BARE_LF   1u
#define SMTP_SCAN_BARE_CR   2u
#define SMTP_SCAN_NUL       4u
#define SMTP_SCAN_LONG_LINE 8u
#define SMTP_SCAN_DOT \
	16u // told by smtp_body: a dot of which nobody knows if it was stuffed

struct smtp_scan {
	uint32_t line; // octets of the line so far, a CR counted
	uint8_t before; // enum smtp_scan_before
	uint8_t found;
};

// Goes over text up to the first dot that follows CR, LF, CRLF or a hole. Returns its offset, or
// text.len; the state is that before this octet.
size_t smtp_scan(struct smtp_scan *s, struct span text);
