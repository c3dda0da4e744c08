// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the end of a program means: a verdict, or another try.

#include "verdict.h"

struct judgement {
	enum verdict_kind kind;
	bool final; // else the kind counts only where this was the last try
	int exit, signal; // -1 and 0: none
	const char *text; // for a person, where the program said nothing
};

// status: as waitpid tells it. timed_out: we ended it.
struct judgement judge(int status, bool timed_out);
