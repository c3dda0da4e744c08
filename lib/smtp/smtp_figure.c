// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_figure.h"

#include <stdio.h>

// So many states that do alike are drawn as a box.
#define CROWD 3

enum kind { // how an arrow is drawn
	ABSENT,
	PLAIN, // both policies have it
	MIRROR, // strict discards there
};

static bool is_same(struct smtp_edge a, struct smtp_edge b)
{
	return a.next == b.next && a.action == b.action;
}

static enum kind kind_of(enum smtp_st st, enum smtp_ev ev)
{
	struct smtp_edge e = smtp_fsm_step(st, ev);
	bool stays =
		e.next == st && (e.action == SMTP_ACT_NONE || e.action == SMTP_ACT_DOUBT);

	if (e.next == SMTP_ST_NONE || stays)
		return ABSENT;
	return is_same(e, smtp_fsm_step_strict(st, ev)) ? PLAIN : MIRROR;
}

// Of the connection, not of a mail: they lead to one place from wherever they come.
static bool is_of_connection(enum smtp_ev ev)
{
	return ev == SMTP_EV_CLOSE || ev == SMTP_EV_HELLO || ev == SMTP_EV_TLS_OK ||
		ev == SMTP_EV_RESTART;
}

// The states, as bits, that do on this event what st does; 0 where it is drawn alone. What a mail
// in hand goes through on the connection's own events is the same everywhere: it ends.
static uint32_t crowd_of(enum smtp_st st, enum smtp_ev ev)
{
	struct smtp_edge e = smtp_fsm_step(st, ev);
	uint32_t crowd = 0, count = 0;

	if (kind_of(st, ev) == ABSENT ||
		(kind_of(st, ev) == PLAIN && !is_of_connection(ev)))
		return 0;
	for (int other = SMTP_ST_CONNECT; other < SMTP_ST_COUNT; other++) {
		struct smtp_edge o = smtp_fsm_step((enum smtp_st)other, ev);
		if (kind_of((enum smtp_st)other, ev) != kind_of(st, ev) ||
			o.next != e.next || o.next == other ||
			(!is_of_connection(ev) && o.action != e.action))
			continue;
		crowd |= 1u << other;
		count++;
	}
	return count >= CROWD && crowd & 1u << st ? crowd : 0;
}

static void add_states(struct mt_buf *out, uint32_t states, const char *between)
{
	bool first = true;

	for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++) {
		if (!(states & 1u << st))
			continue;
		mt_buf_printf(out, "%s%s", first ? "" : between,
			smtp_fsm_state_name((enum smtp_st)st));
		first = false;
	}
}

static void add_action(struct mt_buf *out, enum smtp_act action)
{
	if (action != SMTP_ACT_NONE)
		mt_buf_printf(out, " / %s", smtp_fsm_action_name(action));
}

// One line of a label, or the beginning of its arrow.
static void add_event(struct mt_buf *out, bool first, const char *from, enum smtp_st to,
	enum smtp_ev ev)
{
	if (first)
		mt_buf_printf(out, "\t%s -> %s [label=\"", from, smtp_fsm_state_name(to));
	else
		mt_buf_add_text(out, "\\n");
	mt_buf_add_text(out, smtp_fsm_event_help(ev));
}

static void end_arrow(struct mt_buf *out, enum kind kind)
{
	mt_buf_add_text(out, kind == MIRROR ? "\" style=dashed];\n" : "\"];\n");
}

static void draw_between(
	struct mt_buf *out, enum smtp_st from, enum smtp_st to, enum kind kind)
{
	bool any = false;

	for (int n = 0; n < SMTP_EV_COUNT; n++) {
		enum smtp_ev ev = (enum smtp_ev)n;
		struct smtp_edge e = smtp_fsm_step(from, ev);
		if (e.next != to || kind_of(from, ev) != kind || crowd_of(from, ev) != 0)
			continue;
		add_event(out, !any, smtp_fsm_state_name(from), to, ev);
		add_action(out, (enum smtp_act)e.action);
		any = true;
	}
	if (any)
		end_arrow(out, kind);
}

static uint32_t crowd_first(uint32_t crowd)
{
	return (uint32_t)__builtin_ctz(crowd);
}

