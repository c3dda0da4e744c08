// SPDX-License-Identifier: BSD-3-Clause

// Every cell of the automaton, in words of its own: what stands here was not made from the code,
// so that a cell that changes is seen.

#include "smtp_fsm.h"

#include <stdio.h>

#include <criterion/criterion.h>

// For an event: "STATES: NEXT ACTION" and more of these behind a semicolon. NEXT may be "same".
// A state that is not named has no arrow on this event.
struct row {
	const char *event, *cells;
};

// clang-format off
static const struct row mirror[] = {
	{"BANNER",   "CONNECT: HELO NONE"},
	{"HELO_OK",  "CONNECT HELO IDLE DEAD: IDLE NONE; MAIL RCPT: IDLE ABANDON; CHUNKS: IDLE END_UNKNOWN"},
	{"HELO_NO",  "CONNECT HELO IDLE MAIL RCPT CHUNKS DEAD: same NONE"},
	{"MAIL_OK",  "CONNECT HELO IDLE DEAD: MAIL OPEN; MAIL RCPT CHUNKS: MAIL REOPEN"},
	{"MAIL_NO",  "CONNECT HELO IDLE MAIL RCPT CHUNKS DEAD: same NONE"},
	{"RCPT_OK",  "MAIL RCPT: RCPT ADD_RCPT; CONNECT HELO IDLE CHUNKS DEAD: RCPT ADD_BLIND"},
	{"RCPT_NO",  "MAIL RCPT: same ADD_RCPT; CONNECT HELO IDLE CHUNKS DEAD: same NONE"},
	{"DATA_GO",  "MAIL RCPT: DATA BEGIN; CONNECT HELO IDLE DEAD: DATA BEGIN_BLIND; DATA CHUNKS: DATA BEGIN_CUT"},
	{"DATA_NO",  "CONNECT HELO IDLE MAIL RCPT CHUNKS DEAD: same NONE; DATA: IDLE END_REFUSED"},
	{"CHUNK",    "MAIL RCPT: CHUNKS BEGIN; CONNECT HELO IDLE: CHUNKS BEGIN_BLIND; CHUNKS DEAD: same NONE"},
	{"CHUNK_NO", "CONNECT HELO IDLE MAIL RCPT DEAD: same NONE; CHUNKS VERDICT: DEAD END_REFUSED"},
	{"EOD",      "DATA CHUNKS: VERDICT NONE; DEAD: same NONE"},
	{"TAKEN",    "DATA VERDICT: IDLE END_ACCEPTED; DEAD: IDLE NONE"},
	{"REFUSED",  "DATA VERDICT: IDLE END_REFUSED; DEAD: same NONE"},
	{"NO_WORD",  "VERDICT: IDLE END_UNKNOWN; DEAD: same NONE"},
	{"RSET_OK",  "CONNECT HELO IDLE: same NONE; MAIL RCPT: IDLE ABANDON; CHUNKS: IDLE END_UNKNOWN; DEAD: IDLE NONE"},
	{"OTHER_OK", "CONNECT HELO IDLE MAIL RCPT CHUNKS VERDICT DEAD: same NONE"},
	{"OTHER_NO", "CONNECT HELO IDLE MAIL RCPT CHUNKS VERDICT DEAD: same NONE"},
	{"RESTART",  "CONNECT HELO IDLE DEAD: HELO NONE; MAIL RCPT: HELO ABANDON; CHUNKS: HELO END_UNKNOWN"},
	{"TLS_OK",   "CONNECT HELO IDLE DEAD: TLS NONE; MAIL RCPT: TLS ABANDON; CHUNKS: TLS END_UNKNOWN"},
	{"HELLO",    "CONNECT HELO IDLE MAIL RCPT DATA CHUNKS VERDICT DEAD TLS: DARK DARK"},
	{"PLAIN",    "TLS: IDLE NONE"},
	{"QUIT_OK",  "CONNECT HELO IDLE DEAD: same NONE; MAIL RCPT: IDLE ABANDON; CHUNKS: IDLE END_UNKNOWN"},
	{"GAP",      "CONNECT HELO IDLE MAIL RCPT VERDICT DEAD: same DOUBT; DATA CHUNKS: same HOLE; TLS: DARK DARK; DARK: same NONE"},
	{"CLOSE",    "CONNECT HELO IDLE DEAD DARK END: END NONE; MAIL RCPT: END ABANDON; DATA CHUNKS VERDICT: END END_UNKNOWN; TLS: END DARK"},
};

