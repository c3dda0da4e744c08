// SPDX-License-Identifier: BSD-3-Clause
#include "ctl.h"
#include "field.h"
#include "human.h"
#include "link.h"
#include "mask.h"
#include "screen.h"

#define ROWS_EACH 40

// Name, count and unit on one line; what it means and what to do below.
static size_t draw(struct grid *g, size_t row, const char *name, const json_t *drop)
{
	struct span help = field_text(drop, "help"), hint = field_text(drop, "hint");
	uint64_t count = field_u64(drop, "count");
	char room[HUMAN_SIZE];
	enum grid_style style = count > 0 ? GRID_WARN : GRID_PLAIN;

	size_t at = grid_printf(
		g, row, 0, style, "%-30s %s ", name, human(HUMAN_COUNT, count, room));
	grid_put(g, row++, at, style, field_text(drop, "unit"));
	if (help.len > 0)
		row = grid_wrap(g, row, 4, GRID_PLAIN, help);
	if (hint.len > 0) {
		grid_put(g, row, 4, GRID_PLAIN, span_text("->"));
		row = grid_wrap(g, row, 7, GRID_PLAIN, hint);
	}
	return row;
}

static void print(json_t *answer, bool all)
{
	bool said = false;
	const char *name;
	json_t *drop;

	json_object_foreach(answer, name, drop)
	{
		struct grid g;
		if (field_u64(drop, "count") == 0 && !all)
			continue;
		if (!grid_init(&g, ROWS_EACH, screen_width()))
			continue;
		draw(&g, 0, name, drop);
		grid_print(&g, stdout, screen_colour());
		grid_fini(&g);
		said = true;
	}
	if (!said)
		puts("nothing was lost (all counters: --all)");
}

int ctl_drops(const struct ctl *ctl, struct mt_error *error)
{
	json_t *answer;
	int code = link_ask(ctl, "/mailtap/drops", &answer, error);

	if (code != 0)
		return code;
	if (ctl->json)
		field_print(answer);
	else
		print(answer, ctl->all);
	json_decref(answer);
	return 0;
}
