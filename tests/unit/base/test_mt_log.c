// SPDX-License-Identifier: BSD-3-Clause
#include "mt_log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

// JOURNAL_STREAM names the pipe or file that standard error is, or (by delta) another one.
static const char *listen_as_journal(void (*say)(void), unsigned delta)
{
	char stream[64];
	struct stat st;
	int ends[2], before = dup(STDERR_FILENO);

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(fstat(ends[1], &st), 0);
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)st.st_dev,
		(unsigned long long)st.st_ino + delta);
	setenv("JOURNAL_STREAM", stream, 1);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	say();
	dup2(before, STDERR_FILENO);
	close(before);
	ssize_t n = read(ends[0], heard, sizeof(heard) - 1);
	heard[n > 0 ? n : 0] = '\0';
	close(ends[0]);
	return heard;
}

Test(mt_log, a_file_gets_the_level_in_words_and_debug_is_left_out)
{
	unsetenv("JOURNAL_STREAM");
	cr_expect_str_eq(listen_to(say_each_level),
		"mailtap: info: test: line 1\nmailtap: warn: test: line 2\n"
		"mailtap: error: test: line 3\nmailtap: fatal: test: line 4\n");
}

Test(mt_log, the_journal_gets_its_priority)
{
	cr_expect_str_eq(listen_as_journal(say_each_level, 0),
		"<6>mailtap: info: test: line 1\n<4>mailtap: warn: test: line 2\n"
		"<3>mailtap: error: test: line 3\n<2>mailtap: fatal: test: line 4\n");
}

Test(mt_log, another_stream_than_the_journals_gets_none)
{
	cr_expect_str_eq(listen_as_journal(say_each_level, 1),
		"mailtap: info: test: line 1\nmailtap: warn: test: line 2\n"
		"mailtap: error: test: line 3\nmailtap: fatal: test: line 4\n");
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
		"mailtap: info: test: a?mailtap: fatal: b??[1m?\n");
}

static void say_much(void)
{
	for (int i = 0; i < 200; i++)
		mt_log(MT_LOG_ERROR, "flood", "again");
	mt_log(MT_LOG_INFO, "test", "this must be heard");
	mt_log_settle(false);
}

Test(mt_log, a_place_that_floods_is_held_back_and_no_other)
{
	const char *text = listen_to(say_much);

	cr_expect_eq(lines_of(text), 10 + 1, "%s", text);
	cr_expect_not_null(strstr(text, "mailtap: info: test: this must be heard\n"));
}

static void say_much_and_settle(void)
{
	say_much();
	mt_log_settle(true);
	mt_log_settle(true);
}

Test(mt_log, how_much_was_held_back_is_told_once)
{
	const char *text = listen_to(say_much_and_settle);

	cr_expect_eq(lines_of(text), 10 + 1 + 1, "%s", text);
	cr_expect_not_null(strstr(
		text, "mailtap: warn: flood: 190 more such lines were held back\n"));
}

static void *say_as_thread(void *ctx)
{
	for (int i = 0; i < 200; i++)
		mt_log(MT_LOG_INFO, "thread", "0123456789 %s", (const char *)ctx);
	return NULL;
}

static void say_at_once(void)
{
	pthread_t thread[4];
	char text[] = "abcdefghijklmnopqrstuvwxyz";

	for (int i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, say_as_thread, text);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	mt_log_settle(true);
}

Test(mt_log, threads_share_a_place_and_lines_stay_whole)
{
	const char *text = listen_to(say_at_once), *line = text;
	const char *want =
		"mailtap: info: thread: 0123456789 abcdefghijklmnopqrstuvwxyz\n";

	for (int i = 0; i < 10; i++, line += strlen(want))
		cr_assert_eq(strncmp(line, want, strlen(want)), 0, "%s", text);
	cr_expect_str_eq(
		line, "mailtap: warn: thread: 790 more such lines were held back\n");
}

// Fills the pipe that standard error is, so that a write would wait for ever.
static void say_to_nobody(void)
{
	char page[4096];
	int flags = fcntl(STDERR_FILENO, F_GETFL);

	memset(page, '.', sizeof(page));
	fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK);
	while (write(STDERR_FILENO, page, sizeof(page)) > 0)
		continue;
	fcntl(STDERR_FILENO, F_SETFL, flags);
	for (int i = 0; i < 3; i++)
		mt_log(MT_LOG_ERROR, "test", "nobody reads");
}

static void say_again(void)
{
	mt_log_settle(false);
}

Test(mt_log, a_reader_that_stopped_is_not_waited_for, .timeout = 20)
{
	listen_to(say_to_nobody);
	cr_expect_str_eq(
		listen_to(say_again), "mailtap: warn: log: 3 lines found no reader\n");
}
