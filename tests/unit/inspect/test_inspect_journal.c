// SPDX-License-Identifier: BSD-3-Clause
#include "done.h"
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <criterion/criterion.h>

#define LINES 4

static char folder[] = "/tmp/test_inspect.XXXXXX";
static struct state state;
static struct mt_error error;
static struct done done;

static void setup(void)
{
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(state_open(&state, folder, &error), 0, "%s", error.text);
	done_init(&done);
}

static void teardown(void)
{
	static const char *const names[] = {"av.verdicts", "lock", "a"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlinkat(state.folder, names[i], 0);
	state_close(&state);
	rmdir(folder);
	done_fini(&done);
}

TestSuite(inspect_journal, .init = setup, .fini = teardown);

static void note(void *ctx, const struct mt_id *id)
{
	cr_assert(done_add(ctx, id));
}

static struct mt_id id_of(uint64_t n)
{
	return mt_id_make(1, 2, n);
}

static void add(struct journal *j, uint64_t n)
{
	struct verdict v = {.output = "av", .id = id_of(n), .exit = -1};

	journal_add(j, &v, n);
}

static void put_file(struct span text)
{
	int fd = openat(state.folder, "av.verdicts", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert_geq(fd, 0);
	cr_assert_eq(state_write(fd, text), 0);
	close(fd);
}

static uint64_t file_size(void)
{
	struct stat st;

	cr_assert_eq(fstatat(state.folder, "av.verdicts", &st, 0), 0);
	return (uint64_t)st.st_size;
}

static size_t found(void)
{
	return done.ids.len / sizeof(struct mt_id);
}

// Reads a file with this text from `from` on; what is known is in `done` afterwards.
static void recover(struct span text, bool same, uint64_t from)
{
	struct journal j;

	put_file(text);
	done_fini(&done);
	cr_assert_eq(journal_open(&j, &state, "av"), 0);
	cr_assert_eq(journal_recover(&j, j.inode + (same ? 0 : 1), from, note, &done), 0);
	cr_expect_eq(j.size, file_size());
	// What is added next stands behind what was kept.
	add(&j, 99);
	cr_assert_eq(journal_flush(&j), 0);
	cr_expect_eq(j.size, file_size());
	journal_close(&j);
	struct done all;
	struct mt_id last = id_of(99);
	done_init(&all);
	cr_assert_eq(journal_open(&j, &state, "av"), 0);
	cr_assert_eq(journal_recover(&j, j.inode, 0, note, &all), 0);
	cr_assert(done_has(&all, &last), "what was added is not read again");
	journal_close(&j);
	done_fini(&all);
}

// LINES lines; their ends.
static struct mt_buf make_text(uint64_t ends[LINES + 1])
{
	struct mt_buf text;

	mt_buf_init(&text, 1 << 20);
	ends[0] = 0;
	for (uint64_t n = 0; n < LINES; n++) {
		struct verdict v = {.output = "av", .id = id_of(n), .exit = -1};
		if (n == 2)
			verdict_print_gap("av", 1, 2, 3, &text);
		else
			verdict_print(&v, n, &text);
		ends[n + 1] = text.len;
	}
	return text;
}

Test(inspect_journal, a_torn_end_is_cut_wherever_it_is_torn)
{
	uint64_t ends[LINES + 1];
	struct mt_buf text = make_text(ends);

	for (uint64_t len = 0; len <= text.len; len++) {
		size_t lines = 0;
		while (lines < LINES && ends[lines + 1] <= len)
			lines++;
		recover(span_make(text.ptr, len), true, 0);
		size_t verdicts = lines > 2 ? lines - 1 : lines; // one line is a gap
		cr_assert_eq(found(), verdicts, "%llu", (unsigned long long)len);
		for (uint64_t n = 0; n < LINES; n++) {
			struct mt_id id = id_of(n);
			cr_assert_eq(done_has(&done, &id), n != 2 && n < lines);
		}
		put_file(span_make(text.ptr, len));
	}
	mt_buf_fini(&text);
}

Test(inspect_journal, octets_that_were_never_written_are_cut)
{
	static const uint8_t zeros[5000];
	uint64_t ends[LINES + 1];
	struct mt_buf text = make_text(ends);

	// A power cut may leave zeros, and good lines behind them that were not synced either.
	struct mt_buf torn;
	mt_buf_init(&torn, 1 << 20);
	mt_buf_add(&torn, span_make(text.ptr, ends[1]));
	mt_buf_add(&torn, span_make(zeros, sizeof(zeros)));
	mt_buf_add_char(&torn, '\n');
	mt_buf_add(&torn, mt_buf_span(&text));
	recover(mt_buf_span(&torn), true, 0);
	cr_expect_eq(found(), 1);
	mt_buf_fini(&torn);
	mt_buf_fini(&text);
}

Test(inspect_journal, only_what_the_cursor_does_not_know_is_told)
{
	uint64_t ends[LINES + 1];
	struct mt_buf text = make_text(ends);

	recover(mt_buf_span(&text), true, ends[1]);
	cr_expect_eq(found(), 2);
	recover(mt_buf_span(&text), true, ends[LINES]);
	cr_expect_eq(found(), 0);
	recover(mt_buf_span(&text), false, ends[LINES]); // begun after the cursor
	cr_expect_eq(found(), 3);
	recover(mt_buf_span(&text), true, text.len + 1); // shorter than it was
	cr_expect_eq(found(), 3);
	mt_buf_fini(&text);
}

Test(inspect_journal, more_lines_than_one_look_takes)
{
	struct journal j;
	struct mt_buf text;

	mt_buf_init(&text, 32 << 20);
	for (uint64_t n = 0; n < 30000; n++) {
		struct verdict v = {.output = "av", .id = id_of(n), .exit = -1};
		verdict_print(&v, n, &text);
	}
	cr_assert(!text.full);
	cr_assert_gt(text.len, 5u << 20);
	put_file(mt_buf_span(&text));
	cr_assert_eq(journal_open(&j, &state, "av"), 0);
	cr_assert_eq(journal_recover(&j, j.inode, 0, note, &done), 0);
	cr_expect_eq(found(), 30000);
	struct mt_id first = id_of(0), last = id_of(29999), none = id_of(30000);
	cr_expect(done_has(&done, &first) && done_has(&done, &last));
	cr_expect(!done_has(&done, &none));
	journal_close(&j);
	mt_buf_fini(&text);
}

Test(inspect_journal, a_full_one_is_put_aside_and_never_over_another)
{
	struct journal j;
	char name[64];
	uint64_t inode;

	cr_assert_eq(journal_open(&j, &state, "av"), 0);
	for (int i = 0; i < 3; i++) {
		add(&j, (uint64_t)i);
		cr_assert_eq(journal_flush(&j), 0);
		inode = j.inode;
		cr_assert_eq(journal_rotate(&j, 1764043200123456), 0);
		cr_expect_eq(j.size, 0);
		cr_expect_neq(j.inode, inode);
	}
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name),
			i == 0 ? "av.verdicts.20251125T040000Z"
			       : "av.verdicts.20251125T040000Z-%d",
			i);
		cr_expect_eq(unlinkat(state.folder, name, 0), 0, "%s", name);
	}
	journal_close(&j);
}

