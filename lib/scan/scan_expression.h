// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Octets to be found as they are, as an expression for Hyperscan.

#include "mt_buf.h"

// Adds an expression that matches just these octets.
void scan_expression_add(struct mt_buf *out, struct span octets);
// Adds the expression of octets written as pairs of hexadecimal digits, blanks between them
// allowed. -EINVAL: something else stands there; at *ret_at it begins.
int scan_expression_add_hex(struct mt_buf *out, const char *text, size_t *ret_at);
