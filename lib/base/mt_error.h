// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// One error for a person: what was wrong, where, what to do. Functions that can be handed bad
// input by the operator take one of these and fill it when they return a negative errno.

#define MT_ERROR_SIZE 512

struct mt_error {
	char text[MT_ERROR_SIZE];
};

// Sets the text (cut at the size). Returns -code, so that a caller can `return mt_error_set(...)`.
__attribute__((format(printf, 3, 4))) int mt_error_set(
	struct mt_error *error, int code, const char *fmt, ...);
// Puts "prefix" in front of what is there already.
__attribute__((format(printf, 2, 3))) void mt_error_prefix(
	struct mt_error *error, const char *fmt, ...);
