// SPDX-License-Identifier: BSD-3-Clause
#include "field.h"
#include "human.h"
#include "rank.h"
#include "screen_top.h"

#include <stdlib.h>

#define GAP       2
#define GIVES_MIN 8

struct column {
	const char *key, *title;
	enum human_kind kind;
	uint8_t width; // at least; of texts at 80 columns
	bool gives; // takes what is left of the row
};

// clang-format off
static const struct column ports[] = {
	{"name",      "port",      HUMAN_TEXT,  6,  false},
	{"interface", "interface", HUMAN_TEXT,  9,  true},
	{"leg",       "leg",       HUMAN_TEXT,  3,  false},
	{"link",      "link",      HUMAN_TEXT,  4,  false},
	{"packets_s", "packets/s", HUMAN_COUNT, 10, false},
	{"octets_s",  "rate",      HUMAN_BITS,  9,  false},
	{"missed",    "missed",    HUMAN_COUNT, 9,  false},
	{"no_mbuf",   "no_mbuf",   HUMAN_COUNT, 7,  false},
	{"errors",    "errors",    HUMAN_COUNT, 6,  false},
};

static const struct column lcores[] = {
	{"name",      "lcore",     HUMAN_TEXT,  7,  false},
	{"cpu",       "cpu",       HUMAN_COUNT, 4,  false},
	{"busy_ppm",  "busy",      HUMAN_PPM,   8,  false},
	{"rings",     "waiting",   HUMAN_COUNT, 9,  false},
	{"ring_size", "ring",      HUMAN_COUNT, 9,  false},
	{"roles",     "roles",     HUMAN_TEXT,  20, true},
};

static const struct column servers[] = {
	{"server",    "server",    HUMAN_TEXT,  18, true},
	{"mails",     "mails",     HUMAN_COUNT, 11, false},
	{"open",      "open",      HUMAN_COUNT, 5,  false},
	{"accepted",  "accepted",  HUMAN_COUNT, 11, false},
	{"refused",   "refused",   HUMAN_COUNT, 9,  false},
	{"unknown",   "unknown",   HUMAN_COUNT, 7,  false},
	{"dark_ppm",  "TLS",       HUMAN_PPM,   8,  false},
};

static const struct column mails[] = {
	{"time",      "time (UTC)", HUMAN_TEXT, 14, false},
	{"from",      "from",      HUMAN_TEXT,  10, true},
	{"rcpt",      "to",        HUMAN_TEXT,  10, true},
	{"subject",   "subject",   HUMAN_TEXT,  10, true},
	{"size",      "size",      HUMAN_OCTETS, 6, false},
	{"outcome",   "outcome",   HUMAN_TEXT,  8,  false},
};

static const struct column ledger[] = {
	{"name",      "lost or dropped", HUMAN_TEXT, 30, false},
	{"count",     "count",     HUMAN_COUNT, 14, false},
	{"unit",      "unit",      HUMAN_TEXT,  8,  false},
	{"help",      "meaning",   HUMAN_TEXT,  20, true},
};
// clang-format on

#define LIST(list) list, sizeof(list) / sizeof(list[0])

static const struct table_of_page {
	enum fact fact;
	const struct column *columns;
	size_t count;
	size_t sort; // at first
	bool reverse;
} tables[SCREEN_TOP_COUNT] = {
	[SCREEN_TOP_PORTS] = {FACT_PORTS, LIST(ports), 0, false},
	[SCREEN_TOP_LCORES] = {FACT_LCORES, LIST(lcores), 0, false},
	[SCREEN_TOP_SERVERS] = {FACT_SMTP, LIST(servers), 1, false},
	[SCREEN_TOP_MAILS] = {FACT_MAILS, LIST(mails), 0, true},
	[SCREEN_TOP_LEDGER] = {FACT_DROPS, LIST(ledger), 1, false},
};

size_t screen_top_columns(enum screen_top_page page)
{
	return tables[page].count;
}

void screen_top_sort_first(struct screen_top *top)
{
	top->sort = tables[top->page].sort;
	top->reverse = tables[top->page].reverse;
}

// Rows as a list, each with its name inside.
static json_t *list_rows(const json_t *answer)
{
	json_t *list = json_object_get(answer, "items"), *row;
	const char *name;

	if (json_is_array(list))
		return json_incref(list);
	list = json_array();
	json_object_foreach((json_t *)(uintptr_t)answer, name, row)
	{
		json_t *own = json_is_object(row) ? json_copy(row) : NULL;
		if (own == NULL)
			continue;
		json_object_set_new(own, "name", json_string(name));
		json_array_append_new(list, own);
	}
	return list;
}

