// SPDX-License-Identifier: BSD-3-Clause
#include "mt_log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

static char heard[65536];

// Standard error goes into a pipe while `say` runs.
static const char *listen_to(void (*say)(void))
{
	int ends[2], before = dup(STDERR_FILENO);

	cr_assert_eq(pipe(ends), 0);
	fflush(stderr);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	say();
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	close(before);
	ssize_t n = read(ends[0], heard, sizeof(heard) - 1);
	heard[n > 0 ? n : 0] = '\0';
	close(ends[0]);
	return heard;
}

static int lines_of(const char *text)
{
	int n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void say_each_level(void)
{
	for (int level = 0; level < MT_LOG_LEVEL_COUNT; level++)
		mt_log((enum mt_log_level)level, "test", "%s %d", "line", level);
}

Test(mt_log, the_journal_gets_its_priority_and_debug_is_left_out)
{
	cr_expect_str_eq(listen_to(say_each_level),
		"<6>mailtap: info: test: line 1\n<4>mailtap: warn: test: line 2\n"
		"<3>mailtap: error: test: line 3\n<2>mailtap: fatal: test: line 4\n");
}

Test(mt_log, the_level_can_be_set)
{
	mt_log_set_level(MT_LOG_ERROR);
	cr_expect_eq(mt_log_level(), MT_LOG_ERROR);
	cr_expect_eq(lines_of(listen_to(say_each_level)), 2);
	mt_log_set_level(MT_LOG_DEBUG);
	cr_expect_eq(lines_of(listen_to(say_each_level)), 5);
}

static void say_forged(void)
{
	mt_log(MT_LOG_INFO, "test", "a\nmailtap: fatal: b\r\x1b[1m\x7f");
}

Test(mt_log, control_characters_cannot_forge_lines)
{
	cr_expect_str_eq(listen_to(say_forged),
		"<6>mailtap: info: test: a?mailtap: fatal: b??[1m?\n");
}

static void say_much(void)
{
	for (int i = 0; i < 200; i++)
		mt_log(MT_LOG_INFO, "test", "again");
	mt_log(MT_LOG_ERROR, "test", "this must be heard");
}

Test(mt_log, a_flood_is_held_back_and_told)
{
	const char *text = listen_to(say_much);

	cr_expect_leq(lines_of(text), 2 * (20 + 2), "the second may change in between");
	cr_expect_not_null(strstr(text, "lines were held back\n"));
	cr_expect_not_null(strstr(text, "this must be heard\n"));
}
