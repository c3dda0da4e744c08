// SPDX-License-Identifier: BSD-3-Clause
#include "field.h"
#include "link.h"
#include "stats.h"
#include "table.h"

static void print_sums(const struct stats_sum *sum)
{
	static const struct table_column columns[] = {{"sum", false, false},
		{"left", true, false}, {"right", true, false}, {"closes", false, false}};
	struct table t;
	uint64_t left, right;

	table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
	for (int i = 0; i < STATS_LEDGER_COUNT; i++) {
		bool closes =
			stats_ledger_check(sum, (enum stats_ledger)i, &left, &right);
		table_add_text(&t, stats_ledger_name((enum stats_ledger)i));
		table_add_u64(&t, left);
		table_add_u64(&t, right);
		table_add_text(&t, closes ? "yes" : "not now");
	}
	table_print(&t, stdout, table_width(stdout));
	table_fini(&t);
}

static void print_counters(const struct stats_sum *sum, bool all)
{
	static const struct table_column columns[] = {{"counter", false, false},
		{"value", true, false}, {"unit", false, false}, {"meaning", false, true}};
	struct table t;

	table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
	for (int i = 0; i < STATS_COUNT; i++) {
		if (sum->counter[i] == 0 && !all)
			continue;
		table_add_text(&t, stats_name((enum stats_counter)i));
		table_add_u64(&t, sum->counter[i]);
		table_add_text(&t, stats_unit((enum stats_counter)i));
		table_add_text(&t, stats_help((enum stats_counter)i));
	}
	table_print(&t, stdout, table_width(stdout));
	table_fini(&t);
}

static void print_ledger(const json_t *answer, bool balanced, bool all)
{
	struct stats_sum sum = {0};

	for (int i = 0; i < STATS_COUNT; i++)
		sum.counter[i] = field_u64(answer, stats_name((enum stats_counter)i));
	printf("balanced: %s\n\n", balanced ? "yes" : "no");
	print_sums(&sum);
	putchar('\n');
	print_counters(&sum, all);
}

int ctl_ledger(const struct ctl *ctl, struct mt_error *error)
{
	json_t *answer;
	int code = link_ask(ctl, "/mailtap/ledger", &answer, error);

	if (code != 0)
		return code;
	bool balanced = field_is(answer, "balanced", "yes");
	if (ctl->json) {
		field_print(answer);
	} else {
		print_ledger(answer, balanced, ctl->all);
	}
	json_decref(answer);
	return balanced ? 0 : CTL_NOT_WELL;
}
