// SPDX-License-Identifier: BSD-3-Clause
#include "mail.h"

#include <stdio.h>

#include <criterion/criterion.h>

static const struct {
	const char *own; // members of mailtap{}
	uint32_t only;
	enum conf_match match;
	bool folder, program; // whether that kind takes it
} cases[] = {
	{"\"outcome\":\"accepted\",\"stored\":true", CONF_KEEP_ACCEPTED, CONF_MATCH_ALL,
		true, true},
	{"\"outcome\":\"refused\",\"stored\":true", CONF_KEEP_ACCEPTED, CONF_MATCH_ALL,
		false, false},
	{"\"outcome\":\"refused\",\"stored\":false", CONF_KEEP_REFUSED, CONF_MATCH_ALL,
		true, false},
	{"\"outcome\":\"unknown\",\"stored\":true",
		CONF_KEEP_UNKNOWN | CONF_KEEP_ACCEPTED, CONF_MATCH_ALL, true, true},
	{"\"outcome\":\"accepted\",\"stored\":true", CONF_KEEP_ACCEPTED,
		CONF_MATCH_ALERTS, false, false},
	{"\"outcome\":\"accepted\",\"stored\":true,\"scan\":[]", CONF_KEEP_ACCEPTED,
		CONF_MATCH_ALERTS, false, false},
	{"\"outcome\":\"accepted\",\"stored\":true,\"scan\":[{\"signature_id\":1}]",
		CONF_KEEP_ACCEPTED, CONF_MATCH_ALERTS, true, true},
	{"\"outcome\":\"lost\",\"stored\":true", 7, CONF_MATCH_ALL, false, false},
	{"\"outcome\":5,\"stored\":true", 7, CONF_MATCH_ALL, false, false},
};

Test(inspect_mail, an_output_takes_what_it_asks_for)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text), "{\"mailtap\":{%s}}", cases[i].own);
		json_t *record = mail_read(span_text(text));
		struct conf_inspect o = {.only = cases[i].only, .match = cases[i].match};
		o.kind = CONF_INSPECT_DIRECTORY;
		cr_expect_eq(mail_is_wanted(record, &o), cases[i].folder, "%s", text);
		o.kind = CONF_INSPECT_EXEC;
		cr_expect_eq(mail_is_wanted(record, &o), cases[i].program, "%s", text);
		json_decref(record);
	}
	cr_expect_null(mail_read(span_text("[1]")));
	cr_expect_null(mail_read(span_text("{")));
}

Test(inspect_mail, the_environment_is_small_and_tame)
{
	static const char want[] =
		"MAILTAP_ID=I\0MAILTAP_OUTCOME=accepted\0MAILTAP_CLIENT_IP=198.51.100.1\0"
		"MAILTAP_SERVER_IP=\0MAILTAP_HELO=a?b?\0MAILTAP_FROM=<a@b>\0MAILTAP_RCPT=<c@d> <e@f>";
	struct mt_buf out;
	json_t *record = mail_read(span_text(
		"{\"src_ip\":\"198.51.100.1\",\"dest_ip\":7,\"smtp\":{\"helo\":\"a\\nb\\u0000\","
		"\"mail_from\":\"<a@b>\",\"rcpt_to\":[\"<c@d>\",\"<e@f>\"]},\"mailtap\":{\"id\":\"I\","
		"\"outcome\":\"accepted\"}}"));

	mt_buf_init(&out, 1 << 20);
	mail_environment(record, &out);
	cr_expect(span_equal(mt_buf_span(&out), span_make(want, sizeof(want))), "%zu",
		out.len);
	json_t *rcpts = json_object_get(json_object_get(record, "smtp"), "rcpt_to");
	for (int i = 0; i < 10000; i++)
		json_array_append_new(rcpts, json_string("<someone@example.org>"));
	mt_buf_clear(&out);
	mail_environment(record, &out);
	cr_expect_lt(out.len, 20000);
	json_decref(record);
	mt_buf_fini(&out);
}
