// SPDX-License-Identifier: BSD-3-Clause
#include "field.h"

#include <stdio.h>

json_t *field_read(struct span text)
{
	// A sender may well have sent a NUL.
	json_t *record =
		json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL, NULL);

	if (json_is_object(record))
		return record;
	json_decref(record);
	return NULL;
}

struct span field_string(const json_t *value)
{
	if (!json_is_string(value))
		return span_make("", 0);
	return span_make(json_string_value(value), json_string_length(value));
}

struct span field_text(const json_t *object, const char *key)
{
	return field_string(json_object_get(object, key));
}

uint64_t field_u64(const json_t *object, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return n > 0 ? (uint64_t)n : 0;
}

bool field_has(const json_t *object, const char *key)
{
	return json_object_get(object, key) != NULL;
}

bool field_is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

bool field_is(const json_t *object, const char *key, const char *text)
{
	return span_equal(field_text(object, key), span_text(text));
}

void field_print(const json_t *value)
{
	json_dumpf(value, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
}
