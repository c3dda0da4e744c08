// SPDX-License-Identifier: BSD-3-Clause

// Every dialogue under dialogues/, whole, octet by octet and cut at every point: the events must
// be those of the script, and no block may stay behind.

#include "script_text.h"
#include "smtp/dialogues_path.h"
#include "smtp_script.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

static const struct smtp_limits limits = {
	.line = 512, .reply = 512, .pending = 100, .rcpts = 10, .mail = 200000};

static void play(const struct smtp_script *script, size_t cut)
{
	struct smtp_env env;
	struct smtp_log log;

	smtp_log_init(&log);
	cr_assert(smtp_env_init(&env, &limits, &smtp_log_sink, 64) == 0);
	smtp_script_play(script, &env, cut, &log);
	struct span got = smtp_log_text(&log);
	struct span want = mt_buf_span(&script->want);
	if (cut == 0 && getenv("SHOW") != NULL)
		printf("== %s\n%.*s", script->name, (int)got.len, (const char *)got.ptr);
	cr_expect(span_equal(got, want), "%s, cut %zd\n-- got\n%.*s-- want\n%.*s",
		script->name, (ssize_t)cut, (int)got.len, (const char *)got.ptr,
		(int)want.len, (const char *)want.ptr);
	cr_expect(!smtp_log_is_broken(&log), "%s", script->name);
	cr_expect(env.blocks.used == 0, "%s, cut %zd: %u blocks left behind",
		script->name, (ssize_t)cut, env.blocks.used);
	smtp_env_fini(&env);
	smtp_log_fini(&log);
}

static size_t play_file(const char *name)
{
	static struct smtp_script script;
	struct mt_buf text = script_file(DIALOGUES, name);
	struct span rest = mt_buf_span(&text);
	size_t cases = 0;

	for (; smtp_script_read(&rest, &script); cases++) {
		size_t longest = smtp_script_longest(&script);
		// Long items are cut in their first part, where all that matters lies.
		size_t most = longest < 300 ? longest : 300;
		play(&script, 0);
		if (longest < 10000)
			play(&script, SMTP_CUT_OCTETS);
		for (size_t cut = 1; cut < most; cut++)
			play(&script, cut);
		smtp_script_fini(&script);
	}
	smtp_script_fini(&script);
	mt_buf_fini(&text);
	return cases;
}

Test(smtp_dialogues, every_script_gives_its_events_however_it_is_cut)
{
	struct dirent **names;
	size_t cases = 0;
	int n = scandir(DIALOGUES, &names, NULL, alphasort);

	cr_assert(n > 0);
	for (int i = 0; i < n; i++) {
		size_t len = strlen(names[i]->d_name);
		if (len > 4 && strcmp(names[i]->d_name + len - 4, ".txt") == 0)
			cases += play_file(names[i]->d_name);
		free(names[i]);
	}
	free(names);
	cr_expect(cases > 50, "%zu cases", cases);
}
