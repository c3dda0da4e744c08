// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// For faults of the program itself, never for what the wire or the operator does.
// Kept in release builds: a wrong program stops at once and says where.

#include <stdnoreturn.h>

noreturn void mt_assert_failed(const char *what, const char *file, int line);

#define MT_ASSERT(cond) ((cond) ? (void)0 : mt_assert_failed(#cond, __FILE__, __LINE__))
