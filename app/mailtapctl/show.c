// SPDX-License-Identifier: BSD-3-Clause
#include "show.h"

#include "field.h"
#include "link.h"
#include "mask.h"
#include "table.h"

#include <inttypes.h>
#include <sysexits.h>

// The text of one field; `room` is for numbers.
static struct span cell(const json_t *object, const struct show_column *c,
	const char *name, char room[HUMAN_SIZE])
{
	const json_t *value = c->key != NULL ? json_object_get(object, c->key) : NULL;

	if (c->key == NULL)
		return span_text(name);
	if (json_is_string(value))
		return field_string(value);
	if (!json_is_integer(value) ||
		(c->kind == HUMAN_TENTHS && json_integer_value(value) == 0))
		return span_text("-");
	if (c->kind != HUMAN_TEXT)
		return span_text(human(c->kind, field_u64(object, c->key), room));
	snprintf(room, HUMAN_SIZE, "%" PRIu64, field_u64(object, c->key));
	return span_text(room);
}

// A row of those columns that have a place.
struct rows {
	struct table table;
	const struct show_column *shown[TABLE_COLUMNS_MAX];
	size_t count;
};

static void add_row(struct rows *rows, const char *name, const json_t *object)
{
	char room[HUMAN_SIZE];

	for (size_t i = 0; i < rows->count; i++)
		table_add(&rows->table, cell(object, rows->shown[i], name, room));
}

static void print_rows(const struct show_view *view, json_t *answer)
{
	struct table_column columns[TABLE_COLUMNS_MAX];
	json_t *row, *items = json_object_get(answer, "items");
	size_t width = table_width(stdout), i;
	struct rows rows = {.count = 0};
	const char *name;

	for (i = 0; i < view->count && rows.count < TABLE_COLUMNS_MAX; i++) {
		const struct show_column *c = &view->columns[i];
		if (c->fit == SHOW_WIDE && width < SHOW_WIDE_FROM)
			continue;
		columns[rows.count] = (struct table_column){
			c->title, c->kind != HUMAN_TEXT, c->fit != SHOW_KEEP};
		rows.shown[rows.count++] = c;
	}
	table_init(&rows.table, columns, rows.count);
	if (view->shape == SHOW_PAGED)
		json_array_foreach(items, i, row) add_row(&rows, "", row);
	else
		json_object_foreach(answer, name, row) add_row(&rows, name, row);
	if (rows.table.cells.len == 0)
		puts(view->nothing);
	else
		table_print(&rows.table, stdout, width);
	table_fini(&rows.table);
}

static void print_line(int width, const char *title, struct span text)
{
	printf("%-*s  ", width, title);
	mask_print(stdout, text);
	putchar('\n');
}

static const char *find_title(const struct show_view *view, const char *key)
{
	for (size_t i = 0; i < view->count; i++)
		if (view->columns[i].key != NULL &&
			strcmp(view->columns[i].key, key) == 0)
			return view->columns[i].title;
	return NULL;
}

// Those known in their order, then what a newer appliance may say besides.
static void print_flat(const struct show_view *view, json_t *answer)
{
	char room[HUMAN_SIZE];
	const char *key;
	json_t *value;
	size_t width = 0;

	for (size_t i = 0; i < view->count; i++)
		if (strlen(view->columns[i].title) > width)
			width = strlen(view->columns[i].title);
	for (size_t i = 0; i < view->count; i++) {
		struct span text = cell(answer, &view->columns[i], "", room);
		if (field_has(answer, view->columns[i].key) && text.len > 0)
			print_line((int)width, view->columns[i].title, text);
	}
	json_object_foreach(answer, key, value)
	{
		struct show_column other = {key, key, HUMAN_TEXT, SHOW_KEEP};
		struct span text = cell(answer, &other, "", room);
		if (find_title(view, key) == NULL && !json_is_object(value) &&
			text.len > 0)
			print_line((int)width, key, text);
	}
}

// What stands beside the items of a list: one line.
static void print_beside(json_t *answer)
{
	static const struct show_column any = {"", "", HUMAN_TEXT, SHOW_KEEP};
	const char *key;
	json_t *value;
	bool said = false;

	json_object_foreach(answer, key, value)
	{
		char room[HUMAN_SIZE];
		struct show_column c = any;
		c.key = key;
		if (strcmp(key, "items") == 0 || strcmp(key, "total") == 0 ||
			strcmp(key, "start") == 0 || strcmp(key, "count") == 0 ||
			json_is_object(value) ||
			(json_is_string(value) && json_string_length(value) == 0))
			continue;
		printf("%s%s ", said ? ", " : "", key);
		mask_print(stdout, cell(answer, &c, "", room));
		said = true;
	}
	if (said)
		fputs("\n\n", stdout);
}

static void print_json(const struct show_view *view, json_t *answer)
{
	json_t *row;
	size_t i;

	if (view->shape != SHOW_PAGED)
		field_print(answer);
	else
		json_array_foreach(json_object_get(answer, "items"), i, row)
			field_print(row);
}

int ctl_show(const struct ctl *ctl, struct mt_error *error)
{
	const struct show_view *view = show_view_find(ctl->verb);
	json_t *answer;
	int code;

	if (view->shape == SHOW_PAGED)
		code = link_ask_pages(ctl, view->command, &answer, error);
	else
		code = link_ask(ctl, view->command, &answer, error);
	if (code != 0)
		return code;
	if (ctl->json) {
		print_json(view, answer);
	} else if (view->shape == SHOW_FLAT) {
		print_flat(view, answer);
	} else {
		if (json_array_size(json_object_get(answer, "items")) > 0)
			print_beside(answer);
		print_rows(view, answer);
	}
	json_decref(answer);
	return 0;
}
