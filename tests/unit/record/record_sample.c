// SPDX-License-Identifier: BSD-3-Clause
#include "record_sample.h"

#include <criterion/criterion.h>

#define ROOM     (64u << 10)
// 2026-11-25T04:00:00.123456
#define START_US UINT64_C(1795579200123456)

static uint8_t memory[sizeof(struct mail_chunk) + ROOM] __attribute__((aligned(16)));

static void take(struct mail *m, enum mail_event event, uint16_t aux, struct span text)
{
	const struct mail_item item = {event, aux, text};

	mail_take(m, &item);
}

static void take_pair(
	struct mail *m, enum mail_event event, uint16_t aux, struct span a, struct span b)
{
	struct mail_chunk *c = (struct mail_chunk *)(void *)memory;
	struct mail_item item;
	uint32_t offset = 0;

	mail_chunk_init(c, ROOM, 0, 0);
	cr_assert(mail_chunk_add_pair(c, event, aux, a, b));
	cr_assert(mail_chunk_next(c, &offset, &item));
	mail_take(m, &item);
}

static void take_reply(struct mail *m, enum mail_event event, uint16_t code,
	struct span enhanced, struct span text, struct span queue_id)
{
	struct mail_chunk *c = (struct mail_chunk *)(void *)memory;
	struct mail_item item;
	uint32_t offset = 0;

	mail_chunk_init(c, ROOM, 0, 0);
	cr_assert(mail_chunk_add_reply(c, event, 0, code, enhanced, text, queue_id));
	cr_assert(mail_chunk_next(c, &offset, &item));
	mail_take(m, &item);
}

static void take_front(struct mail *m)
{
	struct mail_conn conn = {
		.flow_id = 9007199254740991,
		.start_us = START_US,
		.client_port = 40000,
		.server_port = 25,
		.version = 4,
		.client = {[10] = 0xff, 0xff, 192, 0, 2, 1},
		.server = {[10] = 0xff, 0xff, 198, 51, 100, 25},
	};

	take(m, MAIL_EV_CONN, 0, span_make(&conn, sizeof(conn)));
}

static void take_back(struct mail *m)
{
	const struct mail_end end = {
		.open_us = START_US + 10000,
		.content_us = START_US + 12500,
		.at_us = START_US + 1012507,
		.outcome = MAIL_ACCEPTED,
		.complete = 1,
	};

	take(m, MAIL_EV_END, 0, span_make(&end, sizeof(end)));
	m->id = mt_id_make(START_US / 1000, 0x12345678, 42);
	for (size_t i = 0; i < sizeof(m->sha256); i++)
		m->sha256[i] = (uint8_t)(i * 8 + i);
}

static void take_begin(struct mail *m)
{
	const uint64_t begin_us = START_US + 11999;

	take(m, MAIL_EV_BEGIN, MAIL_DATA, span_make(&begin_us, sizeof(begin_us)));
	take(m, MAIL_EV_BODY, 0, span_text("Subject: x\r\n\r\ntext\r\n"));
}

void sample_fill(struct mail *m, enum sample_field field, struct span text)
{
	struct span t[SAMPLE_FIELD_COUNT] = {
		[SAMPLE_HELO] = span_text("client.example"),
		[SAMPLE_MECHANISM] = span_text("PLAIN"),
		[SAMPLE_USER] = span_text("user"),
		[SAMPLE_FROM] = span_text("<a@client.example>"),
		[SAMPLE_FROM_PARAMS] = span_text("SIZE=20 body=8BITMIME"),
		[SAMPLE_TO] = span_text("<b@server.example>"),
		[SAMPLE_TO_PARAMS] = span_text("NOTIFY=NEVER"),
		[SAMPLE_RCPT_ENHANCED] = span_text("2.1.5"),
		[SAMPLE_RCPT_TEXT] = span_text("ok"),
		[SAMPLE_FINAL_TEXT] = span_text("delivered"),
		[SAMPLE_ENHANCED] = span_text("2.0.0"),
		[SAMPLE_TEXT] = span_text("queued as 4F3A"),
		[SAMPLE_QUEUE_ID] = span_text("4F3A"),
	};
	const struct span none = span_make("", 0);

	t[field] = text;
	take_front(m);
	take(m, MAIL_EV_HELO, 0, t[SAMPLE_HELO]);
	take_pair(m, MAIL_EV_AUTH, 1, t[SAMPLE_MECHANISM], t[SAMPLE_USER]);
	take(m, MAIL_EV_TLS, 1, none);
	take_pair(m, MAIL_EV_FROM, 0, t[SAMPLE_FROM], t[SAMPLE_FROM_PARAMS]);
	take_pair(m, MAIL_EV_RCPT, 0, t[SAMPLE_TO], t[SAMPLE_TO_PARAMS]);
	take_reply(m, MAIL_EV_RCPT_REPLY, 250, t[SAMPLE_RCPT_ENHANCED],
		t[SAMPLE_RCPT_TEXT], none);
	take_begin(m);
	take_reply(m, MAIL_EV_RCPT_FINAL, 250, none, t[SAMPLE_FINAL_TEXT], none);
	take_reply(m, MAIL_EV_REPLY, 250, t[SAMPLE_ENHANCED], t[SAMPLE_TEXT],
		t[SAMPLE_QUEUE_ID]);
	take_back(m);
}

void sample_fill_plain(struct mail *m)
{
	take_front(m);
	take_begin(m);
	take_back(m);
}
