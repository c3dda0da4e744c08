// SPDX-License-Identifier: BSD-3-Clause
#include "scan_key.h"

#include "scan_expression.h"
#include "scan_word.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_SIZE 640

struct work {
	const struct scan_entry *entry;
	struct scan_faults *faults;
	struct scan_signature *sig;
	uint32_t enabled;
	bool failed;
};

struct key {
	const char *name;
	void (*take)(struct work *w, const struct key *key, const struct scan_field *f);
	size_t offset; // of the member of struct scan_signature that it sets
	uint32_t max; // the largest number, or length of a text
	const struct scan_word *words;
};

static const struct scan_word actions[] = {
	{"note", SCAN_NOTE}, {"hold", SCAN_HOLD}, {NULL, 0}};
static const struct scan_word switches[] = {
	{"yes", 1}, {"no", 0}, {"true", 1}, {"false", 0}, {NULL, 0}};
static const struct scan_word scopes[] = {{"raw", 1u << SCAN_RAW},
	{"header", 1u << SCAN_HEADER}, {"body", 1u << SCAN_BODY}, {NULL, 0}};
static const struct scan_word flags[] = {{"caseless", SCAN_CASELESS},
	{"dotall", SCAN_DOTALL}, {"multiline", SCAN_MULTILINE}, {"utf8", SCAN_UTF8},
	{"ucp", SCAN_UCP}, {"all_matches", SCAN_ALL_MATCHES}, {NULL, 0}};

__attribute__((format(printf, 3, 4))) static void fail(
	struct work *w, struct scan_place at, const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	w->failed = true;
	if (w->sig->id > 0)
		scan_fault(w->faults, at, "id %u: %s", w->sig->id, text);
	else
		scan_fault(w->faults, at, "%s", text);
}

static void fail_word(struct work *w, struct scan_place at, const char *what,
	const struct scan_word *words, const char *written)
{
	struct mt_buf advice;

	mt_buf_init(&advice, TEXT_SIZE / 2);
	scan_word_advise(words, written, &advice);
	fail(w, at, "%s%.*s", what, (int)advice.len, (const char *)advice.ptr);
	mt_buf_fini(&advice);
}

// The one value of a field, or NULL with the fault told.
static const char *scalar(
	struct work *w, const struct key *key, const struct scan_field *f)
{
	if (f->shape == SCAN_SCALAR)
		return w->entry->values[f->first].text;
	if (f->shape == SCAN_EMPTY)
		fail(w, f->at, "%s: has no value; leave the key out or give one",
			key->name);
	else if (f->shape == SCAN_LIST)
		fail(w, f->at, "%s: must be one value, not a list", key->name);
	w->failed = true;
	return NULL;
}

static void take_number(struct work *w, const struct key *key, const struct scan_field *f)
{
	const char *text = scalar(w, key, f);
	uint64_t n = 0;

	if (text == NULL)
		return;
	for (const char *p = text; *p != '\0' && n <= key->max; p++)
		n = isdigit((unsigned char)*p) ? n * 10 + (uint64_t)(*p - '0')
					       : UINT64_MAX / 16;
	if (n == 0 || n > key->max) {
		fail(w, f->at, "%s: \"%.40s\"; allowed: a number from 1 to %u", key->name,
			text, key->max);
		return;
	}
	uint32_t value = (uint32_t)n;
	memcpy((uint8_t *)w->sig + key->offset, &value, sizeof(value));
}

static void take_text(struct work *w, const struct key *key, const struct scan_field *f)
{
	const char *text = scalar(w, key, f);

	if (text == NULL)
		return;
	size_t len = strlen(text);
	if (len == 0 || len > key->max) {
		fail(w, f->at, "%s: %zu octets; allowed: 1 to %u", key->name, len,
			key->max);
		return;
	}
	char *copy = strdup(text);
	if (copy == NULL)
		fail(w, f->at, "out of memory");
	memcpy((uint8_t *)w->sig + key->offset, &copy, sizeof(copy));
}

// What stands in records and on screens is one line.
static void take_line(struct work *w, const struct key *key, const struct scan_field *f)
{
	const char *text = f->shape == SCAN_SCALAR ? w->entry->values[f->first].text : "";

	if (text[strcspn(text, "\t\r\n")] != '\0')
		fail(w, f->at, "%s: has line ends or tabs; allowed: one line", key->name);
	else
		take_text(w, key, f);
}

