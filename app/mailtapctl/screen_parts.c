// SPDX-License-Identifier: BSD-3-Clause
#include "field.h"
#include "human.h"
#include "rank.h"
#include "screen.h"
#include "table.h"

#include <stdlib.h>

#define WIDTH_USUAL  80
#define WIDTH_LEAST  40
#define ROWS_HEALTH  400
#define WIDE         120 // columns from which on there is more to say
#define PPM_PERCENT  10000
#define DAYS_FEW_X10 30
#define SILENT_S     10

enum grid_style screen_style(struct span state)
{
	static const struct {
		const char *word;
		enum grid_style style;
	} words[] = {
		{"OK", GRID_GOOD},
		{"DEGRADED", GRID_WARN},
		{"degraded", GRID_WARN},
		{"notice", GRID_PLAIN},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_equal(state, span_text(words[i].word)))
			return words[i].style;
	return GRID_BAD;
}

static void label(struct grid *g, size_t row, const char *text)
{
	grid_put(g, row, 0, GRID_DIM, span_text(text));
}

size_t screen_head(struct grid *g, size_t row, const struct facts *facts)
{
	const json_t *health = facts->answer[FACT_HEALTH];
	const json_t *info = facts->answer[FACT_INFO];
	struct span state = field_text(health, "state");
	char room[HUMAN_SIZE];

	size_t at = grid_put(g, row, 0, screen_style(state),
		state.len > 0 ? state : span_text("UNKNOWN"));
	at = grid_put(g, row, at + 3, GRID_BOLD, span_text("mailtap"));
	if (field_has(info, "version"))
		at = grid_put(g, row, at + 1, GRID_BOLD, field_text(info, "version"));
	at = grid_printf(g, row, at + 3, GRID_PLAIN, "up %s",
		human(HUMAN_AGE, field_u64(health, "uptime_s"), room));
	struct span prefix = field_text(info, "file_prefix");
	if (prefix.len > 0 && !span_equal(prefix, span_text("mailtap"))) {
		at = grid_put(g, row, at + 3, GRID_PLAIN, span_text("as "));
		grid_put(g, row, at, GRID_PLAIN, prefix);
	}
	return row + 1;
}

static void put_port_name(
	struct grid *g, size_t row, const char *key, const json_t *port, size_t width)
{
	struct span name = field_text(port, "interface");
	struct span leg = field_text(port, "leg");
	size_t room = width - 1 - (leg.len > 0 ? leg.len + 1 : 0);

	size_t at = grid_put_cut(g, row, SCREEN_LABEL, room, GRID_PLAIN,
		name.len > 0 ? name : span_text(key));
	if (leg.len == 1)
		grid_put(g, row, at + 1, GRID_PLAIN, leg);
}

static void put_lost(struct grid *g, size_t row, size_t at, const json_t *port)
{
	uint64_t lost = field_u64(port, "missed") + field_u64(port, "no_mbuf");
	uint64_t ppm = human_ppm(lost, lost + field_u64(port, "packets"));
	char room[HUMAN_SIZE];
	enum grid_style style = lost > 0 ? GRID_WARN : GRID_PLAIN;

	if (lost == 0) {
		grid_put(g, row, at, style, span_text("lost 0"));
		return;
	}
	at = grid_printf(g, row, at, style, "lost %s",
		ppm == 0 ? "<0.0001 %" : human(HUMAN_PPM, ppm, room));
	grid_printf(g, row, at + 2, style, "%s", human(HUMAN_COUNT, lost, room));
}

static void put_port(struct grid *g, size_t row, const char *key, const json_t *port)
{
	size_t name = g->columns >= WIDE ? 20 : 11;
	size_t at = SCREEN_LABEL + name;
	uint64_t silent = field_u64(port, "silent_s");
	bool up = field_is(port, "link", "up");
	char room[HUMAN_SIZE];

	put_port_name(g, row, key, port, name);
	grid_put(g, row, at, up ? GRID_PLAIN : GRID_BAD, field_text(port, "link"));
	at += 5;
	if (silent >= SILENT_S) {
		grid_printf(g, row, at, GRID_DIM, "silent for %s",
			human(HUMAN_AGE, silent, room));
	} else {
		human(HUMAN_COUNT, field_u64(port, "packets_s"), room);
		grid_put_right(g, row, at + 10, GRID_PLAIN, span_text(room));
		grid_put(g, row, at + 10, GRID_PLAIN, span_text(" p/s"));
		human(HUMAN_BITS, field_u64(port, "octets_s"), room);
		grid_put_right(g, row, at + 25, GRID_PLAIN, span_text(room));
	}
	put_lost(g, row, at + 28, port);
	if (g->columns >= WIDE) {
		size_t end = grid_printf(g, row, at + 55, GRID_DIM, "%s packets, errors ",
			human(HUMAN_COUNT, field_u64(port, "packets"), room));
		end = grid_put(g, row, end, GRID_DIM,
			span_text(human(HUMAN_COUNT, field_u64(port, "errors"), room)));
		grid_put(g, row, end + 3, GRID_DIM, field_text(port, "device"));
	}
}