// What is left of the row goes to those columns that give, in equal shares.
static void share(const struct table_of_page *t, size_t width, size_t to[])
{
	size_t total = GAP * (t->count - 1), givers = 0;

	for (size_t i = 0; i < t->count; i++) {
		to[i] = t->columns[i].width;
		total += to[i];
		givers += t->columns[i].gives;
	}
	for (size_t i = 0; i < t->count && total != width; i++) {
		if (!t->columns[i].gives)
			continue;
		if (total < width) {
			size_t more = (width - total) / givers--;
			to[i] += more;
			total += more;
		} else {
			size_t less = to[i] > GIVES_MIN ? to[i] - GIVES_MIN : 0;
			less = total - width < less ? total - width : less;
			to[i] -= less;
			total -= less;
		}
	}
}

static void draw_titles(const struct screen_top *top, const struct table_of_page *t,
	struct grid *g, size_t row, const size_t widths[])
{
	size_t at = 0;

	grid_paint(g, row, GRID_BAR);
	for (size_t i = 0; i < t->count; i++) {
		char title[40];
		snprintf(title, sizeof(title), "%s%s", t->columns[i].title,
			i != top->sort         ? ""
				: top->reverse ? "-"
					       : "+");
		enum grid_style style = i == top->sort ? GRID_BOLD : GRID_BAR;
		if (t->columns[i].kind != HUMAN_TEXT)
			grid_put_right(g, row, at + widths[i], style, span_text(title));
		else
			grid_put_cut(g, row, at, widths[i], style, span_text(title));
		at += widths[i] + GAP;
	}
}

static void draw_cell(struct grid *g, size_t row, size_t at, size_t width,
	const struct column *c, const json_t *item)
{
	const json_t *value = json_object_get(item, c->key);
	char room[HUMAN_SIZE];

	if (json_is_string(value)) {
		struct span text = field_string(value);
		// Of a time, month to second.
		if (strcmp(c->key, "time") == 0)
			text = span_head(span_skip(text, 5), 14);
		grid_put_cut(g, row, at, width, GRID_PLAIN, text);
		if (strcmp(c->key, "time") == 0 && text.len > 5)
			grid_char(g, row, at + 5, GRID_PLAIN, L' ');
		return;
	}
	if (!json_is_integer(value))
		return;
	human(c->kind, field_u64(item, c->key), room);
	grid_put_right(g, row, at + width, GRID_PLAIN, span_text(room));
}

static void draw_row(const struct table_of_page *t, struct grid *g, size_t row,
	const size_t widths[], const json_t *item)
{
	size_t at = 0;

	for (size_t i = 0; i < t->count; i++) {
		draw_cell(g, row, at, widths[i], &t->columns[i], item);
		at += widths[i] + GAP;
	}
}

static size_t draw_sums(struct screen_top *top, struct grid *g, size_t row)
{
	bool balanced = field_is(top->facts.answer[FACT_LEDGER], "balanced", "yes");

	if (top->page != SCREEN_TOP_LEDGER)
		return row;
	grid_put(g, row, 0, balanced ? GRID_GOOD : GRID_WARN,
		span_text(balanced ? "Every sum of the ledger closes."
				   : "A sum of the ledger does not close now (mailtapctl "
				     "ledger says which)."));
	return row + 2;
}

void screen_top_draw_table(struct screen_top *top, struct grid *g, size_t row)
{
	const struct table_of_page *t = &tables[top->page];
	json_t *rows = list_rows(top->facts.answer[t->fact]);
	size_t widths[16], *order = malloc(RANK_MAX * sizeof(*order));
	size_t last = g->rows - 1;

	row = draw_sums(top, g, row);
	share(t, g->columns, widths);
	draw_titles(top, t, g, row++, widths);
	size_t count = order == NULL
		? 0
		: rank_array(rows, t->columns[top->sort].key, top->reverse, order);
	if (top->scroll + 1 > count)
		top->scroll = count > 0 ? count - 1 : 0;
	for (size_t i = top->scroll; i < count && row < last; i++)
		draw_row(t, g, row++, widths, json_array_get(rows, order[i]));
	if (count == 0)
		grid_put(g, row, 0, GRID_DIM, span_text("nothing yet"));
	free(order);
	json_decref(rows);
}
