// SPDX-License-Identifier: BSD-3-Clause
#include "mime_header.h"
#include "record_internal.h"

static void add_text(struct mt_json *j, const char *key,
	const struct mime_headers *headers, enum mime_field field)
{
	struct span text = mime_headers_get(headers, field, 0);

	// Without memory: it did not stand there, or nothing of it could be kept.
	if (text.ptr != NULL)
		mt_json_span(j, key, text);
}

static void add_list(struct mt_json *j, const char *key,
	const struct mime_headers *headers, enum mime_field field)
{
	size_t n = mime_headers_count(headers, field);

	if (n == 0)
		return;
	mt_json_open(j, key, '[');
	for (size_t i = 0; i < n; i++)
		mt_json_span(j, NULL, mime_headers_get(headers, field, i));
	mt_json_close(j, ']');
}

static bool has_any(const struct mime_headers *headers)
{
	static const enum mime_field fields[] = {MIME_FROM, MIME_TO, MIME_CC,
		MIME_SUBJECT, MIME_DATE, MIME_MESSAGE_ID, MIME_X_MAILER, MIME_USER_AGENT,
		MIME_RECEIVED};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (mime_headers_count(headers, fields[i]) > 0)
			return true;
	return false;
}

void record_add_email(struct mt_json *j, const struct mime_headers *headers, bool lists)
{
	bool has_mailer = mime_headers_count(headers, MIME_X_MAILER) > 0;

	if (!has_any(headers))
		return;
	mt_json_open(j, "email", '{');
	add_text(j, "from", headers, MIME_FROM);
	if (lists) {
		add_list(j, "to", headers, MIME_TO);
		add_list(j, "cc", headers, MIME_CC);
	}
	add_text(j, "subject", headers, MIME_SUBJECT);
	add_text(j, "date", headers, MIME_DATE);
	add_text(j, "message_id", headers, MIME_MESSAGE_ID);
	add_text(j, "x_mailer", headers, has_mailer ? MIME_X_MAILER : MIME_USER_AGENT);
	if (lists)
		add_list(j, "received", headers, MIME_RECEIVED);
	mt_json_close(j, '}');
}

void record_add_header(struct mt_json *j, const struct mime_headers *headers)
{
	static const struct {
		const char *key;
		enum mime_field field;
	} fields[] = {
		{"sender", MIME_SENDER},
		{"reply_to", MIME_REPLY_TO},
		{"in_reply_to", MIME_IN_REPLY_TO},
	};
	bool open = false;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (mime_headers_count(headers, fields[i].field) == 0)
			continue;
		if (!open)
			mt_json_open(j, "header", '{');
		open = true;
		add_text(j, fields[i].key, headers, fields[i].field);
	}
	if (open)
		mt_json_close(j, '}');
}