static void draw_crowd(struct mt_buf *out, uint32_t crowd, enum smtp_ev ev)
{
	enum smtp_st first = (enum smtp_st)crowd_first(crowd);
	struct smtp_edge e = smtp_fsm_step(first, ev);
	char from[32];

	snprintf(from, sizeof(from), "crowd_%s_%s", smtp_fsm_event_name(ev),
		smtp_fsm_state_name(first));
	mt_buf_printf(out, "\t%s [style=dotted label=\"", from);
	add_states(out, crowd, "\\n");
	mt_buf_add_text(out, "\"];\n");
	add_event(out, true, from, (enum smtp_st)e.next, ev);
	if (is_of_connection(ev))
		mt_buf_add_text(out, "\\n(an open mail ends)");
	else
		add_action(out, (enum smtp_act)e.action);
	end_arrow(out, kind_of(first, ev));
}

static void draw_crowds(struct mt_buf *out)
{
	for (int ev = 0; ev < SMTP_EV_COUNT; ev++) {
		for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++) {
			uint32_t crowd = crowd_of((enum smtp_st)st, (enum smtp_ev)ev);
			if (crowd != 0 && crowd_first(crowd) == (uint32_t)st)
				draw_crowd(out, crowd, (enum smtp_ev)ev);
		}
	}
}

bool smtp_figure_dot(struct mt_buf *out)
{
	mt_buf_add_text(out,
		"digraph smtp {\n"
		"\tgraph [rankdir=TB fontname=\"sans-serif\" fontsize=11 labelloc=b\n"
		"\t\tlabel=\"solid: both policies   dashed: mirror alone, strict discards\"];\n"
		"\tnode [shape=box style=rounded fontname=\"sans-serif\" fontsize=11];\n"
		"\tedge [fontname=\"sans-serif\" fontsize=9];\n");
	for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++)
		mt_buf_printf(out, "\t%s [label=\"%s\\n%s\"];\n",
			smtp_fsm_state_name((enum smtp_st)st),
			smtp_fsm_state_name((enum smtp_st)st),
			smtp_fsm_state_help((enum smtp_st)st));
	for (int from = SMTP_ST_CONNECT; from < SMTP_ST_COUNT; from++) {
		for (int to = SMTP_ST_CONNECT; to < SMTP_ST_COUNT; to++) {
			draw_between(out, (enum smtp_st)from, (enum smtp_st)to, PLAIN);
			draw_between(out, (enum smtp_st)from, (enum smtp_st)to, MIRROR);
		}
	}
	draw_crowds(out);
	return mt_buf_add_text(out, "}\n");
}

// "EVENT/ACTION" of every arrow from one state to another.
static bool add_arrows_to(
	struct mt_buf *out, enum smtp_st from, enum smtp_st to, bool first)
{
	bool any = false;

	for (int ev = 0; ev < SMTP_EV_COUNT; ev++) {
		struct smtp_edge e = smtp_fsm_step(from, (enum smtp_ev)ev);
		if (e.next != to || (to == from && e.action == SMTP_ACT_NONE))
			continue;
		if (any)
			mt_buf_add_text(out, ", ");
		else
			mt_buf_printf(out, "%s**%s** ", first ? "" : "; ",
				smtp_fsm_state_name(to));
		mt_buf_add_text(out, smtp_fsm_event_name((enum smtp_ev)ev));
		if (e.action != SMTP_ACT_NONE)
			mt_buf_printf(out, "/%s",
				smtp_fsm_action_name((enum smtp_act)e.action));
		any = true;
	}
	return any;
}

bool smtp_figure_arrows(struct mt_buf *out)
{
	mt_buf_add_text(out, "| in | goes to, on event/action |\n|---|---|\n");
	for (int from = SMTP_ST_CONNECT; from < SMTP_ST_COUNT; from++) {
		bool any = false;
		if (from == SMTP_ST_END)
			continue;
		mt_buf_printf(out, "| %s | ", smtp_fsm_state_name((enum smtp_st)from));
		for (int to = SMTP_ST_CONNECT; to < SMTP_ST_COUNT; to++)
			any |= add_arrows_to(
				out, (enum smtp_st)from, (enum smtp_st)to, !any);
		mt_buf_add_text(out, " |\n");
	}
	return !out->full;
}

