// SPDX-License-Identifier: BSD-3-Clause
#include "judge.h"

#include <sys/wait.h>
#include <sysexits.h>

static const struct {
	int exit;
	enum verdict_kind kind;
	bool final;
	const char *text;
} exits[] = {
	{0, VERDICT_CLEAN, true, ""},
	{1, VERDICT_HIT, true, ""},
	{EX_TEMPFAIL, VERDICT_DEAD, false, "the program said later"},
};

struct judgement judge(int status, bool timed_out)
{
	if (timed_out)
		return (struct judgement){.kind = VERDICT_DEAD,
			.exit = -1,
			.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
			.text = "the program did not end in time"};
	if (!WIFEXITED(status))
		return (struct judgement){.kind = VERDICT_DEAD,
			.exit = -1,
			.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
			.text = "the program was killed"};
	struct judgement other = {.kind = VERDICT_ERROR,
		.exit = WEXITSTATUS(status),
		.text = "the program failed"};
	for (size_t i = 0; i < sizeof(exits) / sizeof(exits[0]); i++)
		if (exits[i].exit == other.exit)
			return (struct judgement){exits[i].kind, exits[i].final,
				other.exit, 0, exits[i].text};
	return other;
}
