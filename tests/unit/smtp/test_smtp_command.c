// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "smtp_command.h"

#include <criterion/criterion.h>

static const struct {
	const char *line;
	enum smtp_verb verb;
	const char *arg;
} verbs[] = {
	{"QUIT", SMTP_VERB_QUIT, ""},
	{"quit", SMTP_VERB_QUIT, ""},
	{"  NOOP  ", SMTP_VERB_NOOP, ""},
	{"EHLO  a.example \r", SMTP_VERB_EHLO, "a.example"},
	{"DATA\t", SMTP_VERB_DATA, ""},
	{"staRttLs", SMTP_VERB_STARTTLS, ""},
	{"X-ANONYMOUSTLS", SMTP_VERB_X_ANONYMOUSTLS, ""},
	{"X-EXPS GSSAPI", SMTP_VERB_X_EXPS, "GSSAPI"},
	{"MAIL FROM:<a@b>", SMTP_VERB_MAIL, "FROM:<a@b>"},
	{"MAILFROM:<a@b>", SMTP_VERB_UNKNOWN, ""},
	{"QUITE", SMTP_VERB_UNKNOWN, ""},
	{"?", SMTP_VERB_UNKNOWN, ""},
	{"", SMTP_VERB_UNKNOWN, ""},
	{" ", SMTP_VERB_UNKNOWN, ""},
};

Test(smtp_command, verbs_are_found_whatever_their_case)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		struct guard g = guard_make(span_text(verbs[i].line));
		struct smtp_command c = smtp_command_parse(g.text);
		cr_expect(c.verb == verbs[i].verb, "%s", verbs[i].line);
		cr_expect(
			span_equal(c.arg, span_text(verbs[i].arg)), "%s", verbs[i].line);
		guard_free(&g);
	}
}

Test(smtp_command, every_verb_knows_its_name)
{
	for (int i = 1; i < SMTP_VERB_COUNT; i++) {
		const char *name = smtp_verb_name((enum smtp_verb)i);
		cr_expect(smtp_command_parse(span_text(name)).verb == (enum smtp_verb)i,
			"%s", name);
	}
}

static const struct {
	const char *arg, *path, *params; // path NULL: refused
} paths[] = {
	{"FROM:<a@b>", "<a@b>", ""},
	{"from: <a@b> SIZE=1 BODY=8BITMIME", "<a@b>", "SIZE=1 BODY=8BITMIME"},
	{"FROM : <a@b>", "<a@b>", ""},
	{"FROM:a@b SIZE=1", "a@b", "SIZE=1"},
	{"FROM:<a@b>SIZE=1", "<a@b>", "SIZE=1"},
	{"FROM:<>", "<>", ""},
	{"FROM:<@r,@s:a@b>", "<@r,@s:a@b>", ""},
	{"FROM:<\"a>b\\\"> c\"@d> X=<y>", "<\"a>b\\\"> c\"@d>", "X=<y>"},
	{"FROM:<a\\>b@c>", "<a\\>b@c>", ""},
	{"FROM:<a@b", "<a@b", ""},
	{"FROM:<\\", "<\\", ""},
	{"FROM:", "", ""},
	{"FROM", NULL, NULL},
	{"FRO", NULL, NULL},
	{"", NULL, NULL},
	{"TO:<a@b>", NULL, NULL},
};

Test(smtp_command, paths_are_read_as_lenient_servers_read_them)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct guard g = guard_make(span_text(paths[i].arg));
		struct span path = {0}, params = {0};
		bool ok = smtp_command_path(g.text, "FROM", &path, &params);
		cr_expect(ok == (paths[i].path != NULL), "%s", paths[i].arg);
		if (ok) {
			cr_expect(span_equal(path, span_text(paths[i].path)), "%s: %.*s",
				paths[i].arg, (int)path.len, (const char *)path.ptr);
			cr_expect(span_equal(params, span_text(paths[i].params)), "%s",
				paths[i].arg);
		}
		guard_free(&g);
	}
}

static const struct {
	const char *arg;
	bool ok, last;
	uint64_t size;
} chunks[] = {
	{"0", true, false, 0},
	{"5", true, false, 5},
	{"5 LAST", true, true, 5},
	{"5  last", true, true, 5},
	{"0 LAST", true, true, 0},
	{"007", true, false, 7},
	{"4294967301", true, false, 4294967301},
	{"9223372036854775807", true, false, INT64_MAX},
	{"9223372036854775808", false, false, 0},
	{"18446744073709551615 LAST", false, false, 0},
	{"184467440737095516150 LAST", false, false, 0},
	{"", false, false, 0},
	{"LAST", false, false, 0},
	{"x", false, false, 0},
	{"-1", false, false, 0},
	{"+1", false, false, 0},
	{"0x10", false, false, 0},
	{"5LAST", false, false, 0},
	{"5 X", false, false, 0},
	{"5 LAST X", false, false, 0},
};

Test(smtp_command, chunk_sizes_are_exact_or_refused)
{
	for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
		struct guard g = guard_make(span_text(chunks[i].arg));
		uint64_t size = 0;
		bool last = false;
		cr_expect(smtp_command_chunk(g.text, &size, &last) == chunks[i].ok, "%s",
			chunks[i].arg);
		cr_expect(size == chunks[i].size && last == chunks[i].last, "%s",
			chunks[i].arg);
		guard_free(&g);
	}
}

Test(smtp_command, a_number_is_the_first_word)
{
	uint64_t n = 0;

	cr_expect(smtp_command_number(span_text("12 34"), &n) && n == 12);
	cr_expect(!smtp_command_number(span_text("x 34"), &n));
}
