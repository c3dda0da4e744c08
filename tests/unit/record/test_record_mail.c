// SPDX-License-Identifier: BSD-3-Clause

// The record of a mail, character for character.

#include "record.h"
#include "record_sample.h"

#include <stdio.h>

#include <criterion/criterion.h>

static const char *const ifaces[] = {"tap0"};
static const struct record_context context = {
	.host = "sensor", .ifaces = ifaces, .iface_count = 1};

static void take(struct mail *m, enum mail_event event, uint16_t aux, struct span text)
{
	const struct mail_item item = {event, aux, text};

	mail_take(m, &item);
}

static void take_gap(struct mail *m, uint64_t length)
{
	take(m, MAIL_EV_GAP, 0, span_make(&length, sizeof(length)));
}

static const struct record_content unkept;

static void expect_line(struct mail *m, bool stored, const char *want)
{
	static const uint64_t extents[][3] = {{3, 4096, 15}, {4, 64, 5}};
	const struct record_content content = {stored, extents, 2, NULL};
	struct mt_buf out;

	mt_buf_init(&out, 1 << 20);
	cr_assert(record_mail(&out, &context, m, &content));
	cr_expect(span_equal(mt_buf_span(&out), span_text(want)), "\ngot  %.*s\nwant %s",
		(int)out.len, (const char *)out.ptr, want);
	mt_buf_fini(&out);
}

static void expect_part(struct mail *m, const char *part)
{
	struct mt_buf out;

	mt_buf_init(&out, 1 << 20);
	cr_assert(record_mail(&out, &context, m, &unkept));
	cr_expect_not_null(memmem(out.ptr, out.len, part, strlen(part)),
		"\ngot  %.*s\nwant %s", (int)out.len, (const char *)out.ptr, part);
	mt_buf_fini(&out);
}

static void expect_no(struct mail *m, const char *part)
{
	struct mt_buf out;

	mt_buf_init(&out, 1 << 20);
	cr_assert(record_mail(&out, &context, m, &unkept));
	cr_expect_null(memmem(out.ptr, out.len, part, strlen(part)), "%.*s", (int)out.len,
		(const char *)out.ptr);
	mt_buf_fini(&out);
}

#define FRONT                                                                         \
	"{\"timestamp\":\"2026-11-25T04:00:01.135963+0000\",\"event_type\":\"smtp\"," \
	"\"host\":\"sensor\",\"flow_id\":9007199254740991,\"in_iface\":\"tap0\","     \
	"\"src_ip\":\"192.0.2.1\",\"src_port\":40000,\"dest_ip\":\"198.51.100.25\","  \
	"\"dest_port\":25,\"proto\":\"TCP\",\"tx_id\":0,"
#define SHA256 \
	"\"sha256\":\"0009121b242d363f48515a636c757e879099a2abb4bdc6cfd8e1eaf3fc050e17\""

Test(record_mail, a_whole_mail)
{
	struct mail m;
	char want[2048];

	mail_init(&m, 10000);
	sample_fill(&m, SAMPLE_HELO, span_text("client.example"));
	snprintf(want, sizeof(want),
		FRONT
		"\"smtp\":{\"helo\":\"client.example\",\"mail_from\":\"<a@client.example>\","
		"\"rcpt_to\":[\"<b@server.example>\"]},"
		"\"mailtap\":{\"id\":\"%s\",\"size\":20," SHA256 ","
		"\"stored\":true,\"outcome\":\"accepted\","
		"\"reply\":{\"code\":250,\"enhanced\":\"2.0.0\",\"text\":\"queued as 4F3A\"},"
		"\"queue_id\":\"4F3A\",\"carried\":\"DATA\",\"complete\":true,"
		"\"extents\":[[3,4096,15],[4,64,5]],"
		"\"rcpts\":[{\"to\":\"<b@server.example>\",\"code\":250,\"enhanced\":\"2.1.5\","
		"\"text\":\"ok\",\"params\":{\"NOTIFY\":\"NEVER\"},"
		"\"final\":{\"code\":250,\"text\":\"delivered\"}}],"
		"\"from_params\":{\"SIZE\":\"20\",\"BODY\":\"8BITMIME\"},"
		"\"gaps\":[],\"hop\":\"inbound\",\"tls\":{\"offered\":true,\"used\":false},"
		"\"auth\":{\"mechanism\":\"PLAIN\",\"user\":\"user\",\"ok\":true},"
		"\"ms\":{\"connect\":10.000,\"envelope\":1.999,\"content\":0.501,"
		"\"reply\":1000.007},\"odd\":[]}}",
		m.id.text);
	expect_line(&m, true, want);
	mail_fini(&m);
}

