// SPDX-License-Identifier: BSD-3-Clause
#include "scan_yaml.h"

#include "scan_word.h"

#include <stdlib.h>

#include <yaml.h>

#define DEPTH_MAX 16 // of what is skipped; deeper nesting ends the file

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; // the current one
	const char *name;
	struct scan_faults *faults;
	bool stopped; // no more events
	struct scan_entry entry;
};

static const struct scan_word top_keys[] = {{"signatures", 0}, {NULL, 0}};

static struct scan_place place_of(const struct reader *r, yaml_mark_t mark)
{
	return (struct scan_place){r->name, (int)mark.line + 1, (int)mark.column + 1};
}

static struct scan_place here(const struct reader *r)
{
	return place_of(r, r->event.start_mark);
}

static void stop(struct reader *r)
{
	r->stopped = true;
	yaml_event_delete(&r->event); // which makes it YAML_NO_EVENT
}

static void stop_at_syntax(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	struct scan_place whole = {.file = r->name};

	if (p->error == YAML_MEMORY_ERROR)
		scan_fault(r->faults, whole, "out of memory");
	else if (p->error == YAML_READER_ERROR)
		scan_fault(r->faults, whole,
			"octet %zu: not text in UTF-8 (%s); write octets of a pattern as "
			"\\xNN",
			p->problem_offset, p->problem);
	else
		scan_fault(r->faults, place_of(r, p->problem_mark),
			"not YAML: %s%s%s; what follows was not read", p->problem,
			p->context != NULL ? ", " : "",
			p->context != NULL ? p->context : "");
	stop(r);
}

static void refuse(struct reader *r, const void *given, const char *what)
{
	if (given != NULL)
		scan_fault(r->faults, here(r), "%s are not allowed here", what);
}

static void refuse_extras(struct reader *r)
{
	static const char anchors[] = "anchors (&name)", tags[] = "tags (!name)";

	switch (r->event.type) {
	case YAML_SCALAR_EVENT:
		refuse(r, r->event.data.scalar.anchor, anchors);
		refuse(r, r->event.data.scalar.tag, tags);
		break;
	case YAML_SEQUENCE_START_EVENT:
		refuse(r, r->event.data.sequence_start.anchor, anchors);
		refuse(r, r->event.data.sequence_start.tag, tags);
		break;
	case YAML_MAPPING_START_EVENT:
		refuse(r, r->event.data.mapping_start.anchor, anchors);
		refuse(r, r->event.data.mapping_start.tag, tags);
		break;
	case YAML_ALIAS_EVENT:
		refuse(r, r, "aliases (*name)");
		break;
	default:
		break;
	}
}

// Steps to the next event and says what it is; YAML_NO_EVENT: there is no more.
static yaml_event_type_t next(struct reader *r)
{
	if (r->stopped)
		return YAML_NO_EVENT;
	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->parser, &r->event))
		stop_at_syntax(r);
	else
		refuse_extras(r);
	return r->event.type;
}

static bool is_start(yaml_event_type_t type)
{
	return type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
}

static bool is_end(yaml_event_type_t type)
{
	return type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT ||
		type == YAML_NO_EVENT;
}

// Steps to the end of the value that the current event begins.
static void skip(struct reader *r)
{
	int depth = is_start(r->event.type);

	while (depth > 0 && !r->stopped) {
		yaml_event_type_t type = next(r);
		depth += is_start(type);
		depth -= is_end(type);
		if (depth <= DEPTH_MAX)
			continue;
		scan_fault(r->faults, here(r),
			"nested deeper than any signature; what follows was not read");
		stop(r);
	}
}

