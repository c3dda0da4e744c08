// SPDX-License-Identifier: BSD-3-Clause
#include "stream_stack.h"

// Published by Shankar and Paxson ("Active Mapping", 2003) and Novak and Sturges ("Target-Based
// TCP Stream Reassembly", 2007); Linux is as its queue of early segments does it, which keeps
// them sorted, drops what one held segment has whole, and reads on from the lowest.
#define ALL                      \
	{                        \
		true, true, true \
	}
#define NONE                        \
	{                           \
		false, false, false \
	}

// clang-format off
static const struct stream_stack_rule rules[STREAM_STACK_COUNT] = {
	//                                   begins before       the same              after
	[STREAM_STACK_LINUX]   = {.renews = {ALL,                {false, false, true}, NONE}, .joins = true, .urgent_ahead = true},
	[STREAM_STACK_WINDOWS] = {.renews = {NONE,               NONE,                 NONE}, .trims = true},
	[STREAM_STACK_BSD]     = {.renews = {ALL,                NONE,                 NONE}, .trims = true},
	[STREAM_STACK_FIRST]   = {.renews = {NONE,               NONE,                 NONE}, .trims = true},
	[STREAM_STACK_LAST]    = {.renews = {ALL,                ALL,                  ALL}, .trims = true},
};
// clang-format on

const struct stream_stack_rule *stream_stack_rule(enum stream_stack stack)
{
	return &rules[stack];
}

const char *stream_stack_name(enum stream_stack stack)
{
	static const char *const names[] = {
#define X(name, text, help) text,
		STREAM_STACK_LIST(X)
#undef X
	};

	return names[stack];
}