static const struct scan_word *word_at(
	struct work *w, const struct key *key, const struct scan_value *v)
{
	const struct scan_word *found = scan_word_find(key->words, v->text);
	char what[TEXT_SIZE / 4];

	if (found == NULL) {
		snprintf(what, sizeof(what), "%s: \"%.60s\" is not known", key->name,
			v->text);
		fail_word(w, v->at, what, key->words, v->text);
	}
	return found;
}

static void take_word(struct work *w, const struct key *key, const struct scan_field *f)
{
	if (scalar(w, key, f) == NULL)
		return;
	const struct scan_word *word = word_at(w, key, &w->entry->values[f->first]);
	if (word != NULL)
		memcpy((uint8_t *)w->sig + key->offset, &word->value,
			sizeof(word->value));
}

static void take_enabled(
	struct work *w, const struct key *key, const struct scan_field *f)
{
	if (scalar(w, key, f) == NULL)
		return;
	const struct scan_word *word = word_at(w, key, &w->entry->values[f->first]);
	if (word != NULL)
		w->enabled = word->value;
}

// One word, or a list of them.
static void take_words(struct work *w, const struct key *key, const struct scan_field *f)
{
	uint32_t bits = 0;

	if (f->shape != SCAN_LIST && scalar(w, key, f) == NULL)
		return;
	for (int i = f->first; i < f->first + f->count; i++) {
		const struct scan_value *v = &w->entry->values[i];
		const struct scan_word *word = word_at(w, key, v);
		if (word == NULL)
			continue;
		if (bits & word->value)
			fail(w, v->at, "%s: %s stands there twice", key->name,
				word->name);
		bits |= word->value;
	}
	memcpy((uint8_t *)w->sig + key->offset, &bits, sizeof(bits));
}

static void take_expression(
	struct work *w, const struct key *key, const struct scan_field *f);

#define MEMBER(name) offsetof(struct scan_signature, name)

