// SPDX-License-Identifier: BSD-3-Clause

// Whatever an appliance answers, if it is JSON at all: the screens drawn from it hold printable
// characters only, and no wide one without its half. First octet: rows and columns.

#include "bucket.h"
#include "facts.h"
#include "handoff.h"
#include "screen.h"
#include "screen_top.h"

#include <locale.h>
#include <stdlib.h>
#include <wctype.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void look(const struct grid *g)
{
	must(g->used <= g->rows);
	for (size_t i = 0; i < g->rows * g->columns; i++) {
		wchar_t c = g->cells[i].c;
		if (c == 0)
			must(i % g->columns > 0 && wcwidth(g->cells[i - 1].c) == 2);
		else
			must(iswprint((wint_t)c) && wcwidth(c) > 0);
		if (c != 0 && wcwidth(c) == 2)
			must((i + 1) % g->columns != 0 && g->cells[i + 1].c == 0);
	}
}

static void draw_status(struct grid *g, const struct facts *facts)
{
	const json_t *health = facts->answer[FACT_HEALTH];
	struct bucket buckets[BUCKET_MAX];

	size_t row = screen_head(g, 0, facts);
	row = screen_ports(g, row, facts->answer[FACT_PORTS], 4);
	row = screen_mail(g, row, health);
	row = screen_dark(g, row, health);
	row = screen_servers(g, row, facts->answer[FACT_SMTP], 4);
	row = screen_scan(g, row, facts->answer[FACT_SIGNATURES]);
	row = handoff_draw(
		g, row, &(struct handoff){.outputs = json_object_get(health, "items")});
	row = screen_disk(g, row, facts);
	screen_reasons(g, row, health);
	bucket_read(health, buckets);
	look(g);
}

static void draw_top(struct grid *g, json_t *answer)
{
	static struct screen_top top;

	top = (struct screen_top){.file_prefix = "fuzz"};
	for (uint64_t at = 1; at < 4; at++) {
		struct facts facts;
		for (int i = 0; i < FACT_COUNT; i++)
			facts.answer[i] = json_incref(answer);
		screen_top_take(&top, &facts, at * 1000000);
	}
	for (int page = 0; page < SCREEN_TOP_COUNT; page++) {
		top.page = (enum screen_top_page)page;
		screen_top_sort_first(&top);
		for (size_t i = 0; i <= screen_top_columns(top.page); i++) {
			screen_top_draw(&top, g);
			look(g);
			screen_top_key(&top, 's');
			screen_top_key(&top, i % 2 == 0 ? 'r' : 'j');
		}
	}
	screen_top_fini(&top);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts facts;
	struct grid g;

	if (size == 0)
		return 0;
	setlocale(LC_CTYPE, "C.UTF-8");
	json_t *answer = json_loadb((const char *)data + 1, size - 1, 0, NULL);
	if (!json_is_object(answer)) {
		json_decref(answer);
		return 0;
	}
	for (int i = 0; i < FACT_COUNT; i++)
		facts.answer[i] = answer;
	must(grid_init(&g, 1 + data[0] / 4, 1 + data[0]));
	draw_status(&g, &facts);
	draw_top(&g, answer);
	grid_fini(&g);
	json_decref(answer);
	return 0;
}