// The plain figure. What is not named discards: MAIL and RCPT go to IDLE, the others stay.
static const struct row strict[] = {
	{"BANNER",   "CONNECT: HELO NONE"},
	{"HELO_OK",  "CONNECT HELO IDLE DEAD: IDLE NONE; MAIL RCPT: IDLE ABANDON; CHUNKS: IDLE END_UNKNOWN"},
	{"HELO_NO",  "CONNECT HELO IDLE DEAD: same NONE"},
	{"MAIL_OK",  "CONNECT IDLE DEAD: MAIL OPEN; CHUNKS: IDLE DISCARD"},
	{"MAIL_NO",  "CONNECT HELO IDLE DEAD: same NONE"},
	{"RCPT_OK",  "MAIL RCPT: RCPT ADD_RCPT; CHUNKS: IDLE DISCARD"},
	{"RCPT_NO",  "CONNECT HELO IDLE DEAD: same NONE"},
	{"DATA_GO",  "RCPT: DATA BEGIN; CONNECT HELO IDLE MAIL CHUNKS DEAD: DATA DISCARD"},
	{"DATA_NO",  "CONNECT HELO IDLE DEAD: same NONE; DATA: IDLE END_REFUSED"},
	{"CHUNK",    "RCPT: CHUNKS BEGIN; CONNECT HELO IDLE MAIL: CHUNKS DISCARD; CHUNKS DEAD: same NONE"},
	{"CHUNK_NO", "CONNECT HELO IDLE DEAD: same NONE; CHUNKS VERDICT: DEAD END_REFUSED"},
	{"EOD",      "DATA CHUNKS: VERDICT NONE; DEAD: same NONE"},
	{"TAKEN",    "DATA VERDICT: IDLE END_ACCEPTED; DEAD: IDLE NONE"},
	{"REFUSED",  "DATA VERDICT: IDLE END_REFUSED; DEAD: same NONE"},
	{"NO_WORD",  "VERDICT: IDLE END_UNKNOWN; DEAD: same NONE"},
	{"RSET_OK",  "CONNECT HELO IDLE: same NONE; MAIL RCPT: IDLE ABANDON; CHUNKS: IDLE END_UNKNOWN; DEAD: IDLE NONE"},
	{"OTHER_OK", "CONNECT HELO IDLE DEAD: same NONE"},
	{"OTHER_NO", "CONNECT HELO IDLE DEAD: same NONE"},
	{"RESTART",  "CONNECT HELO IDLE DEAD: HELO NONE; MAIL RCPT: HELO ABANDON; CHUNKS: HELO END_UNKNOWN"},
	{"TLS_OK",   "CONNECT HELO IDLE DEAD: TLS NONE; MAIL RCPT: TLS ABANDON; CHUNKS: TLS END_UNKNOWN"},
	{"HELLO",    "CONNECT HELO IDLE MAIL RCPT DATA CHUNKS VERDICT DEAD TLS: DARK DARK"},
	{"PLAIN",    "TLS: IDLE NONE"},
	{"QUIT_OK",  "CONNECT HELO IDLE DEAD: same NONE; MAIL RCPT: IDLE ABANDON; CHUNKS: IDLE END_UNKNOWN"},
	{"GAP",      "CONNECT HELO IDLE MAIL RCPT VERDICT DEAD: same DOUBT; DATA CHUNKS: same HOLE; TLS: DARK DARK; DARK: same NONE"},
	{"CLOSE",    "CONNECT HELO IDLE DEAD DARK END: END NONE; MAIL RCPT: END ABANDON; DATA CHUNKS VERDICT: END END_UNKNOWN; TLS: END DARK"},
};
// clang-format on

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static bool has_word(const char *words, const char *end, const char *word)
{
	size_t n = strlen(word);

	while (words < end) {
		size_t len = strcspn(words, " :;");
		if (len == n && memcmp(words, word, n) == 0)
			return true;
		words += len + 1;
	}
	return false;
}

