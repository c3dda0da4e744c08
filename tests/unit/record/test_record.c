// SPDX-License-Identifier: BSD-3-Clause

// Records of other kinds, character for character.

#include "record.h"
#include "record_sample.h"

#include <jansson.h>
#include <stdio.h>

#include <criterion/criterion.h>

#define AT_US UINT64_C(1795579200123456)
#define OWN \
	"{\"timestamp\":\"2026-11-25T04:00:00.123456+0000\",\"event_type\":\"mailtap\","

static const struct record_context context = {.host = "sensor"};

static void expect_text(struct mt_buf *out, const char *want)
{
	cr_expect(span_equal(mt_buf_span(out), span_text(want)), "\ngot  %.*s\nwant %s",
		(int)out->len, (const char *)out->ptr, want);
	mt_buf_clear(out);
}

Test(record, a_start)
{
	const struct record_context nobody = {.host = NULL};
	struct mt_buf out;

	mt_buf_init(&out, 10000);
	cr_expect(record_start(&out, &context, AT_US, "1.2.3"));
	expect_text(&out,
		OWN "\"host\":\"sensor\",\"mailtap\":{\"kind\":\"start\","
		    "\"version\":\"1.2.3\"}}");
	cr_expect(record_start(&out, &nobody, AT_US, "1.2.3"));
	expect_text(&out, OWN "\"mailtap\":{\"kind\":\"start\",\"version\":\"1.2.3\"}}");
	mt_buf_fini(&out);
}

Test(record, a_session)
{
	const struct mail_session session = {.at_us = AT_US,
		.odds = mt_odd_bit(MT_ODD_early_talker),
		.transactions = 3,
		.mails = 1,
		.dark = 1,
		.offered = 1};
	struct mail m;
	struct mt_buf out;

	mail_init(&m, 10000);
	mt_buf_init(&out, 10000);
	sample_fill(&m, SAMPLE_HELO, span_text("\xffhost"));
	cr_expect(record_session(&out, &context, &m, &session, NULL));
	expect_text(&out,
		OWN
		"\"host\":\"sensor\",\"flow_id\":9007199254740991,\"src_ip\":\"192.0.2.1\","
		"\"src_port\":40000,\"dest_ip\":\"198.51.100.25\",\"dest_port\":25,"
		"\"proto\":\"TCP\",\"mailtap\":{\"kind\":\"session\","
		"\"helo\":\"\xef\xbf\xbdhost\",\"transactions\":3,\"mails\":1,"
		"\"dark\":true,\"starttls_offered\":true,\"no_recipient\":false,"
		"\"tls\":{\"offered\":true,\"used\":true},\"odd\":[\"early_talker\",\"not_utf8\"]}}");
	mt_buf_fini(&out);
	mail_fini(&m);
}

Test(record, the_envelope_as_a_mail_begins)
{
	struct mail m;
	struct mt_buf out;
	char want[1024];

	mail_init(&m, 10000);
	mt_buf_init(&out, 10000);
	sample_fill(&m, SAMPLE_HELO, span_text("client.example"));
	cr_expect(record_begin(&out, &context, &m));
	snprintf(want, sizeof(want),
		"{\"timestamp\":\"2026-11-25T04:00:00.135455+0000\",\"event_type\":\"smtp\","
		"\"host\":\"sensor\",\"flow_id\":9007199254740991,\"src_ip\":\"192.0.2.1\","
		"\"src_port\":40000,\"dest_ip\":\"198.51.100.25\",\"dest_port\":25,"
		"\"proto\":\"TCP\",\"tx_id\":0,\"smtp\":{\"helo\":\"client.example\","
		"\"mail_from\":\"<a@client.example>\",\"rcpt_to\":[\"<b@server.example>\"]},"
		"\"mailtap\":{\"id\":\"%s\"}}",
		m.id.text);
	expect_text(&out, want);
	mt_buf_fini(&out);
	mail_fini(&m);
}

static json_t *stop_with(const struct stats_sum *sum)
{
	struct mt_buf out;

	mt_buf_init(&out, 1 << 20);
	cr_assert(record_stop(&out, &context, AT_US, sum));
	json_t *record =
		json_loadb((const char *)out.ptr, out.len, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(record, "%.*s", (int)out.len, (const char *)out.ptr);
	mt_buf_fini(&out);
	return record;
}

Test(record, a_stop_has_the_whole_ledger)
{
	struct stats_sum sum = {.counter = {[STATS_rx_packets] = 5}};

	for (int balanced = 0; balanced < 2; balanced++) {
		if (balanced) {
			sum.counter[STATS_rx_foreign] = 5;
			sum.odd[MT_ODD_gap] = 2;
		}
		json_t *record = stop_with(&sum);
		json_t *own = json_object_get(record, "mailtap");
		json_t *counters = json_object_get(own, "counters");
		json_t *ledger = json_object_get(own, "ledger");
		cr_expect_str_eq(json_string_value(json_object_get(own, "kind")), "stop");
		cr_expect_eq(json_is_true(json_object_get(ledger, "balanced")), balanced);
		cr_expect_eq(json_object_size(ledger), STATS_LEDGER_COUNT + 1);
		cr_expect_eq(json_object_size(counters), STATS_COUNT);
		cr_expect_eq(
			json_integer_value(json_object_get(counters, "rx_packets")), 5);
		cr_expect_eq(
			json_object_size(json_object_get(own, "odd")), (size_t)balanced);
		json_decref(record);
	}
}

Test(record, what_does_not_fit_is_said)
{
	struct stats_sum sum = {0};
	struct mail_session session = {0};
	struct mail m;
	struct mt_buf out;

	mail_init(&m, 1000);
	sample_fill_plain(&m);
	mt_buf_init(&out, 20);
	cr_expect(!record_start(&out, &context, AT_US, "1"));
	mt_buf_clear(&out);
	cr_expect(!record_stop(&out, &context, AT_US, &sum));
	mt_buf_clear(&out);
	cr_expect(!record_begin(&out, &context, &m));
	mt_buf_clear(&out);
	cr_expect(!record_session(&out, &context, &m, &session, NULL));
	mt_buf_fini(&out);
	mail_fini(&m);
}