static const struct key keys[] = {
	{"id", take_number, MEMBER(id), SCAN_ID_MAX, NULL}, // first: faults name it
	{"name", take_line, MEMBER(name), SCAN_NAME_MAX, NULL},
	{"pattern", take_expression, 0, 0, NULL},
	{"literal", take_expression, 0, 0, NULL},
	{"hex", take_expression, 0, 0, NULL},
	{"flags", take_words, MEMBER(flags), 0, flags},
	{"in", take_words, MEMBER(scopes), 0, scopes},
	{"severity", take_number, MEMBER(severity), SCAN_SEVERITY_MAX, NULL},
	{"action", take_word, MEMBER(action), 0, actions},
	{"enabled", take_enabled, 0, 0, switches},
	{"rev", take_number, MEMBER(rev), SCAN_REV_MAX, NULL},
	{"category", take_line, MEMBER(category), SCAN_NAME_MAX, NULL},
	{"description", take_text, MEMBER(description), SCAN_TEXT_MAX, NULL},
	{"reference", take_line, MEMBER(reference), SCAN_NAME_MAX, NULL},
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

// Sets the expression from pattern, literal or hex, whichever the key is.
static void take_expression(
	struct work *w, const struct key *key, const struct scan_field *f)
{
	const char *text = scalar(w, key, f);
	struct mt_buf out;
	size_t at = 0;

	if (text == NULL)
		return;
	size_t len = strlen(text);
	if (len == 0 || len > SCAN_EXPRESSION_MAX) {
		fail(w, f->at, "%s: %zu octets; allowed: 1 to %u", key->name, len,
			SCAN_EXPRESSION_MAX);
		return;
	}
	if (w->entry->values[f->first].block && text[len - 1] == '\n') {
		fail(w, f->at,
			"%s: ends with a line feed that YAML put there; write it between "
			"single quotes",
			key->name);
		return;
	}
	mt_buf_init(&out, 4 * SCAN_EXPRESSION_MAX + 1);
	if (key->name[0] == 'p')
		mt_buf_add_text(&out, text);
	else if (key->name[0] == 'l')
		scan_expression_add(&out, span_text(text));
	else if (scan_expression_add_hex(&out, text, &at) != 0 || out.len == 0)
		fail(w, f->at, "hex: at \"%.20s\"; allowed: pairs of 0-9, a-f",
			text + at);
	mt_buf_add_char(&out, '\0');
	if (out.full)
		fail(w, f->at, "out of memory");
	free(w->sig->expression);
	w->sig->expression = (char *)out.ptr;
	w->sig->expression_line = f->at.line;
	w->sig->expression_column = f->at.column;
}

static void refuse_unknown(struct work *w)
{
	struct scan_word names[KEY_COUNT + 1] = {{NULL, 0}};
	char what[TEXT_SIZE / 4];

	for (size_t k = 0; k < KEY_COUNT; k++)
		names[k].name = keys[k].name;
	for (int i = 0; i < w->entry->field_count; i++) {
		const struct scan_field *f = &w->entry->fields[i];
		if (scan_word_find(names, f->key) != NULL)
			continue;
		snprintf(what, sizeof(what), "%.60s: unknown key", f->key);
		fail_word(w, f->key_at, what, names, f->key);
	}
}

// Exactly one of pattern, literal and hex; returns its field or NULL with the fault told.
static const struct scan_field *check_expression(struct work *w)
{
	const struct scan_field *found = NULL;

	for (size_t k = 0; k < KEY_COUNT; k++) {
		const struct scan_field *f = scan_entry_find(w->entry, keys[k].name);
		if (keys[k].take != take_expression || f == NULL)
			continue;
		if (found != NULL) {
			fail(w, f->key_at,
				"%s: beside %s; only one of pattern, literal and hex is "
				"allowed",
				f->key, found->key);
			return NULL;
		}
		found = f;
	}
	if (found == NULL)
		fail(w, w->entry->at,
			"says nothing to look for; give one of pattern, literal and hex");
	return found;
}

// Flags that say nothing about the kind of expression are mistakes.
static void check_flags(struct work *w, const struct scan_field *expression)
{
	const struct scan_field *f = scan_entry_find(w->entry, "flags");
	uint32_t allowed = UINT32_MAX;

	if (f == NULL || expression == NULL)
		return;
	if (strcmp(expression->key, "literal") == 0)
		allowed = SCAN_CASELESS | SCAN_ALL_MATCHES;
	if (strcmp(expression->key, "hex") == 0)
		allowed = SCAN_ALL_MATCHES;
	for (const struct scan_word *word = flags; word->name != NULL; word++)
		if (w->sig->flags & word->value & ~allowed)
			fail(w, f->at, "flags: %s has no meaning for %s; use pattern",
				word->name, expression->key);
	if ((w->sig->flags & (SCAN_UCP | SCAN_UTF8)) == SCAN_UCP)
		fail(w, f->at, "flags: ucp needs utf8 beside it");
}

static void check_rest(struct work *w)
{
	const struct scan_field *in = scan_entry_find(w->entry, "in");

	if (scan_entry_find(w->entry, "id") == NULL)
		fail(w, w->entry->at,
			"has no id; give each signature a number of its own, from 1 to %d",
			SCAN_ID_MAX);
	if (scan_entry_find(w->entry, "name") == NULL)
		fail(w, w->entry->at, "has no name; it is what alerts show");
	if (in != NULL && in->shape == SCAN_LIST && in->count == 0)
		fail(w, in->at, "in: the list is empty; allowed: raw, header, body");
	check_flags(w, check_expression(w));
}

int scan_key_read(const struct scan_entry *entry, struct scan_faults *faults,
	struct scan_signature *ret, bool *ret_enabled)
{
	struct work w = {entry, faults, ret, 1, false};

	*ret = (struct scan_signature){.rev = 1,
		.severity = 3,
		.action = SCAN_NOTE,
		.scopes = 1u << SCAN_RAW,
		.file = entry->at.file,
		.line = entry->at.line,
		.column = entry->at.column};
	for (size_t k = 0; k < KEY_COUNT; k++) {
		const struct scan_field *f = scan_entry_find(entry, keys[k].name);
		if (f != NULL)
			keys[k].take(&w, &keys[k], f);
	}
	refuse_unknown(&w);
	check_rest(&w);
	*ret_enabled = w.enabled != 0;
	return w.failed ? -EINVAL : 0;
}
