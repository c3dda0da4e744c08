// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Writes JSON text (RFC 8259) into a mt_buf, front to back. It keeps commas and nothing else:
// the caller opens and closes in the right order. Text that is not UTF-8 is mended, not refused.

#include "mt_buf.h"

struct mt_json {
	struct mt_buf *out;
	bool first; // nothing stands before the next member or element
	bool replaced; // some octet became U+FFFD since the caller last cleared this
};

void mt_json_init(struct mt_json *j, struct mt_buf *out);
// Each of these writes one value. The key is that of a member, or without memory (mt_json_key(NULL))
// for an element of an array or the outermost value; keys are plain ASCII of ours.
void mt_json_put_open(struct mt_json *j, struct span key, char bracket); // '{' or '['
// A string; each octet that is not part of valid UTF-8 becomes U+FFFD and sets `replaced`.
void mt_json_put_span(struct mt_json *j, struct span key, struct span value);
void mt_json_put_u64(struct mt_json *j, struct span key, uint64_t value);
// A literal of JSON: true, false, null.
void mt_json_put_word(struct mt_json *j, struct span key, struct span word);
void mt_json_close(struct mt_json *j, char bracket); // '}' or ']'
// As mt_json_span, with a key from outside (parameters); the key is escaped as well.
void mt_json_pair(struct mt_json *j, struct span key, struct span value);
void mt_json_pair_true(struct mt_json *j, struct span key);

// The same with keys as C strings. In the header, so that the length of a literal is known when
// it is compiled: a record has some sixty keys.
static inline struct span mt_json_key(const char *key)
{
	return key != NULL ? span_text(key) : span_make(NULL, 0);
}
static inline void mt_json_open(struct mt_json *j, const char *key, char bracket)
{
	mt_json_put_open(j, mt_json_key(key), bracket);
}
static inline void mt_json_span(struct mt_json *j, const char *key, struct span value)
{
	mt_json_put_span(j, mt_json_key(key), value);
}
static inline void mt_json_text(struct mt_json *j, const char *key, const char *value)
{
	mt_json_put_span(j, mt_json_key(key), span_text(value));
}
static inline void mt_json_u64(struct mt_json *j, const char *key, uint64_t value)
{
	mt_json_put_u64(j, mt_json_key(key), value);
}
static inline void mt_json_bool(struct mt_json *j, const char *key, bool value)
{
	mt_json_put_word(j, mt_json_key(key), span_text(value ? "true" : "false"));
}
static inline void mt_json_null(struct mt_json *j, const char *key)
{
	mt_json_put_word(j, mt_json_key(key), span_text("null"));
}
