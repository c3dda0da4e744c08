// SPDX-License-Identifier: BSD-3-Clause
#include "judge.h"
#include "verdict.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include <criterion/criterion.h>

static const struct {
	const char *said, *want;
} texts[] = {
	{"", ""},
	{"clean", "clean"},
	{"clean\n", "clean"},
	{"clean\r\nmore\r\n", "clean"},
	{"\n \r\n\t found it \nmore", "found it"},
	{"a\tb\x1b[31mc\x7f", "a b?[31mc?"},
	{"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
};

Test(inspect_verdict, the_first_line_without_what_harms_a_terminal)
{
	char text[VERDICT_TEXT_SIZE], longer[1000];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t len = verdict_text(span_text(texts[i].said), text);
		cr_expect_str_eq(text, texts[i].want);
		cr_expect_eq(len, strlen(text));
	}
	memset(longer, 'x', sizeof(longer));
	cr_expect_eq(verdict_text(span_make(longer, sizeof(longer)), text),
		VERDICT_TEXT_SIZE - 1);
	// A character that does not fit is left out whole.
	memcpy(longer + VERDICT_TEXT_SIZE - 2, "\xc3\xbc", 2);
	cr_expect_eq(verdict_text(span_make(longer, sizeof(longer)), text),
		VERDICT_TEXT_SIZE - 2);
	memset(longer, '\n', sizeof(longer));
	cr_expect_eq(verdict_text(span_make(longer, sizeof(longer)), text), 0);
	cr_expect_eq(verdict_text(span_make("a\0b", 3), text), 3);
	cr_expect_str_eq(text, "a?b");
}

static const struct {
	int status; // as wait(2) has it: exit << 8, or a signal
	bool timed_out;
	enum verdict_kind kind;
	bool final;
	int exit, signal;
} ends[] = {
	{0 << 8, false, VERDICT_CLEAN, true, 0, 0},
	{1 << 8, false, VERDICT_HIT, true, 1, 0},
	{2 << 8, false, VERDICT_ERROR, false, 2, 0},
	{3 << 8, false, VERDICT_ERROR, false, 3, 0},
	{75 << 8, false, VERDICT_DEAD, false, 75, 0},
	{126 << 8, false, VERDICT_ERROR, false, 126, 0},
	{255 << 8, false, VERDICT_ERROR, false, 255, 0},
	{SIGKILL, false, VERDICT_DEAD, false, -1, SIGKILL},
	{SIGSEGV | 0x80, false, VERDICT_DEAD, false, -1, SIGSEGV},
	{SIGTERM, true, VERDICT_DEAD, false, -1, SIGTERM},
	{0 << 8, true, VERDICT_DEAD, false, -1, 0}, // it caught our signal and said clean
};

Test(inspect_verdict, an_end_is_judged)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct judgement j = judge(ends[i].status, ends[i].timed_out);
		cr_expect_eq(j.kind, ends[i].kind, "%zu", i);
		cr_expect_eq(j.final, ends[i].final, "%zu", i);
		cr_expect_eq(j.exit, ends[i].exit, "%zu", i);
		cr_expect_eq(j.signal, ends[i].signal, "%zu", i);
		cr_expect_not_null(j.text);
	}
}

static const char record[] =
	"{\"flow_id\":12,\"src_ip\":\"198.51.100.1\",\"src_port\":1,\"dest_ip\":\"192.0.2.25\","
	"\"dest_port\":25,\"proto\":\"TCP\",\"tx_id\":0,\"smtp\":{\"helo\":\"h\",\"mail_from\":"
	"\"<a@b>\",\"rcpt_to\":[\"<c@d>\",\"<e\\\"@f>\"]},\"email\":{\"subject\":\"s\"}}";