// What a policy does at a step, in a form that is alike for states that do alike.
struct deed {
	bool absent, stays;
	struct smtp_edge edge;
};

static struct deed deed_of(enum smtp_st st, struct smtp_edge e)
{
	struct deed d = {.absent = e.next == SMTP_ST_NONE, .stays = e.next == st};

	d.edge.action = e.action;
	d.edge.next = d.stays ? SMTP_ST_NONE : e.next;
	return d;
}

static bool is_same_deed(struct deed a, struct deed b)
{
	return a.absent == b.absent && a.stays == b.stays && is_same(a.edge, b.edge);
}

static void add_deed(struct mt_buf *out, struct deed d)
{
	if (d.absent)
		mt_buf_add_text(out, "stays, tells `out_of_step`");
	else if (d.stays)
		mt_buf_add_text(out, "stays");
	else
		mt_buf_printf(
			out, "**%s**", smtp_fsm_state_name((enum smtp_st)d.edge.next));
	if (d.edge.action != SMTP_ACT_NONE)
		mt_buf_printf(
			out, ", %s", smtp_fsm_action_name((enum smtp_act)d.edge.action));
}

// Whether a state does the same as another on this event, and not the same in both policies.
static bool is_alike(enum smtp_st a, enum smtp_st b, enum smtp_ev ev)
{
	struct smtp_edge mirror = smtp_fsm_step(b, ev);
	struct smtp_edge strict = smtp_fsm_step_strict(b, ev);

	return !is_same(mirror, strict) &&
		is_same_deed(deed_of(a, smtp_fsm_step(a, ev)), deed_of(b, mirror)) &&
		is_same_deed(deed_of(a, smtp_fsm_step_strict(a, ev)), deed_of(b, strict));
}

static uint32_t alike(enum smtp_st st, enum smtp_ev ev)
{
	uint32_t states = 0;

	for (int other = SMTP_ST_CONNECT; other < SMTP_ST_COUNT; other++)
		if (is_alike(st, (enum smtp_st)other, ev))
			states |= 1u << other;
	return states;
}

static void add_row(struct mt_buf *out, uint32_t states, const char *on, enum smtp_st st,
	enum smtp_ev ev)
{
	mt_buf_add_text(out, "| ");
	add_states(out, states, " ");
	mt_buf_printf(out, " | %s | ", on);
	add_deed(out, deed_of(st, smtp_fsm_step(st, ev)));
	mt_buf_add_text(out, " | ");
	add_deed(out, deed_of(st, smtp_fsm_step_strict(st, ev)));
	mt_buf_add_text(out, " |\n");
}

// The arrows that the table does not have, by what strict does instead.
static void add_absent(struct mt_buf *out, bool stays)
{
	enum smtp_st first = SMTP_ST_NONE;
	enum smtp_ev on = 0;
	uint32_t states = 0;

	for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++) {
		for (int ev = 0; ev < SMTP_EV_COUNT; ev++) {
			enum smtp_st s = (enum smtp_st)st;
			enum smtp_ev e = (enum smtp_ev)ev;
			if (smtp_fsm_step(s, e).next != SMTP_ST_NONE ||
				(smtp_fsm_step_strict(s, e).next == s) != stays)
				continue;
			states |= 1u << st;
			if (first == SMTP_ST_NONE)
				on = e;
			if (first == SMTP_ST_NONE)
				first = s;
		}
	}
	if (states != 0)
		add_row(out, states, "any other event", first, on);
}

bool smtp_figure_policies(struct mt_buf *out)
{
	mt_buf_add_text(out, "| in | on | `mirror` | `strict` |\n|---|---|---|---|\n");
	for (int ev = 0; ev < SMTP_EV_COUNT; ev++) {
		for (int st = SMTP_ST_CONNECT; st < SMTP_ST_COUNT; st++) {
			enum smtp_st s = (enum smtp_st)st;
			enum smtp_ev e = (enum smtp_ev)ev;
			uint32_t states = alike(s, e);
			if (smtp_fsm_step(s, e).next != SMTP_ST_NONE && states != 0 &&
				crowd_first(states) == (uint32_t)st)
				add_row(out, states, smtp_fsm_event_help(e), s, e);
		}
	}
	add_absent(out, false);
	add_absent(out, true);
	return !out->full;
}
