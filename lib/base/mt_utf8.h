// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What is valid UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.

#include "mt_span.h"

#define MT_UTF8_REPLACEMENT "\xef\xbf\xbd" // U+FFFD

// Length of the character at the front of s, 0 when it is none (or s is empty).
size_t mt_utf8_length(struct span s);
// The longest front of s that has at most max octets and does not end within a character. What is
// no UTF-8 is cut wherever max says.
struct span mt_utf8_head(struct span s, size_t max);
