// SPDX-License-Identifier: BSD-3-Clause
#include "filter.h"

#include <sysexits.h>

#include <criterion/criterion.h>

#define NOW_US 1795579200000000ull // 2026-11-25T04:00:00

static const struct {
	const char *text, *want; // NULL: refused
} times[] = {
	{"2h", "2026-11-25T02:00:00.000000+0000"},
	{"90s", "2026-11-25T03:58:30.000000+0000"},
	{"15m", "2026-11-25T03:45:00.000000+0000"},
	{"1d", "2026-11-24T04:00:00.000000+0000"},
	{"99999999999999999d", "1970-01-01T00:00:00.000000+0000"},
	{"2026-11-20", "2026-11-20T00:00:00.000000+0000"},
	{"2026-11-20 04:30", "2026-11-20T04:30:00.000000+0000"},
	{"2026-11-20T04:30:15", "2026-11-20T04:30:15.000000+0000"},
	{"", NULL},
	{"h", NULL},
	{"-2h", NULL},
	{"2", NULL},
	{"2hh", NULL},
	{"2w", NULL},
	{"99999999999999999999d", NULL},
	{"2026-13-01", NULL},
	{"2026-11-20T", NULL},
	{"yesterday", NULL},
};

Test(ctl_filter, ages_and_times_are_read)
{
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char text[MT_CLOCK_TEXT_SIZE] = "";
		bool well = filter_read_since(times[i].text, NOW_US, text);
		cr_expect_eq(well, times[i].want != NULL, "%s", times[i].text);
		if (times[i].want != NULL)
			cr_expect_str_eq(
				text, times[i].want, "%s: %s", times[i].text, text);
	}
}

static const char record[] =
	"{\"timestamp\":\"2026-11-25T04:00:00.000000+0000\","
	"\"smtp\":{\"mail_from\":\"<Alice@example.net>\"},"
	"\"email\":{\"subject\":\"The Invoice\"},"
	"\"mailtap\":{\"outcome\":\"refused\",\"rcpts\":[{\"to\":\"<x@a>\"},{\"to\":"
	"\"<Bob@b>\"}]}}";

static const struct {
	struct ctl ctl;
	bool given_up, want;
} filters[] = {
	{{.from = "alice@"}, false, true},
	{{.from = "carol"}, false, false},
	{{.rcpt = "BOB"}, false, true},
	{{.rcpt = "<c@"}, false, false},
	{{.subject = "invoice"}, false, true},
	{{.subject = "invoices"}, false, false},
	{{.outcome = "refused"}, false, true},
	{{.outcome = "accepted"}, false, false},
	{{.outcome = "given_up"}, false, false},
	{{.outcome = "given_up"}, true, true},
	{{.since = "2026-11-25T04:00:00"}, false, true},
	{{.since = "2026-11-25T04:00:01"}, false, false},
	{{.from = "alice", .rcpt = "bob", .subject = "the", .since = "2h"}, false, true},
	{{.from = "alice", .rcpt = "nobody"}, false, false},
	{{.from = ""}, false, true},
};

Test(ctl_filter, a_mail_is_taken_when_all_of_it_holds)
{
	json_t *json = field_read(span_text(record));

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct mt_error error;
		struct filter f;
		cr_assert_eq(filter_make(&f, &filters[i].ctl, NOW_US, &error), 0);
		cr_expect(filter_is_set(&f));
		cr_expect_eq(filter_takes(&f, json, filters[i].given_up), filters[i].want,
			"filter %zu", i);
	}
	json_decref(json);
}

Test(ctl_filter, what_is_not_known_is_refused_with_what_is_allowed)
{
	struct mt_error error = {""};
	struct filter f;

	cr_expect_eq(filter_make(&f, &(struct ctl){.outcome = "lost"}, NOW_US, &error),
		EX_USAGE);
	cr_expect_not_null(strstr(error.text, "accepted, refused"));
	cr_expect_eq(filter_make(&f, &(struct ctl){.since = "soon"}, NOW_US, &error),
		EX_USAGE);
	cr_expect_not_null(strstr(error.text, "2h"));
	cr_expect_eq(filter_make(&f, &(struct ctl){0}, NOW_US, &error), 0);
	cr_expect_not(filter_is_set(&f));
}

Test(ctl_filter, records_of_another_shape_are_no_trouble)
{
	static const char *const odd[] = {"{}", "{\"mailtap\":[],\"smtp\":7}",
		"{\"mailtap\":{\"rcpts\":{\"to\":1},\"outcome\":3},\"timestamp\":null}"};

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		json_t *json = field_read(span_text(odd[i]));
		struct filter f = {.rcpt = "x", .outcome = "refused", .since = "2"};
		cr_expect_not(filter_takes(&f, json, false));
		json_decref(json);
	}
}
