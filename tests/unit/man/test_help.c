// SPDX-License-Identifier: BSD-3-Clause
#include "help.h"
#include "roff.h"

#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

static const char *page(struct mt_buf *out)
{
	mt_buf_add_char(out, '\0');
	return (const char *)out->ptr;
}

static const struct {
	const char *help;
	enum help_part part;
	const char *page; // NULL: there is nothing of the kind
} cases[] = {
	// Two columns, told apart where there is only one blank between them as well.
	{"x: does\n\n  x run -c C       goes\n  x replay --a A B stops\n", HELP_COMMANDS,
		".TP\n\\fBx\\fR \\fBrun\\fR \\fB\\-c\\fR \\fIC\\fR\ngoes\n"
		".TP\n\\fBx\\fR \\fBreplay\\fR \\fB\\-\\-a\\fR \\fIA\\fR \\fIB\\fR\nstops\n"},
	// An option, one without a letter, one without help; help that goes on.
	{"  -c, --config FILE  of\n                     it all\n      --set K=V      one\n",
		HELP_OPTIONS,
		".TP\n\\fB\\-c,\\fR \\fB\\-\\-config\\fR \\fIFILE\\fR\nof it all\n"
		".TP\n\\fB\\-\\-set\\fR \\fIK=V\\fR\none\n"},
	{"      --version, --help\n", HELP_OPTIONS,
		".TP\n\\fB\\-\\-version,\\fR \\fB\\-\\-help\\fR\n"},
	// A term too long for its column.
	{"  a     one\n  abcdefghijk  two\n", HELP_COMMANDS,
		".TP\n\\fBa\\fR\none\n.TP\n\\fBabcdefghijk\\fR\ntwo\n"},
	// Exit codes as a sentence over two lines, and as a list.
	{"Without: health. Exit: 0 well; 73,\n74 files.\n", HELP_EXITS,
		".TP\n\\fB0\\fR\nwell\n.TP\n\\fB73,\\fR \\fB74\\fR\nfiles\n"},
	{"Exit codes:\n   0  well\n  64  usage\n", HELP_EXITS,
		".TP\n\\fB0\\fR\nwell\n.TP\n\\fB64\\fR\nusage\n"},
	// Parts do not mix.
	{"  run    goes\n\n  -a     all\n\nExit: 0 well.\n", HELP_OPTIONS,
		".TP\n\\fB\\-a\\fR\nall\n"},
	{"  run    goes\n", HELP_OPTIONS, NULL},
	{"", HELP_COMMANDS, NULL},
	{"Exit: ", HELP_EXITS, NULL},
};

Test(man_help, entries_of_each_part)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mt_buf out;
		mt_buf_init(&out, 65536);
		int rc = help_write(&out, cases[i].help, cases[i].part);
		cr_expect_eq(rc, cases[i].page != NULL ? 0 : -ENODATA, "case %zu", i);
		const char *want = cases[i].page != NULL ? cases[i].page : "";
		const char *got = page(&out);
		cr_expect_str_eq(got, want, "case %zu: %s", i, got);
		mt_buf_fini(&out);
	}
}

Test(man_help, lines_longer_than_any_buffer_are_cut)
{
	static char help[8192];
	struct mt_buf out;

	memset(help, 'x', sizeof(help) - 1);
	memcpy(help, "  a  ", 5);
	mt_buf_init(&out, 65536);
	cr_expect_eq(help_write(&out, help, HELP_COMMANDS), 0);
	cr_expect_lt(out.len, 1024);
	mt_buf_fini(&out);
	memcpy(help, "Exit: 1 ", 8);
	mt_buf_init(&out, 65536);
	cr_expect_eq(help_write(&out, help, HELP_EXITS), 0);
	mt_buf_fini(&out);
}

static const struct {
	const char *text, *roff;
} texts[] = {
	{"plain", "plain\n"},
	{"a-b", "a\\-b\n"},
	{"back\\slash", "back\\eslash\n"},
	{".starts as a request", "\\&.starts as a request\n"},
	{"'so does this", "\\&'so does this\n"},
	{"One. Two", "One.\nTwo\n"},
	{"e.g. this", "e.g. this\n"},
	{" A", " A\n"},
	{"", "\n"},
};

Test(man_roff, text_stays_text)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct mt_buf out;
		mt_buf_init(&out, 65536);
		roff_text(&out, texts[i].text);
		const char *got = page(&out);
		cr_expect_str_eq(got, texts[i].roff, "case %zu: %s", i, got);
		mt_buf_fini(&out);
	}
}
