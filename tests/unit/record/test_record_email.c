// SPDX-License-Identifier: BSD-3-Clause

// The object `email` of a mail's record.

#include "record.h"
#include "record_sample.h"

#include <jansson.h>
#include <stdio.h>

#include <criterion/criterion.h>

static const struct record_context context = {.host = NULL};
static const struct mime_limits limits = MIME_LIMITS_DEFAULT;

struct desk {
	struct mime_env env;
	struct mime_header header;
	struct mail mail;
};

static void desk_init(struct desk *d, const char *header)
{
	mime_env_init(&d->env, &limits);
	mime_header_init(&d->header, &d->env);
	mime_header_begin(&d->header);
	mime_header_feed(&d->header, span_text(header));
	mail_init(&d->mail, 16u << 20);
	sample_fill_plain(&d->mail);
}

static void desk_fini(struct desk *d)
{
	mail_fini(&d->mail);
	mime_header_fini(&d->header);
	mime_env_fini(&d->env);
}

static json_t *record_of(struct desk *d, size_t max)
{
	const struct record_content content = {.headers = mime_header_end(&d->header)};
	struct mt_buf out;

	mt_buf_init(&out, max);
	cr_assert(record_mail(&out, &context, &d->mail, &content));
	json_t *record =
		json_loadb((const char *)out.ptr, out.len, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(record, "%.*s", (int)out.len, (const char *)out.ptr);
	mt_buf_fini(&out);
	return record;
}

static const struct {
	const char *header, *want; // want: NULL, no such object
} emails[] = {
	{"From: A <a@x>\nTo: b@x, \"c\\\\\" <c@x>\nCc: d@x\nSubject: s \"t\"\nDate: d\n"
	 "Message-ID: <1@x>\nX-Mailer: m\nReceived: 1\nReceived: 2\n\n",
		"{\"from\":\"A <a@x>\",\"to\":[\"b@x\",\"\\\"c\\\\\\\\\\\" <c@x>\"],"
		"\"cc\":[\"d@x\"],\"subject\":\"s \\\"t\\\"\",\"date\":\"d\","
		"\"message_id\":\"<1@x>\",\"x_mailer\":\"m\",\"received\":[\"1\",\"2\"]}"},
	{"Subject: =?utf-8?Q?caf=C3=A9?=\n\n", "{\"subject\":\"caf\xc3\xa9\"}"},
	{"Subject:\n\n", "{\"subject\":\"\"}"},
	{"To:\n\n", NULL},
	{"Reply-To: a@x\n\n", NULL},
	{"User-Agent: u\n\n", "{\"x_mailer\":\"u\"}"},
	{"User-Agent: u\nX-Mailer: m\n\n", "{\"x_mailer\":\"m\"}"},
	{"X: y\n\nSubject: s\n", NULL},
	{"", NULL},
};

Test(record_email, has_what_the_header_has)
{
	for (size_t i = 0; i < sizeof(emails) / sizeof(emails[0]); i++) {
		struct desk d;
		desk_init(&d, emails[i].header);
		json_t *record = record_of(&d, 1 << 20);
		json_t *email = json_object_get(record, "email");
		char *got = json_dumps(email, JSON_COMPACT);
		if (emails[i].want == NULL)
			cr_expect_null(email, "case %zu: %s", i, got);
		else
			cr_expect_str_eq(got, emails[i].want, "case %zu", i);
		free(got);
		json_decref(record);
		desk_fini(&d);
	}
}

static const struct {
	const char *header, *want;
} own[] = {
	{"Sender: s@x\nReply-To: A <a@x>, b@x\nIn-Reply-To: <1@x>\n\n",
		"{\"sender\":\"s@x\",\"reply_to\":\"A <a@x>, b@x\","
		"\"in_reply_to\":\"<1@x>\"}"},
	{"Reply-To: a@x\n\n", "{\"reply_to\":\"a@x\"}"},
	{"From: a@x\n\n", NULL},
};

Test(record_email, what_eve_has_no_place_for_is_told_among_our_own)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		struct desk d;
		desk_init(&d, own[i].header);
		json_t *record = record_of(&d, 1 << 20);
		json_t *header =
			json_object_get(json_object_get(record, "mailtap"), "header");
		char *got = json_dumps(header, JSON_COMPACT);
		if (own[i].want == NULL)
			cr_expect_null(header, "case %zu: %s", i, got);
		else
			cr_expect_str_eq(got, own[i].want, "case %zu", i);
		free(got);
		json_decref(record);
		desk_fini(&d);
	}
}

