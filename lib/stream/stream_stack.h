// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Which of two copies of an octet a receiver keeps while both wait behind a hole. Octets that
// were in order were taken at once and no later copy changes them, whatever the stack.

#include <stdbool.h>
#include <stdint.h>

// name, as written in the configuration, help
#define STREAM_STACK_LIST(X)                                                        \
	X(LINUX, "linux",                                                           \
		"what begins first counts; of two that begin alike the longer")     \
	X(WINDOWS, "windows", "the first copy counts (since Vista)")                \
	X(BSD, "bsd",                                                               \
		"the first copy counts, unless the second begins before it; macOS") \
	X(FIRST, "first", "the first copy counts")                                  \
	X(LAST, "last", "the last copy counts")

enum stream_stack {
#define X(name, text, help) STREAM_STACK_##name,
	STREAM_STACK_LIST(X)
#undef X
	STREAM_STACK_COUNT
};

// Where a new segment begins or ends, seen from one that is held.
enum stream_relation {
	STREAM_BEFORE,
	STREAM_SAME,
	STREAM_AFTER,
	STREAM_RELATION_COUNT
};

struct stream_stack_rule {
	// Whether the new copy counts where both overlap: [begins][ends].
	bool renews[STREAM_RELATION_COUNT][STREAM_RELATION_COUNT];
	// A segment behind a hole that goes on where a held one ends becomes one with it.
	bool joins;
	// A segment that lost octets at its front begins behind them from then on.
	bool trims;
	// The urgent pointer counts also when its octet is in another segment; 0 is the first octet.
	bool urgent_ahead;
};

const struct stream_stack_rule *stream_stack_rule(enum stream_stack stack);
const char *stream_stack_name(enum stream_stack stack);
