// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_fsm.h"

#include <criterion/criterion.h>

Test(smtp_fsm, every_cell_stays_within_the_figure)
{
	for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++) {
		for (int ev = 0; ev < SMTP_EV_COUNT; ev++) {
			struct smtp_edge e =
				smtp_fsm_step((enum smtp_st)st, (enum smtp_ev)ev);
			struct smtp_edge s =
				smtp_fsm_step_strict((enum smtp_st)st, (enum smtp_ev)ev);
			cr_expect(e.next < SMTP_ST_COUNT && e.action < SMTP_ACT_COUNT);
			cr_expect(s.next != SMTP_ST_NONE && s.next < SMTP_ST_COUNT);
			cr_expect(e.next != SMTP_ST_NONE || e.action == SMTP_ACT_NONE,
				"%s %s acts without an arrow",
				smtp_fsm_state_name((enum smtp_st)st),
				smtp_fsm_event_name((enum smtp_ev)ev));
			// The plain figure never takes what only a mirror needs.
			cr_expect(s.action != SMTP_ACT_BEGIN_BLIND &&
				s.action != SMTP_ACT_ADD_BLIND &&
				s.action != SMTP_ACT_REOPEN &&
				s.action != SMTP_ACT_BEGIN_CUT);
		}
	}
}

// Whether a state has a transaction whose end must be told.
static bool is_open(enum smtp_st st)
{
	return st == SMTP_ST_MAIL || st == SMTP_ST_RCPT || st == SMTP_ST_DATA ||
		st == SMTP_ST_CHUNKS || st == SMTP_ST_VERDICT;
}

Test(smtp_fsm, no_arrow_leaves_a_transaction_untold)
{
	for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++) {
		for (int ev = 0; ev < SMTP_EV_COUNT; ev++) {
			struct smtp_edge e =
				smtp_fsm_step((enum smtp_st)st, (enum smtp_ev)ev);
			if (e.next == SMTP_ST_NONE || !is_open((enum smtp_st)st))
				continue;
			cr_expect(is_open((enum smtp_st)e.next) ||
					e.action != SMTP_ACT_NONE,
				"%s %s", smtp_fsm_state_name((enum smtp_st)st),
				smtp_fsm_event_name((enum smtp_ev)ev));
		}
	}
}

Test(smtp_fsm, no_arrow_opens_a_transaction_untold)
{
	for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++) {
		for (int ev = 0; ev < SMTP_EV_COUNT; ev++) {
			struct smtp_edge e =
				smtp_fsm_step((enum smtp_st)st, (enum smtp_ev)ev);
			if (!is_open((enum smtp_st)e.next) || is_open((enum smtp_st)st))
				continue;
			cr_expect(e.action == SMTP_ACT_OPEN ||
					e.action == SMTP_ACT_ADD_BLIND ||
					e.action == SMTP_ACT_BEGIN_BLIND,
				"%s %s", smtp_fsm_state_name((enum smtp_st)st),
				smtp_fsm_event_name((enum smtp_ev)ev));
		}
	}
}

Test(smtp_fsm, every_state_can_end)
{
	for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++)
		cr_expect(smtp_fsm_step((enum smtp_st)st, SMTP_EV_CLOSE).next ==
				SMTP_ST_END,
			"%s", smtp_fsm_state_name((enum smtp_st)st));
}

Test(smtp_fsm, an_absent_arrow_stays)
{
	cr_expect(smtp_fsm_step(SMTP_ST_DATA, SMTP_EV_RSET_OK).next == SMTP_ST_NONE);
	cr_expect(
		smtp_fsm_step_strict(SMTP_ST_DATA, SMTP_EV_RSET_OK).next == SMTP_ST_DATA);
}

static const struct {
	enum smtp_st state;
	enum smtp_ev event;
	enum smtp_st mirror, strict;
	enum smtp_act strict_action;
} rules[] = {
	{SMTP_ST_RCPT, SMTP_EV_RCPT_NO, SMTP_ST_RCPT, SMTP_ST_IDLE, SMTP_ACT_DISCARD},
	{SMTP_ST_RCPT, SMTP_EV_DATA_NO, SMTP_ST_RCPT, SMTP_ST_IDLE, SMTP_ACT_DISCARD},
	{SMTP_ST_MAIL, SMTP_EV_OTHER_NO, SMTP_ST_MAIL, SMTP_ST_IDLE, SMTP_ACT_DISCARD},
	{SMTP_ST_MAIL, SMTP_EV_MAIL_OK, SMTP_ST_MAIL, SMTP_ST_IDLE, SMTP_ACT_DISCARD},
	{SMTP_ST_IDLE, SMTP_EV_DATA_GO, SMTP_ST_DATA, SMTP_ST_DATA, SMTP_ACT_DISCARD},
	{SMTP_ST_IDLE, SMTP_EV_CHUNK, SMTP_ST_CHUNKS, SMTP_ST_CHUNKS, SMTP_ACT_DISCARD},
	{SMTP_ST_IDLE, SMTP_EV_OTHER_NO, SMTP_ST_IDLE, SMTP_ST_IDLE, SMTP_ACT_NONE},
	{SMTP_ST_VERDICT, SMTP_EV_REFUSED, SMTP_ST_IDLE, SMTP_ST_IDLE,
		SMTP_ACT_END_REFUSED},
	{SMTP_ST_RCPT, SMTP_EV_RSET_OK, SMTP_ST_IDLE, SMTP_ST_IDLE, SMTP_ACT_ABANDON},
	{SMTP_ST_HELO, SMTP_EV_MAIL_OK, SMTP_ST_MAIL, SMTP_ST_HELO, SMTP_ACT_DISCARD},
	{SMTP_ST_MAIL, SMTP_EV_DATA_GO, SMTP_ST_DATA, SMTP_ST_DATA, SMTP_ACT_DISCARD},
	{SMTP_ST_RCPT, SMTP_EV_OTHER_OK, SMTP_ST_RCPT, SMTP_ST_IDLE, SMTP_ACT_DISCARD},
};

Test(smtp_fsm, strict_discards_what_mirror_lives_with)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		struct smtp_edge m = smtp_fsm_step(rules[i].state, rules[i].event);
		struct smtp_edge s = smtp_fsm_step_strict(rules[i].state, rules[i].event);
		cr_expect(m.next == rules[i].mirror, "rule %zu", i);
		cr_expect(s.next == rules[i].strict && s.action == rules[i].strict_action,
			"rule %zu: %s %s", i, smtp_fsm_state_name((enum smtp_st)s.next),
			smtp_fsm_action_name((enum smtp_act)s.action));
	}
}
