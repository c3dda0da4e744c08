// SPDX-License-Identifier: BSD-3-Clause
#include "ctl.h"
#include "field.h"
#include "handoff.h"
#include "screen.h"

#include <sysexits.h>

#define PATIENCE_S   5
#define ROWS         400
#define PORTS_MOST   4
#define SERVERS_MOST 4

static const unsigned asked = FACT_BIT(HEALTH) | FACT_BIT(INFO) | FACT_BIT(PORTS) |
	FACT_BIT(SMTP) | FACT_BIT(SPOOL) | FACT_BIT(SIGNATURES);

static int draw(const struct facts *facts, const struct handoff *handoff)
{
	const json_t *health = facts->answer[FACT_HEALTH];
	struct grid g;

	if (!grid_init(&g, ROWS, screen_width()))
		return EX_OSERR;
	size_t row = screen_head(&g, 0, facts);
	row = screen_ports(&g, row, facts->answer[FACT_PORTS], PORTS_MOST);
	row = screen_mail(&g, row, health);
	row = screen_dark(&g, row, health);
	row = screen_servers(&g, row, facts->answer[FACT_SMTP], SERVERS_MOST);
	row = screen_scan(&g, row, facts->answer[FACT_SIGNATURES]);
	row = handoff_draw(&g, row, handoff);
	row = screen_disk(&g, row, facts);
	screen_reasons(&g, row, health);
	grid_print(&g, stdout, screen_colour());
	grid_fini(&g);
	return 0;
}

static void print_json(const struct facts *facts, const struct handoff *handoff)
{
	json_t *all = json_object();

	for (int i = 0; i < FACT_COUNT; i++)
		if (facts->answer[i] != NULL)
			json_object_set(all, fact_name((enum fact)i), facts->answer[i]);
	json_object_set(all, "handoff", handoff->outputs);
	field_print(all);
	json_decref(all);
}

static int show(const struct ctl *ctl, const struct facts *facts, struct mt_error *error)
{
	struct handoff handoff;
	int code = 0;

	handoff_read(&handoff, facts_spool(facts, ctl->spool), mt_clock_wall_us());
	if (ctl->json)
		print_json(facts, &handoff);
	else
		code = draw(facts, &handoff);
	handoff_fini(&handoff);
	if (code != 0)
		mt_error_set(error, 0, "no memory");
	return code;
}

int ctl_status(const struct ctl *ctl, struct mt_error *error)
{
	struct facts facts;
	struct link *link;
	int code = link_open(ctl, PATIENCE_S, &link, error);

	if (code != 0)
		return code;
	code = facts_ask(link, asked, &facts, error);
	link_close(link);
	if (code != 0)
		return code;
	code = show(ctl, &facts, error);
	if (code == 0 && !field_is(facts.answer[FACT_HEALTH], "state", "OK"))
		code = CTL_NOT_WELL;
	facts_fini(&facts);
	return code;
}
