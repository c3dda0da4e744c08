// SPDX-License-Identifier: BSD-3-Clause

// Whatever stands in a field, the record is one line of well-formed JSON without a key twice, it
// has what every record must have, and gives the text back.

#include "record.h"
#include "record_sample.h"

#include <jansson.h>
#include <stdio.h>

#include <criterion/criterion.h>

struct hostile {
	const char *octets;
	size_t len;
	bool is_utf8;
};

#define TEXT(octets, is_utf8)                       \
	{                                           \
		octets, sizeof(octets) - 1, is_utf8 \
	}

// clang-format off
static const struct hostile texts[] = {
	TEXT("", true),
	TEXT("\"", true),
	TEXT("\\", true),
	TEXT("\\\"},{\"x\":\"", true),
	TEXT("\n{\"event_type\":\"smtp\"}", true),
	TEXT("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14"
	     "\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f", true),
	TEXT("j\xc3\xb6rg", true),
	TEXT("\xf0\x9f\x93\xa7", true),
	TEXT("\xe2\x80\xa8\xe2\x80\xae", true),
	TEXT("\xff", false),
	TEXT("\xc3", false),
	TEXT("a\xed\xa0\x80z", false),
	TEXT("\xc0\x80", false),
	TEXT("a=\xff b=\xfe \xff=1 \xfe=2", false),
	TEXT("A=1 a=2 A B b c=\"", true),
};
// clang-format on

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static const char *const always[] = {"timestamp", "event_type", "flow_id", "src_ip",
	"src_port", "dest_ip", "dest_port", "proto", "tx_id", "smtp", "mailtap"};
static const char *const always_own[] = {"id", "size", "sha256", "stored", "outcome",
	"rcpts", "carried", "complete", "gaps", "hop", "odd"};

// The text of a field, as the record has it; NULL for parameters.
static const json_t *field_of(const json_t *record, enum sample_field field)
{
	json_t *smtp = json_object_get(record, "smtp"),
	       *own = json_object_get(record, "mailtap");
	json_t *rcpt = json_array_get(json_object_get(own, "rcpts"), 0);
	json_t *reply = json_object_get(own, "reply"),
	       *auth = json_object_get(own, "auth");

	switch (field) {
	case SAMPLE_HELO:
		return json_object_get(smtp, "helo");
	case SAMPLE_MECHANISM:
		return json_object_get(auth, "mechanism");
	case SAMPLE_USER:
		return json_object_get(auth, "user");
	case SAMPLE_FROM:
		return json_object_get(smtp, "mail_from");
	case SAMPLE_TO:
		return json_object_get(rcpt, "to");
	case SAMPLE_RCPT_ENHANCED:
		return json_object_get(rcpt, "enhanced");
	case SAMPLE_RCPT_TEXT:
		return json_object_get(rcpt, "text");
	case SAMPLE_FINAL_TEXT:
		return json_object_get(json_object_get(rcpt, "final"), "text");
	case SAMPLE_ENHANCED:
		return json_object_get(reply, "enhanced");
	case SAMPLE_TEXT:
		return json_object_get(reply, "text");
	case SAMPLE_QUEUE_ID:
		return json_object_get(own, "queue_id");
	case SAMPLE_FROM_PARAMS:
	case SAMPLE_TO_PARAMS:
	case SAMPLE_FIELD_COUNT:
		return NULL;
	}
	return NULL;
}

static bool has_odd(const json_t *record, const char *name)
{
	json_t *odd = json_object_get(json_object_get(record, "mailtap"), "odd");

	for (size_t i = 0; i < json_array_size(odd); i++)
		if (strcmp(json_string_value(json_array_get(odd, i)), name) == 0)
			return true;
	return false;
}

static json_t *read_line(struct span line)
{
	json_error_t why;

	cr_assert_eq(span_find(line, '\n'), line.len);
	json_t *record = json_loadb((const char *)line.ptr, line.len,
		JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &why);
	cr_assert_not_null(record, "%s at %d: %.*s", why.text, why.position,
		(int)line.len, (const char *)line.ptr);
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		cr_assert_not_null(json_object_get(record, always[i]), "%s", always[i]);
	for (size_t i = 0; i < sizeof(always_own) / sizeof(always_own[0]); i++)
		cr_assert_not_null(json_object_get(json_object_get(record, "mailtap"),
					   always_own[i]),
			"%s", always_own[i]);
	return record;
}

static const struct record_content unkept;

static json_t *record_with(enum sample_field field, struct span text)
{
	const struct record_context c = {.host = "tap"};
	struct mail m;
	struct mt_buf out;

	mail_init(&m, 100000);
	mt_buf_init(&out, 1 << 20);
	sample_fill(&m, field, text);
	cr_assert(record_mail(&out, &c, &m, &unkept));
	json_t *record = read_line(mt_buf_span(&out));
	mt_buf_fini(&out);
	mail_fini(&m);
	return record;
}

