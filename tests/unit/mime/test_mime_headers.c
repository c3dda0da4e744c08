// SPDX-License-Identifier: BSD-3-Clause

// Every header under headers/, whole, octet by octet and cut at every point: the same is found.

#include "mime/headers_path.h"
#include "mime_lines.h"
#include "mime_script.h"
#include "script_text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

static const struct mime_limits limits = MIME_LIMITS_DEFAULT;

static void play(const struct mime_script *script, size_t cut, struct mime_header *h)
{
	struct mt_buf out;

	mt_buf_init(&out, 1u << 20);
	mime_header_begin(h);
	mime_script_play(script, cut, h);
	mime_lines_add(&out, mime_header_end(h));
	struct span got = mt_buf_span(&out), want = mt_buf_span(&script->want);
	if (cut == 0 && getenv("SHOW") != NULL)
		printf("== %s\n%.*s", script->name, (int)got.len, (const char *)got.ptr);
	cr_expect(span_equal(got, want), "%s, cut %zd\n-- got\n%.*s-- want\n%.*s",
		script->name, (ssize_t)cut, (int)got.len, (const char *)got.ptr,
		(int)want.len, (const char *)want.ptr);
	mt_buf_fini(&out);
}

static size_t play_file(const char *name, struct mime_env *env)
{
	static struct mime_script script;
	struct mt_buf text = script_file(HEADERS, name);
	struct span rest = mt_buf_span(&text);
	struct mime_header h;
	size_t cases = 0;

	mime_header_init(&h, env);
	for (; mime_script_read(&rest, &script); cases++) {
		size_t longest = mime_script_longest(&script);
		play(&script, 0, &h);
		if (longest < 20000)
			play(&script, MIME_CUT_OCTETS, &h);
		for (size_t cut = 1; cut < longest && cut < 600; cut++)
			play(&script, cut, &h);
		mime_script_fini(&script);
	}
	mime_script_fini(&script);
	mime_header_fini(&h);
	mt_buf_fini(&text);
	return cases;
}

Test(mime_headers, every_header_gives_its_fields_however_it_is_cut)
{
	struct mime_env env;
	size_t cases = 0;
	struct dirent *entry;
	DIR *folder = opendir(HEADERS);

	cr_assert(folder != NULL);
	mime_env_init(&env, &limits);
	while ((entry = readdir(folder)) != NULL) {
		size_t len = strlen(entry->d_name);
		if (len > 4 && strcmp(entry->d_name + len - 4, ".txt") == 0)
			cases += play_file(entry->d_name, &env);
	}
	closedir(folder);
	mime_env_fini(&env);
	cr_expect(cases >= 100, "%zu", cases);
}