Test(inspect_verdict, a_line_can_be_joined_and_is_read_back)
{
	json_t *mail = json_loads(record, 0, NULL);
	struct verdict v = {.output = "av",
		.id = mt_id_make(1, 2, 3),
		.kind = VERDICT_HIT,
		.text = span_text("found \"it\" \xff"),
		.exit = 1,
		.tries = 2,
		.wait_us = 5000,
		.run_us = 1999,
		.record = mail};
	struct mt_id id = {""};
	struct mt_buf out;
	char want[1024];

	mt_buf_init(&out, 1 << 20);
	verdict_print(&v, 1764043200123456, &out);
	snprintf(want, sizeof(want),
		"{\"timestamp\":\"2025-11-25T04:00:00.123456+0000\",\"event_type\":\"mailtap\","
		"\"flow_id\":12,\"src_ip\":\"198.51.100.1\",\"src_port\":1,\"dest_ip\":"
		"\"192.0.2.25\",\"dest_port\":25,\"proto\":\"TCP\",\"tx_id\":0,\"smtp\":{\"helo\":"
		"\"h\",\"mail_from\":\"<a@b>\",\"rcpt_to\":[\"<c@d>\",\"<e\\\"@f>\"]},\"mailtap\":{"
		"\"kind\":\"verdict\",\"id\":\"%s\",\"output\":\"av\",\"verdict\":\"hit\",\"text\":"
		"\"found \\\"it\\\" \xef\xbf\xbd\",\"exit\":1,\"tries\":2,\"ms\":{\"wait\":5,"
		"\"run\":1}}}\n",
		v.id.text);
	cr_expect_eq(out.len, strlen(want));
	cr_expect(span_equal(mt_buf_span(&out), span_text(want)), "%.*s", (int)out.len,
		(const char *)out.ptr);
	struct span line = span_make(out.ptr, out.len - 1);
	cr_expect_eq(verdict_read(line, "av", &id), 1);
	cr_expect_str_eq(id.text, v.id.text);
	cr_expect_eq(verdict_read(line, "other", &id), -EBADMSG);
	for (size_t len = 0; len < line.len; len++)
		cr_expect_eq(verdict_read(span_head(line, len), "av", &id), -EBADMSG);
	// Without a record: a mail that is gone.
	mt_buf_clear(&out);
	v.kind = VERDICT_EXPIRED;
	v.record = NULL;
	verdict_print(&v, 0, &out);
	cr_expect_eq(verdict_read(span_make(out.ptr, out.len - 1), "av", &id), 1);
	mt_buf_clear(&out);
	verdict_print_gap("av", 3, 400, 0, &out);
	cr_expect_eq(verdict_read(span_make(out.ptr, out.len - 1), "av", &id), 0);
	json_decref(mail);
	mt_buf_fini(&out);
}

Test(inspect_verdict, a_line_is_bounded_whatever_the_envelope)
{
	json_t *mail = json_object(), *smtp = json_object(), *rcpts = json_array();
	struct verdict v = {.output = "av", .exit = -1, .record = mail};
	struct mt_buf out;

	// The worst a stranger can send: every octet is escaped.
	char text[32 << 10];
	memset(text, 1, sizeof(text));
	for (int i = 0; i < 1000; i++)
		json_array_append_new(rcpts, json_stringn(text, sizeof(text)));
	json_object_set_new(smtp, "rcpt_to", rcpts);
	json_object_set_new(smtp, "mail_from", json_stringn(text, sizeof(text)));
	json_object_set_new(smtp, "helo", json_stringn(text, sizeof(text)));
	json_object_set_new(mail, "smtp", smtp);
	mt_buf_init(&out, 1 << 20);
	verdict_print(&v, 0, &out);
	cr_expect_lt(out.len, VERDICT_LINE_MAX);
	cr_expect_gt(out.len, VERDICT_RCPTS * VERDICT_VALUE_MAX);
	json_decref(mail);
	mt_buf_fini(&out);
}

Test(inspect_verdict, each_has_a_word_and_help)
{
	for (int k = 0; k < VERDICT_COUNT; k++) {
		cr_expect_gt(strlen(verdict_name((enum verdict_kind)k)), 2);
		cr_expect_gt(strlen(verdict_help((enum verdict_kind)k)), 12);
	}
}