// The cell of a state in a row: "NEXT ACTION". Empty: none.
static void find_cell(const struct row *row, const char *state, char ret[64])
{
	const char *group = row->cells;

	ret[0] = '\0';
	while (*group != '\0') {
		const char *colon = strchr(group, ':');
		size_t len = strcspn(colon, ";");
		if (has_word(group, colon, state)) {
			cr_assert(ret[0] == '\0', "%s stands twice in %s", state,
				row->event);
			snprintf(ret, 64, "%.*s", (int)(len - 2), colon + 2);
		}
		group = colon + len;
		group += strspn(group, "; ");
	}
}

static void describe(enum smtp_st state, struct smtp_edge e, char ret[64])
{
	if (e.next == SMTP_ST_NONE)
		ret[0] = '\0';
	else
		snprintf(ret, 64, "%s %s", smtp_fsm_state_name((enum smtp_st)e.next),
			smtp_fsm_action_name((enum smtp_act)e.action));
	cr_assert(e.next < SMTP_ST_COUNT && e.action < SMTP_ACT_COUNT, "%s",
		smtp_fsm_state_name(state));
}

static const struct row *find_row(const struct row *rows, size_t n, const char *event)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].event, event) == 0)
			return &rows[i];
	cr_assert(false, "no row for %s", event);
	return NULL;
}

// "same" is the state itself.
static void expand(const char *state, char cell[64])
{
	char action[64];

	if (memcmp(cell, "same ", 5) != 0)
		return;
	snprintf(action, sizeof(action), "%s", cell + 5);
	snprintf(cell, 64, "%.20s %.40s", state, action);
}

static const char *discard_of(const char *state)
{
	bool before_content = strcmp(state, "MAIL") == 0 || strcmp(state, "RCPT") == 0;

	return before_content ? "IDLE DISCARD" : "same DISCARD";
}

static void walk(const struct row *rows, size_t n, bool is_strict)
{
	int cells = 0;

	for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++) {
		const char *state = smtp_fsm_state_name((enum smtp_st)st);
		for (int ev = 0; ev < SMTP_EV_COUNT; ev++, cells++) {
			const char *event = smtp_fsm_event_name((enum smtp_ev)ev);
			char want[64], have[64];
			find_cell(find_row(rows, n, event), state, want);
			if (is_strict && want[0] == '\0')
				snprintf(want, sizeof(want), "%s", discard_of(state));
			expand(state, want);
			describe((enum smtp_st)st,
				is_strict ? smtp_fsm_step_strict(
						    (enum smtp_st)st, (enum smtp_ev)ev)
					  : smtp_fsm_step(
						    (enum smtp_st)st, (enum smtp_ev)ev),
				have);
			cr_expect_str_eq(have, want,
				"%s, in %s on %s: \"%s\", want \"%s\"",
				is_strict ? "strict" : "mirror", state, event, have,
				want);
		}
	}
	cr_expect_eq(cells, (SMTP_ST_COUNT - 1) * SMTP_EV_COUNT);
	cr_expect_eq(n, (size_t)SMTP_EV_COUNT, "a row for an event that is not there");
}

Test(smtp_fsm_cells, mirror_does_what_the_table_says)
{
	walk(mirror, ROWS(mirror), false);
}

Test(smtp_fsm_cells, strict_does_what_the_table_says)
{
	walk(strict, ROWS(strict), true);
}