Test(record_mail, a_mail_of_which_little_is_known)
{
	struct mail m;
	char want[2048];

	mail_init(&m, 10000);
	sample_fill_plain(&m);
	snprintf(want, sizeof(want),
		FRONT
		"\"smtp\":{\"rcpt_to\":[]},"
		"\"mailtap\":{\"id\":\"%s\",\"size\":20," SHA256 ","
		"\"stored\":false,\"outcome\":\"accepted\",\"carried\":\"DATA\","
		"\"complete\":true,\"rcpts\":[],\"gaps\":[],\"hop\":\"inbound\","
		"\"ms\":{\"connect\":10.000,\"envelope\":1.999,\"content\":0.501},\"odd\":[]}}",
		m.id.text);
	expect_line(&m, false, want);
	mail_fini(&m);
}

static void add_rcpt(struct mail *m, const char *to, uint16_t code, uint16_t final)
{
	uint16_t nth = (uint16_t)mail_rcpt_count(m);
	const uint16_t reply[] = {code, 0, 0, 0}, last[] = {final, 0, 1, 2};
	uint8_t text[sizeof(last) + 3];

	take(m, MAIL_EV_RCPT, 0, span_text(to));
	if (code != 0)
		take(m, MAIL_EV_RCPT_REPLY, 0, span_make(reply, sizeof(reply)));
	memcpy(text, last, sizeof(last));
	memcpy(text + sizeof(last), "tQ7", 3);
	if (final != 0)
		take(m, MAIL_EV_RCPT_FINAL, nth, span_make(text, sizeof(text)));
}

Test(record_mail, recipients_stand_in_order_and_refused_ones_are_no_rcpt_to)
{
	struct mail m;

	mail_init(&m, 10000);
	sample_fill_plain(&m);
	add_rcpt(&m, "<a>", 250, 0);
	add_rcpt(&m, "<b>", 550, 0);
	add_rcpt(&m, "<c>", 0, 0);
	add_rcpt(&m, "<d>", 450, 0);
	add_rcpt(&m, "<e>", 251, 0);
	expect_part(&m, "\"rcpt_to\":[\"<a>\",\"<c>\",\"<e>\"]}");
	expect_part(&m,
		"\"rcpts\":[{\"to\":\"<a>\",\"code\":250},{\"to\":\"<b>\",\"code\":550},"
		"{\"to\":\"<c>\"},{\"to\":\"<d>\",\"code\":450},{\"to\":\"<e>\",\"code\":251}]");
	mail_fini(&m);
}

Test(record_mail, the_reply_is_the_first_that_a_recipient_got)
{
	struct mail m;

	mail_init(&m, 10000);
	sample_fill_plain(&m);
	add_rcpt(&m, "<a>", 250, 0);
	add_rcpt(&m, "<b>", 250, 452);
	add_rcpt(&m, "<c>", 250, 250);
	expect_part(&m, "\"reply\":{\"code\":452,\"text\":\"t\"},\"queue_id\":\"Q7\"");
	expect_part(&m,
		"{\"to\":\"<a>\",\"code\":250},{\"to\":\"<b>\",\"code\":250,"
		"\"final\":{\"code\":452,\"text\":\"t\"}}");
	expect_part(&m, "\"reply\":1000.007}");
	mail_fini(&m);
}

Test(record_mail, holes_say_where_and_how_much)
{
	struct mail m;

	mail_init(&m, 10000);
	take_gap(&m, 7);
	sample_fill_plain(&m);
	take_gap(&m, 1460);
	take(&m, MAIL_EV_BODY, 0, span_text("ten octets"));
	take_gap(&m, UINT64_MAX);
	take(&m, MAIL_EV_BODY, 0, span_text("ten octets"));
	take_gap(&m, 5);
	expect_part(&m,
		"\"gaps\":[{\"at\":0,\"offset\":0,\"length\":7},"
		"{\"at\":20,\"offset\":27,\"length\":1460},"
		"{\"at\":30,\"offset\":1497,\"length\":null},"
		"{\"at\":40,\"offset\":1507,\"length\":5}]");
	mail_fini(&m);
}

