// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_figure.h"

#include <stdio.h>

#include <criterion/criterion.h>

static struct mt_buf out;

static const char *draw(bool (*figure)(struct mt_buf *))
{
	mt_buf_init(&out, 1u << 16);
	cr_assert(figure(&out));
	mt_buf_add_char(&out, '\0');
	return (const char *)out.ptr;
}

Test(smtp_figure, an_arrow_of_both_policies_is_solid)
{
	const char *dot = draw(smtp_figure_dot);

	cr_expect(strstr(dot, "\tIDLE -> MAIL [label=\"MAIL accepted / OPEN\"];\n") !=
		NULL);
	cr_expect(strstr(dot, "\tRCPT -> DATA [label=\"DATA accepted / BEGIN\"];\n") !=
		NULL);
	mt_buf_fini(&out);
}

Test(smtp_figure, an_arrow_of_mirror_alone_is_dashed)
{
	const char *dot = draw(smtp_figure_dot);

	cr_expect(strstr(dot,
			  "\tRCPT -> MAIL [label=\"MAIL accepted / REOPEN\" "
			  "style=dashed];\n") != NULL);
	cr_expect(strstr(dot,
			  "\tRCPT -> RCPT [label=\"RCPT refused / ADD_RCPT\" "
			  "style=dashed];\n") != NULL);
	mt_buf_fini(&out);
}

Test(smtp_figure, arrows_between_the_same_states_are_one)
{
	const char *dot = draw(smtp_figure_dot);

	cr_expect(
		strstr(dot,
			"the mail was accepted / END_ACCEPTED\\nthe mail was refused") !=
		NULL);
	const char *first = strstr(dot, "\tVERDICT -> IDLE [");
	cr_assert(first != NULL);
	cr_expect(strstr(first + 1, "\tVERDICT -> IDLE [") == NULL);
	cr_expect(strstr(dot, "-> NONE") == NULL && strstr(dot, "NONE ->") == NULL);
	mt_buf_fini(&out);
}

// Every arrow that leads elsewhere is in the graph: alone or in a box that names its state.
Test(smtp_figure, no_arrow_is_left_out)
{
	const char *dot = draw(smtp_figure_dot);

	for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++) {
		for (int ev = 0; ev < SMTP_EV_COUNT; ev++) {
			struct smtp_edge e =
				smtp_fsm_step((enum smtp_st)st, (enum smtp_ev)ev);
			const char *help = smtp_fsm_event_help((enum smtp_ev)ev);
			bool found = false;
			if (e.next == SMTP_ST_NONE || e.next == st)
				continue;
			for (const char *at = strstr(dot, help); at != NULL;
				at = strstr(at + 1, help)) {
				char line[512], name[64];
				const char *from = at;
				while (from > dot && from[-1] != '\n')
					from--;
				snprintf(line, sizeof(line), "%.*s",
					(int)strcspn(from, "\n"), from);
				snprintf(name, sizeof(name), " -> %s ",
					smtp_fsm_state_name((enum smtp_st)e.next));
				found |= strstr(line, name) != NULL;
			}
			cr_expect(found, "%s on %s",
				smtp_fsm_state_name((enum smtp_st)st), help);
		}
	}
	mt_buf_fini(&out);
}

Test(smtp_figure, the_policies_differ_where_the_tables_do)
{
	const char *table = draw(smtp_figure_policies);

	cr_expect(
		strstr(table,
			"| MAIL RCPT | RCPT refused | stays, ADD_RCPT | **IDLE**, DISCARD |") !=
		NULL);
	cr_expect(strstr(table, "| RSET accepted |") == NULL);
	mt_buf_fini(&out);
	const char *arrows = draw(smtp_figure_arrows);
	cr_expect(strstr(arrows, "| DARK | **END** CLOSE |") != NULL);
	mt_buf_fini(&out);
}

Test(smtp_figure, what_does_not_fit_is_said)
{
	static bool (*const figures[])(struct mt_buf *) = {
		smtp_figure_dot, smtp_figure_arrows, smtp_figure_policies};

	for (int i = 0; i < 3; i++) {
		mt_buf_init(&out, 100);
		cr_expect(!figures[i](&out));
		mt_buf_fini(&out);
	}
}