static size_t tell_more(
	struct grid *g, size_t row, size_t shown, size_t more, const char *verb)
{
	if (more == 0)
		return row;
	grid_printf(g, row, SCREEN_LABEL, GRID_DIM, "%s%zu%s: mailtapctl %s",
		shown > 0 ? "and " : "", more, shown > 0 ? " more" : "", verb);
	return row + 1;
}

size_t screen_ports(struct grid *g, size_t row, const json_t *ports, size_t most)
{
	size_t count = json_object_size(ports), shown = 0;
	const char *key;
	json_t *port;

	if (count > 0)
		label(g, row, "capture");
	json_object_foreach((json_t *)(uintptr_t)ports, key, port)
	{
		if (shown == most)
			break;
		put_port(g, row++, key, port);
		shown++;
	}
	return tell_more(g, row, shown, count - shown, "ports");
}

// "word 18,201,334" behind what stands there, or in a row of its own: never a part of a number.
struct figures {
	struct grid *g;
	size_t row, at;
};

static void put_figure(struct figures *f, const char *word, enum human_kind kind,
	const json_t *object, const char *key)
{
	char room[HUMAN_SIZE], text[2 * HUMAN_SIZE];

	if (!field_has(object, key))
		return;
	snprintf(text, sizeof(text), "%s%s%s", word, word[0] != '\0' ? " " : "",
		human(kind, field_u64(object, key), room));
	if (f->at + strlen(text) > f->g->columns) {
		f->row++;
		f->at = SCREEN_LABEL;
	}
	f->at = 3 + grid_put(f->g, f->row, f->at, GRID_PLAIN, span_text(text));
}

size_t screen_mail(struct grid *g, size_t row, const json_t *health)
{
	struct figures f = {g, row, SCREEN_LABEL};

	label(g, row, "mail");
	put_figure(&f, "", HUMAN_RATE, health, "mails_s");
	put_figure(&f, "today", HUMAN_COUNT, health, "mails_today");
	put_figure(&f, "since start", HUMAN_COUNT, health, "mails");
	if (field_u64(health, "mails") > 0)
		put_figure(&f, "complete", HUMAN_PPM, health, "complete_ppm");
	f.row++;
	f.at = SCREEN_LABEL;
	put_figure(&f, "accepted", HUMAN_COUNT, health, "accepted");
	put_figure(&f, "refused", HUMAN_COUNT, health, "refused");
	put_figure(&f, "unknown", HUMAN_COUNT, health, "unknown");
	put_figure(&f, "connections", HUMAN_COUNT, health, "connections");
	return f.row + (f.at > SCREEN_LABEL);
}

size_t screen_dark(struct grid *g, size_t row, const json_t *health)
{
	char share[HUMAN_SIZE], room[HUMAN_SIZE];

	if (!field_has(health, "dark"))
		return row;
	label(g, row, "TLS");
	if (field_u64(health, "dark") == 0)
		grid_put(g, row, SCREEN_LABEL, GRID_PLAIN,
			span_text("no session went dark"));
	else
		grid_printf(g, row, SCREEN_LABEL, GRID_PLAIN,
			"%s of sessions went dark (%s): their mails are not seen",
			human(HUMAN_PPM, field_u64(health, "dark_ppm"), share),
			human(HUMAN_COUNT, field_u64(health, "dark"), room));
	return row + 1;
}

static void put_server(struct grid *g, size_t row, const json_t *server)
{
	static const char *const more[] = {"accepted", "refused", "open"};
	size_t name = g->columns >= WIDE ? 42 : 25;
	size_t at = SCREEN_LABEL + name;
	struct span last = field_text(server, "last");
	char room[HUMAN_SIZE];

	grid_put_cut(
		g, row, SCREEN_LABEL, name - 1, GRID_PLAIN, field_text(server, "server"));
	human(HUMAN_COUNT, field_u64(server, "mails"), room);
	grid_put_right(g, row, at + 11, GRID_PLAIN, span_text(room));
	grid_put(g, row, at + 11, GRID_PLAIN, span_text(" mails"));
	human(HUMAN_PPM, field_u64(server, "dark_ppm"), room);
	grid_put(g, row, at + 20, GRID_PLAIN, span_text("TLS"));
	grid_put_right(g, row, at + 32, GRID_PLAIN, span_text(room));
	// Of the time, hours to seconds.
	if (last.len >= 19)
		grid_printf(g, row, at + 34, GRID_DIM, "at %.8s",
			(const char *)last.ptr + 11);
	if (g->columns < WIDE)
		return;
	at += 58;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++, at += 22) {
		if (at + 1 + strlen(more[i]) > g->columns)
			break;
		human(HUMAN_COUNT, field_u64(server, more[i]), room);
		grid_put_right(g, row, at, GRID_PLAIN, span_text(room));
		grid_put(g, row, at + 1, GRID_DIM, span_text(more[i]));
	}
}