Test(inspect_journal, what_cannot_be_written_is_kept_for_later)
{
	struct journal j;

	cr_assert_eq(journal_open(&j, &state, "av"), 0);
	int right = j.fd;
	j.fd = open("/dev/full", O_RDWR | O_CLOEXEC);
	cr_assert_geq(j.fd, 0);
	add(&j, 1);
	cr_expect_eq(journal_flush(&j), -ENOSPC);
	cr_expect_eq(j.count, 1);
	cr_expect_eq(j.size, 0);
	close(j.fd);
	j.fd = right;
	cr_expect_eq(journal_flush(&j), 0);
	cr_expect_eq(j.size, file_size());
	cr_expect_gt(j.size, 0);
	journal_close(&j);
}

Test(inspect_journal, a_state_is_the_old_or_the_new_and_has_one_owner)
{
	struct state other;
	struct mt_buf text;

	mt_buf_init(&text, 1 << 20);
	cr_expect_eq(state_load(&state, "a", &text), -ENOENT);
	cr_expect_eq(state_store(&state, "a", span_text("one"), true), 0);
	cr_expect_eq(state_store(&state, "a", span_text("second"), false), 0);
	cr_expect_eq(state_load(&state, "a", &text), 0);
	cr_expect(span_equal(mt_buf_span(&text), span_text("second")));
	cr_expect_eq(unlinkat(state.folder, "a.new", 0), -1);
	mt_buf_fini(&text);
	mt_buf_init(&text, 3);
	cr_expect_eq(state_load(&state, "a", &text), -EFBIG);
	mt_buf_fini(&text);
	cr_expect_eq(state_open(&other, folder, &error), EX_TEMPFAIL);
	cr_expect_not_null(strstr(error.text, "another mailtap-inspect"));
	cr_expect_eq(state_open(&other, "/nonexistent/a", &error), EX_CANTCREAT);
}
