// SPDX-License-Identifier: BSD-3-Clause
#include "verdict.h"

#include "mt_clock.h"
#include "mt_json.h"

#include <errno.h>

static const struct {
	const char *name, *help;
} kinds[] = {
#define X(name, word, help) [VERDICT_##name] = {#word, help},
	VERDICT_LIST(X)
#undef X
};

const char *verdict_name(enum verdict_kind kind)
{
	return kinds[kind].name;
}

const char *verdict_help(enum verdict_kind kind)
{
	return kinds[kind].help;
}

// Every octet may need six where it is escaped.
_Static_assert((VERDICT_RCPTS + 8) * VERDICT_VALUE_MAX * 6 <= VERDICT_LINE_MAX,
	"a line is bounded");

static void copy_value(struct mt_json *j, const char *key, const json_t *value)
{
	if (!json_is_string(value))
		return;
	struct span text = span_make(json_string_value(value), json_string_length(value));
	mt_json_span(j, key, span_head(text, VERDICT_VALUE_MAX));
}

static void copy_text(struct mt_json *j, const json_t *object, const char *key)
{
	copy_value(j, key, json_object_get(object, key));
}

static void copy_number(struct mt_json *j, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_integer(value) && json_integer_value(value) >= 0)
		mt_json_u64(j, key, (uint64_t)json_integer_value(value));
}

static void copy_connection(struct mt_json *j, const json_t *record)
{
	copy_number(j, record, "flow_id");
	copy_text(j, record, "src_ip");
	copy_number(j, record, "src_port");
	copy_text(j, record, "dest_ip");
	copy_number(j, record, "dest_port");
	copy_text(j, record, "proto");
	copy_number(j, record, "tx_id");
}

static void copy_envelope(struct mt_json *j, const json_t *record)
{
	const json_t *smtp = json_object_get(record, "smtp");
	const json_t *rcpts = json_object_get(smtp, "rcpt_to");
	size_t count = json_array_size(rcpts);

	mt_json_open(j, "smtp", '{');
	copy_text(j, smtp, "helo");
	copy_text(j, smtp, "mail_from");
	mt_json_open(j, "rcpt_to", '[');
	for (size_t i = 0; i < count && i < VERDICT_RCPTS; i++)
		copy_value(j, NULL, json_array_get(rcpts, i));
	mt_json_close(j, ']');
	mt_json_close(j, '}');
}

static void begin(
	struct mt_json *j, struct mt_buf *out, uint64_t now_us, const json_t *record)
{
	char now[MT_CLOCK_TEXT_SIZE];

	mt_clock_text(now_us, now);
	mt_json_init(j, out);
	mt_json_open(j, NULL, '{');
	mt_json_text(j, "timestamp", now);
	mt_json_text(j, "event_type", "mailtap");
	if (record != NULL) {
		copy_connection(j, record);
		copy_envelope(j, record);
	}
	mt_json_open(j, "mailtap", '{');
}

static void end(struct mt_json *j)
{
	mt_json_close(j, '}');
	mt_json_close(j, '}');
	mt_buf_add_char(j->out, '\n');
}

void verdict_print(const struct verdict *v, uint64_t now_us, struct mt_buf *out)
{
	struct mt_json j;

	begin(&j, out, now_us, v->record);
	mt_json_text(&j, "kind", "verdict");
	mt_json_text(&j, "id", v->id.text);
	mt_json_text(&j, "output", v->output);
	mt_json_text(&j, "verdict", verdict_name(v->kind));
	if (v->text.len > 0)
		mt_json_span(&j, "text", v->text);
	if (v->exit >= 0)
		mt_json_u64(&j, "exit", (uint64_t)v->exit);
	if (v->signal > 0)
		mt_json_u64(&j, "signal", (uint64_t)v->signal);
	mt_json_u64(&j, "tries", v->tries);
	mt_json_open(&j, "ms", '{');
	mt_json_u64(&j, "wait", v->wait_us / 1000);
	mt_json_u64(&j, "run", v->run_us / 1000);
	mt_json_close(&j, '}');
	end(&j);
}

void verdict_print_gap(const char *output, uint64_t segments, uint64_t entries,
	uint64_t now_us, struct mt_buf *out)
{
	struct mt_json j;

	begin(&j, out, now_us, NULL);
	mt_json_text(&j, "kind", "expired");
	mt_json_text(&j, "output", output);
	mt_json_u64(&j, "segments", segments);
	mt_json_u64(&j, "entries", entries);
	end(&j);
}

int verdict_read(struct span line, const char *output, struct mt_id *ret)
{
	json_t *record =
		json_loadb((const char *)line.ptr, line.len, JSON_ALLOW_NUL, NULL);
	const json_t *own = json_object_get(record, "mailtap");
	const char *kind = json_string_value(json_object_get(own, "kind"));
	const char *of = json_string_value(json_object_get(own, "output"));
	const char *id = json_string_value(json_object_get(own, "id"));
	int rc = -EBADMSG;

	if (kind != NULL && of != NULL && strcmp(of, output) == 0) {
		bool is_verdict = strcmp(kind, "verdict") == 0;
		if (!is_verdict && strcmp(kind, "expired") == 0)
			rc = 0;
		if (is_verdict && id != NULL && mt_id_is_valid(span_text(id))) {
			memcpy(ret->text, id, MT_ID_LEN + 1);
			rc = 1;
		}
	}
	json_decref(record);
	return rc;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

size_t verdict_text(struct span said, char text[VERDICT_TEXT_SIZE])
{
	size_t len = 0;

	while (said.len > 0 && is_space(said.ptr[0]))
		said = span_skip(said, 1);
	said = span_head(said, span_find(said, '\n'));
	for (; len < said.len && len < VERDICT_TEXT_SIZE - 1; len++) {
		uint8_t c = said.ptr[len];
		text[len] = (char)(c == '\t' ? ' ' : c < 0x20 || c == 0x7f ? '?' : c);
	}
	// The CR of a line end, and a character that was cut in its middle.
	if (len > 0 && len == said.len && said.ptr[len - 1] == '\r')
		len--;
	if (len < said.len)
		while (len > 0 && (said.ptr[len] & 0xc0) == 0x80)
			len--;
	while (len > 0 && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return len;
}