size_t screen_servers(struct grid *g, size_t row, const json_t *smtp, size_t most)
{
	const json_t *items = json_object_get(smtp, "items");
	size_t count = json_array_size(items);
	size_t shown = count < most ? count : most;
	size_t order[RANK_MAX];

	if (count > 0)
		label(g, row, "servers");
	rank_array(items, "mails", false, order);
	for (size_t i = 0; i < shown && i < RANK_MAX; i++)
		put_server(g, row++, json_array_get(items, order[i]));
	return tell_more(g, row, shown, count - shown, "smtp");
}

size_t screen_disk(struct grid *g, size_t row, const struct facts *facts)
{
	const json_t *spool = facts->answer[FACT_SPOOL];
	uint64_t total = field_u64(spool, "total"), free = field_u64(spool, "free");
	uint64_t days = field_u64(spool, "days_left_x10");
	char room[HUMAN_SIZE];

	if (!field_has(spool, "free"))
		return row;
	label(g, row, "disk");
	size_t at = SCREEN_LABEL;
	if (total > 0 && free <= total)
		at = 3 +
			grid_printf(g, row, at, GRID_PLAIN, "%llu %% used",
				(unsigned long long)human_ppm(total - free, total) /
					PPM_PERCENT);
	at = grid_printf(
		g, row, at, GRID_PLAIN, "%s free", human(HUMAN_OCTETS, free, room));
	if (days > 0)
		at = grid_printf(g, row, at + 3,
			days < DAYS_FEW_X10 ? GRID_WARN : GRID_PLAIN,
			"~%s.%u days left at this rate",
			human(HUMAN_COUNT, days / 10, room), (unsigned)(days % 10));
	struct span directory = field_text(spool, "directory");
	if (at + 3 < g->columns)
		grid_put_cut(g, row, at + 3, g->columns - at - 3, GRID_DIM, directory);
	return row + 1;
}

size_t screen_scan(struct grid *g, size_t row, const json_t *signatures)
{
	const json_t *items = json_object_get(signatures, "items");
	uint64_t hits = 0;
	char room[HUMAN_SIZE];

	if (json_array_size(items) == 0)
		return row;
	for (size_t i = 0; i < json_array_size(items); i++)
		hits += field_u64(json_array_get(items, i), "hits");
	label(g, row, "scan");
	size_t at = grid_printf(g, row, SCREEN_LABEL, GRID_PLAIN, "%s signatures",
		human(HUMAN_COUNT, json_array_size(items), room));
	grid_printf(
		g, row, at + 3, GRID_PLAIN, "hits %s", human(HUMAN_COUNT, hits, room));
	return row + 1;
}

size_t screen_reasons(struct grid *g, size_t row, const json_t *health)
{
	json_t *reasons = json_object_get(health, "reasons"), *reason;
	const char *code;

	json_object_foreach(reasons, code, reason)
	{
		enum grid_style style = screen_style(field_text(reason, "weight"));
		struct span hint = field_text(reason, "hint");
		struct span text = field_text(reason, "text");
		grid_put(g, row, 0, style, span_text("!"));
		row = grid_wrap(g, row, 2, style, text.len > 0 ? text : span_text(code));
		if (hint.len > 0) {
			grid_put(g, row, 2, GRID_PLAIN, span_text("->"));
			row = grid_wrap(g, row, 5, GRID_PLAIN, hint);
		}
	}
	return row;
}

size_t screen_width(void)
{
	size_t width = table_width(stdout);

	if (width == TABLE_UNLIMITED)
		return WIDTH_USUAL;
	return width < WIDTH_LEAST ? WIDTH_LEAST : width;
}

bool screen_allows_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return no == NULL || no[0] == '\0';
}

bool screen_colour(void)
{
	return table_width(stdout) != TABLE_UNLIMITED && screen_allows_colour();
}

void screen_print_health(const json_t *health)
{
	struct facts facts = {.answer = {[FACT_HEALTH] = (json_t *)(uintptr_t)health}};
	struct grid g;

	if (!grid_init(&g, ROWS_HEALTH, screen_width()))
		return;
	size_t row = screen_head(&g, 0, &facts);
	row = screen_mail(&g, row, health);
	row = screen_dark(&g, row, health);
	screen_reasons(&g, row, health);
	grid_print(&g, stdout, screen_colour());
	grid_fini(&g);
}