Test(record_hostile, any_text_in_any_field_makes_a_sound_record)
{
	for (int field = 0; field < SAMPLE_FIELD_COUNT; field++) {
		for (size_t i = 0; i < TEXTS; i++) {
			struct span text = span_make(texts[i].octets, texts[i].len);
			json_t *record = record_with((enum sample_field)field, text);
			const json_t *got = field_of(record, (enum sample_field)field);
			// The keywords of parameters are made ASCII, their values are not.
			if (field != SAMPLE_FROM_PARAMS && field != SAMPLE_TO_PARAMS)
				cr_expect_eq(has_odd(record, "not_utf8"),
					!texts[i].is_utf8, "field %d, text %zu", field,
					i);
			if (got != NULL && texts[i].is_utf8)
				cr_expect(span_equal(span_make(json_string_value(got),
							     json_string_length(got)),
						  text),
					"field %d, text %zu", field, i);
			json_decref(record);
		}
	}
}

Test(record_hostile, a_nul_in_any_field_makes_a_sound_record)
{
	for (int field = 0; field < SAMPLE_FIELD_COUNT; field++)
		json_decref(
			record_with((enum sample_field)field, span_make("a\0b=\0", 5)));
	json_t *record = record_with(SAMPLE_TEXT, span_make("a\0b", 3));
	const json_t *got = field_of(record, SAMPLE_TEXT);
	cr_expect(span_equal(span_make(json_string_value(got), json_string_length(got)),
		span_make("a\0b", 3)));
	cr_expect(!has_odd(record, "not_utf8"));
	json_decref(record);
}

Test(record_hostile, every_octet_in_every_field_makes_a_sound_record)
{
	for (int field = 0; field < SAMPLE_FIELD_COUNT; field++)
		for (int octet = 0; octet < 256; octet++) {
			const uint8_t text[] = {'x', (uint8_t)octet, 'y'};
			json_decref(record_with(
				(enum sample_field)field, span_make(text, sizeof(text))));
		}
}

Test(record_hostile, a_line_full_of_what_must_be_escaped_makes_a_sound_record)
{
	static char text[4096];

	memset(text, 1, sizeof(text));
	for (int field = 0; field < SAMPLE_FIELD_COUNT; field++)
		json_decref(record_with(
			(enum sample_field)field, span_make(text, sizeof(text))));
}

Test(record_hostile, a_thousand_parameters_are_bounded)
{
	static char text[60000];
	size_t len = 0;

	for (int i = 0; i < 5000; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "K%d=v ", i);
	json_t *record = record_with(SAMPLE_FROM_PARAMS, span_make(text, len));
	json_t *params =
		json_object_get(json_object_get(record, "mailtap"), "from_params");
	cr_expect_eq(json_object_size(params), 32);
	cr_expect_str_eq(json_string_value(json_object_get(params, "K0")), "v");
	json_decref(record);
}

// 4,000 recipients whose texts grow sixfold.
static void fill_crowd(struct mail *m)
{
	static uint8_t text[500];
	struct mail_item item = {MAIL_EV_RCPT, 0, span_make(text, sizeof(text))};

	memset(text, 1, sizeof(text));
	sample_fill_plain(m);
	for (int i = 0; i < 4000; i++)
		cr_assert_eq(mail_take(m, &item), 0);
}

Test(record_hostile, a_crowd_too_large_for_the_record_is_cut_and_said_to_be)
{
	const struct record_context c = {.host = NULL};
	struct mail m;
	struct mt_buf out;

	mail_init(&m, 4 << 20);
	fill_crowd(&m);
	mt_buf_init(&out, 8 << 20);
	mt_buf_add_text(&out, "before");
	cr_assert(record_mail(&out, &c, &m, &unkept));
	cr_expect(span_equal(span_head(mt_buf_span(&out), 6), span_text("before")));
	json_t *record = read_line(span_skip(mt_buf_span(&out), 6));
	json_t *own = json_object_get(record, "mailtap");
	size_t n = json_array_size(json_object_get(own, "rcpts"));
	cr_expect(n > 500 && n < 4000, "%zu", n);
	cr_expect(has_odd(record, "too_many_rcpts"));
	json_decref(record);
	mt_buf_clear(&out);
	cr_expect(record_begin(&out, &c, &m));
	mt_buf_fini(&out);
	// And where nothing fits at all, that is said.
	mt_buf_init(&out, 200);
	cr_expect(!record_mail(&out, &c, &m, &unkept));
	mt_buf_fini(&out);
	mail_fini(&m);
}
