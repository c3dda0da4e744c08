// SPDX-License-Identifier: BSD-3-Clause
#include "mail.h"

#define VALUE_MAX 512
#define RCPTS_MAX (16u << 10)

static const struct {
	const char *name;
	uint32_t bit;
} outcomes[] = {
	{"accepted", CONF_KEEP_ACCEPTED},
	{"unknown", CONF_KEEP_UNKNOWN},
	{"refused", CONF_KEEP_REFUSED},
};

json_t *mail_read(struct span text)
{
	json_t *record =
		json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL, NULL);

	if (json_is_object(record))
		return record;
	json_decref(record);
	return NULL;
}

static uint32_t outcome_bit(const json_t *own)
{
	const char *word = json_string_value(json_object_get(own, "outcome"));

	for (size_t i = 0; word != NULL && i < sizeof(outcomes) / sizeof(outcomes[0]);
		i++)
		if (strcmp(word, outcomes[i].name) == 0)
			return outcomes[i].bit;
	return 0;
}

bool mail_is_wanted(const json_t *record, const struct conf_inspect *output)
{
	const json_t *own = json_object_get(record, "mailtap");

	if ((outcome_bit(own) & output->only) == 0)
		return false;
	if (output->match == CONF_MATCH_ALERTS &&
		json_array_size(json_object_get(own, "scan")) == 0)
		return false;
	return output->kind == CONF_INSPECT_DIRECTORY ||
		json_is_true(json_object_get(own, "stored"));
}

static void add_value(const json_t *value, size_t max, struct mt_buf *out)
{
	struct span s = json_is_string(value)
		? span_make(json_string_value(value), json_string_length(value))
		: span_make("", 0);

	s = span_head(s, max);
	for (size_t i = 0; i < s.len; i++)
		mt_buf_add_char(out,
			(char)(s.ptr[i] < 0x20 || s.ptr[i] == 0x7f ? '?' : s.ptr[i]));
}

static void add(
	const char *name, const json_t *object, const char *key, struct mt_buf *out)
{
	mt_buf_add_text(out, name);
	mt_buf_add_char(out, '=');
	add_value(json_object_get(object, key), VALUE_MAX, out);
	mt_buf_add_char(out, '\0');
}

void mail_environment(const json_t *record, struct mt_buf *out)
{
	const json_t *own = json_object_get(record, "mailtap");
	const json_t *smtp = json_object_get(record, "smtp");
	const json_t *rcpts = json_object_get(smtp, "rcpt_to");

	add("MAILTAP_ID", own, "id", out);
	add("MAILTAP_OUTCOME", own, "outcome", out);
	add("MAILTAP_CLIENT_IP", record, "src_ip", out);
	add("MAILTAP_SERVER_IP", record, "dest_ip", out);
	add("MAILTAP_HELO", smtp, "helo", out);
	add("MAILTAP_FROM", smtp, "mail_from", out);
	mt_buf_add_text(out, "MAILTAP_RCPT=");
	size_t begin = out->len;
	for (size_t i = 0; i < json_array_size(rcpts) && out->len - begin < RCPTS_MAX;
		i++) {
		if (i > 0)
			mt_buf_add_char(out, ' ');
		add_value(json_array_get(rcpts, i), VALUE_MAX, out);
	}
	mt_buf_add_char(out, '\0');
}