static bool is_null(const struct reader *r)
{
	const char *text = (const char *)r->event.data.scalar.value;

	return r->event.type == YAML_SCALAR_EVENT &&
		r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		(text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

// A copy of the current scalar, or NULL with a fault told.
static char *copy_scalar(struct reader *r)
{
	const char *text = (const char *)r->event.data.scalar.value;
	char *copy;

	for (size_t i = 0; i < r->event.data.scalar.length; i++) {
		uint8_t c = (uint8_t)text[i];
		if ((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t' || c == '\r')
			continue;
		scan_fault(r->faults, here(r),
			"control character %02x; in a pattern write \\x%02x between "
			"single quotes",
			c, c);
		return NULL;
	}
	copy = strdup(text);
	if (copy == NULL)
		scan_fault(r->faults, here(r), "out of memory");
	return copy;
}

// Adds the current scalar to the field. False: told.
static bool add_value(struct reader *r, struct scan_field *field)
{
	struct scan_entry *e = &r->entry;
	yaml_scalar_style_t style = r->event.data.scalar.style;

	if (e->value_count == SCAN_VALUES_MAX) {
		scan_fault(r->faults, here(r), "more than %d values in one signature",
			SCAN_VALUES_MAX);
		return false;
	}
	char *text = copy_scalar(r);
	if (text == NULL)
		return false;
	e->values[e->value_count++] = (struct scan_value){.text = text,
		.at = here(r),
		.block = style == YAML_LITERAL_SCALAR_STYLE ||
			style == YAML_FOLDED_SCALAR_STYLE};
	field->count++;
	return true;
}

static void read_list(struct reader *r, struct scan_field *field)
{
	field->shape = SCAN_LIST;
	for (yaml_event_type_t t = next(r); !is_end(t); t = next(r)) {
		if (t == YAML_SCALAR_EVENT && add_value(r, field))
			continue;
		if (t != YAML_SCALAR_EVENT)
			scan_fault(r->faults, here(r),
				"%s: a list of plain words was expected here",
				field->key);
		field->shape = SCAN_OTHER;
		skip(r);
	}
}

static void read_value(struct reader *r, struct scan_field *field)
{
	yaml_event_type_t type = next(r);

	field->at = here(r);
	field->first = r->entry.value_count;
	field->shape = SCAN_OTHER;
	if (type == YAML_SEQUENCE_START_EVENT) {
		read_list(r, field);
	} else if (is_null(r)) {
		field->shape = SCAN_EMPTY;
	} else if (type == YAML_SCALAR_EVENT) {
		if (add_value(r, field))
			field->shape = SCAN_SCALAR;
	} else if (type == YAML_MAPPING_START_EVENT) {
		scan_fault(r->faults, here(r), "%s: has keys of its own; none are known",
			field->key);
		skip(r);
	}
}

// A place for the key that is current, or NULL with a fault told.
static struct scan_field *add_field(struct reader *r)
{
	struct scan_entry *e = &r->entry;

	if (r->event.type != YAML_SCALAR_EVENT) {
		scan_fault(r->faults, here(r), "a key must be a word");
		return NULL;
	}
	if (e->field_count == SCAN_FIELDS_MAX) {
		scan_fault(r->faults, here(r), "more than %d keys in one signature",
			SCAN_FIELDS_MAX);
		return NULL;
	}
	char *key = copy_scalar(r);
	if (key == NULL)
		return NULL;
	const struct scan_field *same = scan_entry_find(e, key);
	if (same != NULL) {
		scan_fault(r->faults, here(r), "%s: given twice; the first is on line %d",
			key, same->key_at.line);
		free(key);
		return NULL;
	}
	struct scan_field *field = &e->fields[e->field_count++];
	*field = (struct scan_field){.key = key, .key_at = here(r)};
	return field;
}

static void clear_entry(struct scan_entry *e)
{
	for (int i = 0; i < e->field_count; i++)
		free(e->fields[i].key);
	for (int i = 0; i < e->value_count; i++)
		free(e->values[i].text);
	e->field_count = e->value_count = 0;
}

// The current event begins the map of an entry. True: it came to its end.
static bool read_entry(struct reader *r)
{
	r->entry.at = here(r);
	for (yaml_event_type_t t = next(r); !is_end(t); t = next(r)) {
		struct scan_field *field = add_field(r);
		if (field != NULL) {
			read_value(r, field);
			continue;
		}
		skip(r); // the key
		next(r);
		skip(r); // its value
	}
	return !r->stopped;
}

static void read_signatures(struct reader *r, scan_take *take, void *ctx)
{
	if (next(r) != YAML_SEQUENCE_START_EVENT) {
		if (!is_null(r) && !r->stopped)
			scan_fault(r->faults, here(r),
				"signatures: must be a list (\"- id: 1\")");
		skip(r);
		return;
	}
	for (yaml_event_type_t t = next(r); !is_end(t); t = next(r)) {
		if (t == YAML_MAPPING_START_EVENT) {
			if (read_entry(r))
				take(ctx, &r->entry);
			clear_entry(&r->entry);
			continue;
		}
		scan_fault(r->faults, here(r),
			"a signature must be keys with values (\"id: 1\")");
		skip(r);
	}
}

static void refuse_top_key(struct reader *r)
{
	struct mt_buf advice;

	if (r->event.type != YAML_SCALAR_EVENT) {
		scan_fault(r->faults, here(r), "a key must be a word");
		return;
	}
	const char *key = (const char *)r->event.data.scalar.value;
	mt_buf_init(&advice, 256);
	scan_word_advise(top_keys, key, &advice);
	scan_fault(r->faults, here(r), "%.60s: unknown key%.*s", key, (int)advice.len,
		(const char *)advice.ptr);
	mt_buf_fini(&advice);
}

static bool is_signatures(const struct reader *r)
{
	return r->event.type == YAML_SCALAR_EVENT &&
		strcmp((const char *)r->event.data.scalar.value, top_keys[0].name) == 0;
}

static void read_root(struct reader *r, scan_take *take, void *ctx)
{
	int seen_on = 0;

	for (yaml_event_type_t t = next(r); !is_end(t); t = next(r)) {
		if (is_signatures(r) && seen_on == 0) {
			seen_on = here(r).line;
			read_signatures(r, take, ctx);
			continue;
		}
		if (is_signatures(r))
			scan_fault(r->faults, here(r),
				"signatures: given twice; the first is on line %d",
				seen_on);
		else
			refuse_top_key(r);
		skip(r);
		next(r);
		skip(r);
	}
}

static void read_document(struct reader *r, scan_take *take, void *ctx)
{
	if (next(r) == YAML_MAPPING_START_EVENT) {
		read_root(r, take, ctx);
		return;
	}
	if (!is_null(r) && !r->stopped)
		scan_fault(r->faults, here(r),
			"the file must hold \"signatures:\" and a list below it");
	skip(r);
}

static void read_stream(struct reader *r, scan_take *take, void *ctx)
{
	bool has_document = false;

	while (!r->stopped && r->event.type != YAML_STREAM_END_EVENT) {
		if (next(r) != YAML_DOCUMENT_START_EVENT)
			continue;
		if (has_document) {
			scan_fault(r->faults, here(r),
				"a second document begins (---); only one is allowed");
			return;
		}
		has_document = true;
		read_document(r, take, ctx);
	}
}

void scan_yaml_read(const char *name, struct span text, struct scan_faults *faults,
	scan_take *take, void *ctx)
{
	struct reader *r = calloc(1, sizeof(*r));

	if (r == NULL || !yaml_parser_initialize(&r->parser)) {
		scan_fault(faults, (struct scan_place){.file = name}, "out of memory");
		free(r);
		return;
	}
	r->name = name;
	r->faults = faults;
	// libyaml wants an address even of no octets.
	yaml_parser_set_input_string(
		&r->parser, text.ptr != NULL ? text.ptr : (const uint8_t *)"", text.len);
	read_stream(r, take, ctx);
	yaml_event_delete(&r->event);
	yaml_parser_delete(&r->parser);
	free(r);
}

const struct scan_field *scan_entry_find(const struct scan_entry *entry, const char *key)
{
	for (int i = 0; i < entry->field_count; i++)
		if (strcmp(entry->fields[i].key, key) == 0)
			return &entry->fields[i];
	return NULL;
}