Test(record_mail, both_ends_of_either_family)
{
	static const struct {
		const char *octets, *text;
	} addresses[] = {
		{"\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\0", "0.0.0.0"},
		{"\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff", "255.255.255.255"},
		{"\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\x63\x64\x09", "10.99.100.9"},
		{"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x19", "2001:db8::19"},
		{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", "::1"},
	};

	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		struct mail m;
		char part[128];
		mail_init(&m, 10000);
		sample_fill_plain(&m);
		memcpy(m.conn.client, addresses[i].octets, 16);
		snprintf(part, sizeof(part), "\"src_ip\":\"%s\",\"src_port\"",
			addresses[i].text);
		expect_part(&m, part);
		memcpy(m.conn.server, addresses[i].octets, 16);
		snprintf(part, sizeof(part), "\"dest_ip\":\"%s\",\"dest_port\"",
			addresses[i].text);
		expect_part(&m, part);
		mail_fini(&m);
	}
}

Test(record_mail, what_the_connection_was)
{
	struct mail m;

	mail_init(&m, 10000);
	sample_fill_plain(&m);
	expect_no(&m, "\"vlan\"");
	expect_no(&m, "\"tls\"");
	expect_no(&m, "\"auth\"");
	m.conn.vlans = 2;
	m.conn.vlan[0] = 100;
	m.conn.vlan[1] = 0xefff;
	expect_part(&m, "\"vlan\":[100,4095],");
	m.conn.hop = MAIL_OUTBOUND;
	expect_part(&m, "\"hop\":\"outbound\"");
	m.conn.hop = MAIL_INTERNAL;
	expect_part(&m, "\"hop\":\"internal\"");
	m.conn.iface = 1;
	expect_no(&m, "in_iface");
	m.conn.tx_id = 12;
	expect_part(&m, "\"tx_id\":12,");
	m.carried = MAIL_BDAT;
	expect_part(&m, "\"carried\":\"BDAT\"");
	m.outcome = MAIL_UNKNOWN;
	m.complete = false;
	expect_part(
		&m, "\"outcome\":\"unknown\",\"carried\":\"BDAT\",\"complete\":false");
	m.outcome = MAIL_REFUSED;
	expect_part(&m, "\"outcome\":\"refused\"");
	m.odds = mt_odd_bit(MT_ODD_bare_lf) | mt_odd_bit(MT_ODD_cut_by_stop);
	expect_part(&m, "\"odd\":[\"bare_lf\",\"cut_by_stop\"]}}");
	mail_fini(&m);
}

Test(record_mail, times_out_of_order_are_zero)
{
	struct mail m;

	mail_init(&m, 10000);
	sample_fill(&m, SAMPLE_HELO, span_text("x"));
	m.conn.start_us = m.open_us + 1;
	m.content_us = 0;
	m.end_us = m.begin_us + 123;
	expect_part(&m,
		"\"ms\":{\"connect\":0.000,\"envelope\":1.999,\"content\":0.000,"
		"\"reply\":0.123}");
	mail_fini(&m);
}

Test(record_mail, text_that_is_not_utf8_is_mended_and_marked)
{
	struct mail m;

	mail_init(&m, 10000);
	sample_fill(&m, SAMPLE_FROM, span_text("<\xff@x>"));
	expect_part(&m, "\"mail_from\":\"<\xef\xbf\xbd@x>\"");
	expect_part(&m, "\"odd\":[\"not_utf8\"]");
	cr_expect_eq(m.odds, mt_odd_bit(MT_ODD_not_utf8));
	mail_fini(&m);
}

static const struct {
	const char *params, *want;
} params[] = {
	{"SIZE=100", "{\"SIZE\":\"100\"}"},
	{"size=100 Body=8bitMime smtputf8",
		"{\"SIZE\":\"100\",\"BODY\":\"8bitMime\","
		"\"SMTPUTF8\":true}"},
	{"  A   B=  C=x=y ", "{\"A\":true,\"B\":\"\",\"C\":\"x=y\"}"},
	{"A=1 a=2 B A", "{\"A\":\"1\",\"B\":true}"},
	{"=x", "{}"},
	{"K\xff=\xc3\xa9 K\xfe=2", "{\"K?\":\"\xc3\xa9\"}"},
};

Test(record_mail, parameters_are_shown_by_keyword)
{
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		struct mail m;
		char part[256];
		mail_init(&m, 10000);
		sample_fill(&m, SAMPLE_FROM_PARAMS, span_text(params[i].params));
		snprintf(part, sizeof(part), "\"from_params\":%s,\"gaps\"",
			params[i].want);
		expect_part(&m, part);
		mail_fini(&m);
	}
}
