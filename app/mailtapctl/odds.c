// SPDX-License-Identifier: BSD-3-Clause
#include "ctl.h"
#include "field.h"
#include "human.h"
#include "link.h"
#include "table.h"

#include "mt_odd.h"

static const char *help_of(const char *name)
{
	for (int i = 0; i < MT_ODD_COUNT; i++)
		if (strcmp(mt_odd_name((enum mt_odd)i), name) == 0)
			return mt_odd_help((enum mt_odd)i);
	return "";
}

static void print(json_t *answer, bool all)
{
	static const struct table_column columns[] = {{"oddity", false, false},
		{"count", true, false}, {"meaning", false, true}};
	char room[HUMAN_SIZE];
	struct table t;
	const char *name;
	json_t *value;

	table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
	json_object_foreach(answer, name, value)
	{
		uint64_t n = field_u64(answer, name);
		if (!json_is_integer(value) || (n == 0 && !all))
			continue;
		table_add_text(&t, name);
		table_add_text(&t, human(HUMAN_COUNT, n, room));
		table_add_text(&t, help_of(name));
	}
	if (t.cells.len == 0)
		puts("nothing odd was seen (all names: --all)");
	else
		table_print(&t, stdout, table_width(stdout));
	table_fini(&t);
}

int ctl_odds(const struct ctl *ctl, struct mt_error *error)
{
	json_t *answer;
	int code = link_ask(ctl, "/mailtap/odds", &answer, error);

	if (code != 0)
		return code;
	if (ctl->json)
		field_print(answer);
	else
		print(answer, ctl->all);
	json_decref(answer);
	return 0;
}
