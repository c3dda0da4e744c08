// SPDX-License-Identifier: BSD-3-Clause
#include "conf_tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <yaml.h>

struct builder {
	struct conf_tree *tree;
	int open[CONF_TREE_DEPTH_MAX]; // lists and maps not yet ended
	int depth;
	char *key; // read, its value comes next
	struct conf_place key_at;
	bool has_document;
};

int conf_tree_fail(const struct conf_tree *t, struct conf_place at, const char *fmt, ...)
{
	char text[MT_ERROR_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!t->has_places)
		return mt_error_set(t->error, EINVAL, "%s: %s", t->name, text);
	return mt_error_set(
		t->error, EINVAL, "%s:%d:%d: %s", t->name, at.line, at.column, text);
}

static struct conf_place place_of(yaml_mark_t mark)
{
	return (struct conf_place){(int)mark.line + 1, (int)mark.column + 1};
}

static int out_of_memory(struct builder *b)
{
	return mt_error_set(b->tree->error, ENOMEM, "%s: out of memory", b->tree->name);
}

static bool awaits_key(const struct builder *b)
{
	return b->depth > 0 && b->key == NULL &&
		b->tree->nodes[b->open[b->depth - 1]].kind == CONF_NODE_MAP;
}

static int take_key(struct builder *b, const yaml_event_t *event)
{
	const char *key = (const char *)event->data.scalar.value;
	struct conf_place at = place_of(event->start_mark);
	int map = b->open[b->depth - 1];

	if (event->data.scalar.length > CONF_TREE_KEY_MAX ||
		strlen(key) != event->data.scalar.length)
		return conf_tree_fail(b->tree, at, "this is no key");
	int same = conf_tree_member(b->tree, map, key);
	if (same >= 0)
		return conf_tree_fail(b->tree, at,
			"%s: given twice; the first is on line %d", key,
			b->tree->nodes[same].key_at.line);
	b->key = strdup(key);
	if (b->key == NULL)
		return out_of_memory(b);
	b->key_at = at;
	return 0;
}

static int add_node(
	struct builder *b, enum conf_node_kind kind, const yaml_event_t *event)
{
	struct conf_tree *t = b->tree;
	struct conf_place at = place_of(event->start_mark);

	if (t->count == CONF_TREE_NODES_MAX)
		return conf_tree_fail(t, at, "more than %d values", CONF_TREE_NODES_MAX);
	struct conf_node *node = &t->nodes[t->count];
	*node = (struct conf_node){
		.kind = kind,
		.parent = b->depth > 0 ? b->open[b->depth - 1] : -1,
		.end = t->count + 1,
		.key = b->key,
		.key_at = b->key != NULL ? b->key_at : at,
		.at = at,
	};
	b->key = NULL;
	t->count++;
	return 0;
}

static int refuse_anchor(
	struct builder *b, const yaml_event_t *event, const void *anchor, const void *tag)
{
	if (anchor == NULL && tag == NULL)
		return 0;
	return conf_tree_fail(b->tree, place_of(event->start_mark),
		"%s are not allowed here",
		anchor != NULL ? "anchors (&name)" : "tags (!name)");
}

