// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Reads fields of records and answers. What is absent or of another kind counts as empty.

#include "mt_span.h"

#include <jansson.h>

// The record, to be given back with json_decref; NULL when the text is no JSON object.
json_t *field_read(struct span text);
// Lent until the record is given back.
struct span field_text(const json_t *object, const char *key);
struct span field_string(const json_t *value);
uint64_t field_u64(const json_t *object, const char *key);
bool field_has(const json_t *object, const char *key);
bool field_is_true(const json_t *object, const char *key);
// Whether a text field says just this.
bool field_is(const json_t *object, const char *key, const char *text);
// One line of ASCII to stdout.
void field_print(const json_t *value);
