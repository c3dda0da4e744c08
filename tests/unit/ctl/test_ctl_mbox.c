// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "mbox.h"

#include <stdlib.h>

#include <criterion/criterion.h>

#define TIME   "2026-11-25T04:00:00.123456+0000"
#define HEAD   "From a@example.net Wed Nov 25 04:00:00 2026\n"
#define SENDER "<a@example.net>"

static const struct {
	const char *content, *want;
} cases[] = {
	{"", HEAD "\n"},
	{"Subject: x\r\n\r\nbody\r\n", HEAD "Subject: x\n\nbody\n\n"},
	{"no end", HEAD "no end\n\n"},
	{"From me\r\n", HEAD ">From me\n\n"},
	{"\r\nFrom me\r\n>From\r\n>From \r\n>>From x",
		HEAD "\n>From me\n>From\n>>From \n>>>From x\n\n"},
	{"From", HEAD "From\n\n"},
	{"Fro\r\nm x\r\n", HEAD "Fro\nm x\n\n"},
	{"xFrom me\r\n From me\r\n", HEAD "xFrom me\n From me\n\n"},
	{"FFrom x\r\n>>> x\r\n>", HEAD "FFrom x\n>>> x\n>\n\n"},
	{"a\rb\r\r\nc\nFrom d\n", HEAD "a\rb\r\nc\n>From d\n\n"},
	{"\rFrom x\r\n", HEAD "\rFrom x\n\n"},
	{"end\r", HEAD "end\r\n\n"},
	{"From \r", HEAD ">From \r\n\n"},
	{"From\tx\r\nFrom: y\r\n", HEAD "From\tx\nFrom: y\n\n"},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

// cut: after so many octets; SIZE_MAX: one by one.
static void check(size_t nth, size_t cut)
{
	struct guard g = guard_make(span_text(cases[nth].content));
	struct mbox m;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	mbox_begin(&m, f, span_text(SENDER), span_text(TIME));
	if (cut == SIZE_MAX) {
		for (size_t i = 0; i < g.text.len; i++)
			mbox_add(&m, span_make(g.text.ptr + i, 1));
	} else {
		mbox_add(&m, span_head(g.text, cut));
		mbox_add(&m, span_skip(g.text, cut));
	}
	mbox_end(&m);
	fclose(f);
	cr_expect_str_eq(text, cases[nth].want, "case %zu cut %zu:\n%s", nth, cut, text);
	free(text);
	guard_free(&g);
}

Test(ctl_mbox, lines_that_look_like_a_beginning_are_quoted_however_they_are_cut)
{
	for (size_t i = 0; i < CASES; i++) {
		check(i, SIZE_MAX);
		for (size_t cut = 0; cut <= strlen(cases[i].content); cut++)
			check(i, cut);
	}
}

Test(ctl_mbox, whatever_the_sender_is_the_line_is_one)
{
	static const struct {
		const char *sender, *time, *want;
	} lines[] = {
		{"<>", TIME, "From MAILER-DAEMON Wed Nov 25 04:00:00 2026\n\n"},
		{"", TIME, "From MAILER-DAEMON Wed Nov 25 04:00:00 2026\n\n"},
		{"<\"a b\"@x>", TIME, "From \"a_b\"@x Wed Nov 25 04:00:00 2026\n\n"},
		{"<a\nFrom b>", TIME, "From a_From_b Wed Nov 25 04:00:00 2026\n\n"},
		{"x", "never", "From x Thu Jan  1 00:00:00 1970\n\n"},
		{"x", "", "From x Thu Jan  1 00:00:00 1970\n\n"},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct guard sender = guard_make(span_text(lines[i].sender));
		struct guard time = guard_make(span_text(lines[i].time));
		struct mbox m;
		char *text = NULL;
		size_t len;
		FILE *f = open_memstream(&text, &len);
		mbox_begin(&m, f, sender.text, time.text);
		mbox_end(&m);
		fclose(f);
		cr_expect_str_eq(text, lines[i].want, "%s", text);
		free(text);
		guard_free(&sender);
		guard_free(&time);
	}
}