static bool is_null(const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;

	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		(text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

static int take_scalar(struct builder *b, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;

	if (refuse_anchor(b, event, event->data.scalar.anchor, event->data.scalar.tag) !=
		0)
		return -EINVAL;
	if (awaits_key(b))
		return take_key(b, event);
	if (strlen(text) != event->data.scalar.length)
		return conf_tree_fail(
			b->tree, place_of(event->start_mark), "a NUL in the text");
	int rc = add_node(b, is_null(event) ? CONF_NODE_NULL : CONF_NODE_SCALAR, event);
	if (rc != 0)
		return rc;
	struct conf_node *node = &b->tree->nodes[b->tree->count - 1];
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->text = strdup(text);
	return node->text != NULL ? 0 : out_of_memory(b);
}

static int take_start(struct builder *b, const yaml_event_t *event)
{
	bool is_map = event->type == YAML_MAPPING_START_EVENT;
	const void *anchor = is_map ? event->data.mapping_start.anchor
				    : event->data.sequence_start.anchor;
	const void *tag =
		is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag;

	if (refuse_anchor(b, event, anchor, tag) != 0)
		return -EINVAL;
	if (awaits_key(b))
		return conf_tree_fail(
			b->tree, place_of(event->start_mark), "a key must be a word");
	if (b->depth == CONF_TREE_DEPTH_MAX)
		return conf_tree_fail(b->tree, place_of(event->start_mark),
			"nested deeper than %d levels", CONF_TREE_DEPTH_MAX);
	int rc = add_node(b, is_map ? CONF_NODE_MAP : CONF_NODE_LIST, event);
	if (rc == 0)
		b->open[b->depth++] = b->tree->count - 1;
	return rc;
}

static int take_event(struct builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->has_document)
			return conf_tree_fail(b->tree, place_of(event->start_mark),
				"a second document begins (---); only one is allowed");
		b->has_document = true;
		return 0;
	case YAML_SCALAR_EVENT:
		return take_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return take_start(b, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->tree->nodes[b->open[--b->depth]].end = b->tree->count;
		return 0;
	case YAML_ALIAS_EVENT:
		return conf_tree_fail(b->tree, place_of(event->start_mark),
			"aliases (*name) are not allowed here");
	default:
		return 0;
	}
}

static int syntax_error(const struct conf_tree *t, const yaml_parser_t *parser)
{
	const char *problem = parser->problem != NULL ? parser->problem : "unreadable";

	if (parser->error == YAML_MEMORY_ERROR)
		return mt_error_set(t->error, ENOMEM, "%s: out of memory", t->name);
	if (parser->error == YAML_READER_ERROR)
		return mt_error_set(t->error, EINVAL,
			"%s: octet %zu: not text in UTF-8 (%s)", t->name,
			parser->problem_offset, problem);
	return conf_tree_fail(t, place_of(parser->problem_mark), "not YAML: %s%s%s",
		problem, parser->context != NULL ? ", " : "",
		parser->context != NULL ? parser->context : "");
}

static int read_events(struct builder *b, yaml_parser_t *parser)
{
	yaml_event_t event;
	bool ended = false;
	int rc = 0;

	while (rc == 0 && !ended) {
		if (!yaml_parser_parse(parser, &event))
			return syntax_error(b->tree, parser);
		ended = event.type == YAML_STREAM_END_EVENT;
		rc = take_event(b, &event);
		yaml_event_delete(&event);
	}
	return rc;
}

int conf_tree_read(struct conf_tree *t, struct span text)
{
	struct builder b = {.tree = t};
	yaml_parser_t parser;

	t->count = 0;
	t->nodes = NULL;
	if (text.len > CONF_TREE_TEXT_MAX)
		return mt_error_set(t->error, E2BIG, "%s: larger than %u octets", t->name,
			CONF_TREE_TEXT_MAX);
	t->nodes = calloc(CONF_TREE_NODES_MAX, sizeof(*t->nodes));
	if (t->nodes == NULL || !yaml_parser_initialize(&parser))
		return out_of_memory(&b);
	// libyaml wants an address even of no octets.
	yaml_parser_set_input_string(
		&parser, text.ptr != NULL ? text.ptr : (const uint8_t *)"", text.len);
	int rc = read_events(&b, &parser);
	yaml_parser_delete(&parser);
	free(b.key);
	return rc;
}

void conf_tree_fini(struct conf_tree *t)
{
	for (int i = 0; i < t->count; i++) {
		free(t->nodes[i].key);
		free(t->nodes[i].text);
	}
	free(t->nodes);
	t->nodes = NULL;
	t->count = 0;
}

int conf_tree_first(const struct conf_tree *t, int parent)
{
	int child = parent + 1;

	return child < t->count && t->nodes[child].parent == parent ? child : -1;
}

int conf_tree_next(const struct conf_tree *t, int child)
{
	int next = t->nodes[child].end;

	return next < t->count && t->nodes[next].parent == t->nodes[child].parent ? next
										  : -1;
}

int conf_tree_member(const struct conf_tree *t, int map, const char *key)
{
	for (int n = conf_tree_first(t, map); n >= 0; n = conf_tree_next(t, n))
		if (strcmp(t->nodes[n].key, key) == 0)
			return n;
	return -1;
}

int conf_tree_children(const struct conf_tree *t, int parent)
{
	int count = 0;

	for (int n = conf_tree_first(t, parent); n >= 0; n = conf_tree_next(t, n))
		count++;
	return count;
}