static void expect_odds(struct desk *d, size_t max, const char *want)
{
	json_t *record = record_of(d, max);
	json_t *odd = json_object_get(json_object_get(record, "mailtap"), "odd");
	char *got = json_dumps(odd, JSON_COMPACT);

	cr_expect_str_eq(got, want);
	free(got);
	json_decref(record);
}

Test(record_email, what_befell_the_header_is_said)
{
	struct desk d;

	desk_init(&d, "Subject: \xff\nSubject: b\nno field\n\n");
	expect_odds(&d, 1 << 20, "[\"not_utf8\",\"header_bad\",\"header_twice\"]");
	cr_expect(d.mail.odds & mt_odd_bit(MT_ODD_header_twice));
	desk_fini(&d);
	desk_init(&d, "Subject: caf\xc3\xa9\n\n");
	expect_odds(&d, 1 << 20, "[]");
	desk_fini(&d);
}

// A header with a value of n octets: the same one over and over, and every hundredth a comma.
static const char *long_header(const char *front, char octet, size_t n)
{
	static char header[20000];
	size_t at = (size_t)snprintf(header, sizeof(header), "%s", front);

	for (size_t i = 1; i <= n; i++)
		header[at++] = i % 100 == 0 ? ',' : octet;
	snprintf(header + at, sizeof(header) - at, "\n\n");
	return header;
}

Test(record_email, lists_are_left_out_before_the_record_is)
{
	struct desk d;

	desk_init(&d, long_header("Subject: s\nTo: ", '\\', 15000));
	json_t *record = record_of(&d, 1 << 20);
	json_t *email = json_object_get(record, "email");
	cr_expect_eq(json_array_size(json_object_get(email, "to")), 150);
	json_decref(record);
	record = record_of(&d, 4000);
	email = json_object_get(record, "email");
	cr_expect_str_eq(json_string_value(json_object_get(email, "subject")), "s");
	cr_expect_null(json_object_get(email, "to"));
	json_decref(record);
	expect_odds(&d, 4000, "[\"header_cut\"]");
	desk_fini(&d);
}

Test(record_email, the_header_is_left_out_before_the_record_is)
{
	struct desk d;

	desk_init(&d, long_header("Subject: ", '"', 4000));
	json_t *record = record_of(&d, 4000);
	cr_expect_null(json_object_get(record, "email"));
	json_decref(record);
	expect_odds(&d, 4000, "[\"header_cut\"]");
	desk_fini(&d);
}

Test(record_email, a_crowd_of_recipients_leaves_room_for_the_subject)
{
	static uint8_t text[500];
	struct mail_item item = {MAIL_EV_RCPT, 0, span_make(text, sizeof(text))};
	struct desk d;

	desk_init(&d, "Subject: s\nFrom: a@x\n\n");
	for (int i = 0; i < 4000; i++)
		cr_assert_eq(mail_take(&d.mail, &item), 0);
	json_t *record = record_of(&d, 4 << 20);
	json_t *email = json_object_get(record, "email");
	cr_expect_str_eq(json_string_value(json_object_get(email, "subject")), "s");
	cr_expect(json_array_size(json_object_get(
			  json_object_get(record, "mailtap"), "rcpts")) > 100);
	json_decref(record);
	desk_fini(&d);
}
