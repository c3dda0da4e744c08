// SPDX-License-Identifier: BSD-3-Clause
#include "screen_top.h"

#include "field.h"
#include "human.h"
#include "screen.h"

#define RATE_AT     10
#define LINE_AT     24
#define SECOND_US   1000000u
#define RESERVED    1 // rows at the end: the keys
#define PORTS_MOST  4
#define MAILS_LEAST 3

static const struct {
	int key;
	const char *title;
} pages[SCREEN_TOP_COUNT] = {
#define X(name, key, title) {key, title},
	SCREEN_TOP_LIST(X)
#undef X
};

static const struct {
	const char *title;
	enum human_kind kind;
} rates[SCREEN_TOP_RATE_COUNT] = {
#define X(name, title, kind) {title, kind},
	SCREEN_TOP_RATES(X)
#undef X
};

static uint64_t sum_ports(const struct facts *facts, const char *key)
{
	json_t *ports = facts->answer[FACT_PORTS], *port;
	uint64_t sum = 0;
	const char *name;

	json_object_foreach(ports, name, port) sum += field_u64(port, key);
	return sum;
}

static void read_counters(const struct facts *facts, uint64_t to[SCREEN_TOP_RATE_COUNT])
{
	const json_t *health = facts->answer[FACT_HEALTH];

	to[SCREEN_TOP_RATE_OCTETS] = sum_ports(facts, "octets");
	to[SCREEN_TOP_RATE_PACKETS] = sum_ports(facts, "packets");
	to[SCREEN_TOP_RATE_MAILS] = field_u64(health, "mails");
	to[SCREEN_TOP_RATE_LOST] = field_u64(health, "lost_packets");
	to[SCREEN_TOP_RATE_CONNECTIONS] = 0;
}

void screen_top_take(struct screen_top *top, const struct facts *facts, uint64_t now_us)
{
	uint64_t now[SCREEN_TOP_RATE_COUNT], past_us = now_us - top->before_us;
	bool anew = top->before_us == 0 || past_us == 0;

	read_counters(facts, now);
	for (int i = 0; i < SCREEN_TOP_RATE_COUNT; i++)
		if (now[i] < top->before[i])
			anew = true;
	if (anew)
		memset(top->rates, 0, sizeof(top->rates));
	for (int i = 0; i < SCREEN_TOP_RATE_COUNT; i++) {
		uint64_t rate = anew
			? 0
			: (uint64_t)((unsigned __int128)(now[i] - top->before[i]) *
				  SECOND_US / past_us);
		// No counter of them is told; the appliance's own rate is.
		if (i == SCREEN_TOP_RATE_CONNECTIONS)
			rate = field_u64(facts->answer[FACT_HEALTH], "connections_s");
		if (!anew || i == SCREEN_TOP_RATE_CONNECTIONS)
			spark_add(&top->rates[i], rate);
		top->before[i] = now[i];
	}
	top->before_us = now_us;
	facts_fini(&top->facts);
	top->facts = *facts;
}

void screen_top_fini(struct screen_top *top)
{
	facts_fini(&top->facts);
	handoff_fini(&top->handoff);
}

unsigned screen_top_needs(enum screen_top_page page)
{
	static const unsigned needs[SCREEN_TOP_COUNT] = {
		[SCREEN_TOP_OVERVIEW] = FACT_BIT(LCORES) | FACT_BIT(SMTP) |
			FACT_BIT(MAILS) | FACT_BIT(LEDGER) | FACT_BIT(SPOOL),
		[SCREEN_TOP_LCORES] = FACT_BIT(LCORES),
		[SCREEN_TOP_SERVERS] = FACT_BIT(SMTP),
		[SCREEN_TOP_MAILS] = FACT_BIT(MAILS),
		[SCREEN_TOP_LEDGER] = FACT_BIT(LEDGER) | FACT_BIT(DROPS),
	};

	return FACT_BIT(HEALTH) | FACT_BIT(INFO) | FACT_BIT(PORTS) | needs[page];
}

static bool turn_to(struct screen_top *top, size_t page)
{
	bool same = top->page == page;

	if (same && page == SCREEN_TOP_HELP)
		page = SCREEN_TOP_OVERVIEW;
	else if (same)
		return false;
	top->page = (enum screen_top_page)page;
	top->scroll = 0;
	screen_top_sort_first(top);
	return true;
}

bool screen_top_key(struct screen_top *top, int key)
{
	size_t columns = screen_top_columns(top->page);

	for (size_t i = 0; i < SCREEN_TOP_COUNT; i++)
		if (pages[i].key == key)
			return turn_to(top, i);
	switch (key) {
	case '\t':
		return turn_to(top, (top->page + 1) % SCREEN_TOP_HELP);
	case '?':
		return turn_to(top, SCREEN_TOP_HELP);
	case 's':
		top->sort = columns > 0 ? (top->sort + 1) % columns : 0;
		return columns > 0;
	case 'r':
		top->reverse = !top->reverse;
		return columns > 0;
	case 'p':
	case ' ':
		top->paused = !top->paused;
		return true;
	case 'j':
		top->scroll++;
		return true;
	case 'k':
		top->scroll -= top->scroll > 0;
		return true;
	default:
		return false;
	}
}

// --- the overview

static size_t draw_rates(struct screen_top *top, struct grid *g, size_t row)
{
	char room[HUMAN_SIZE];
	size_t width = g->columns > LINE_AT ? g->columns - LINE_AT : 0;

	for (int i = 0; i < SCREEN_TOP_RATE_COUNT; i++, row++) {
		uint64_t now = spark_get(&top->rates[i], 0);
		enum grid_style style =
			i == SCREEN_TOP_RATE_LOST && now > 0 ? GRID_WARN : GRID_PLAIN;
		grid_put(g, row, 0, GRID_DIM, span_text(rates[i].title));
		grid_put_right(g, row, LINE_AT - 2, style,
			span_text(human(rates[i].kind, now, room)));
		spark_line(g, row, LINE_AT, width < SPARK_MAX ? width : SPARK_MAX,
			&top->rates[i]);
	}
	return row;
}

static size_t draw_ledger(struct screen_top *top, struct grid *g, size_t row)
{
	const json_t *health = top->facts.answer[FACT_HEALTH];
	const json_t *ledger = top->facts.answer[FACT_LEDGER];
	char room[HUMAN_SIZE];

	if (ledger == NULL)
		return row;
	bool balanced = field_is(ledger, "balanced", "yes");
	grid_put(g, row, 0, GRID_DIM, span_text("ledger"));
	size_t at = grid_put(g, row, RATE_AT, balanced ? GRID_GOOD : GRID_WARN,
		span_text(balanced ? "balanced" : "not balanced now"));
	at = grid_printf(g, row, at + 3, GRID_PLAIN, "lost packets %s",
		human(HUMAN_COUNT, field_u64(health, "lost_packets"), room));
	at = grid_printf(g, row, at + 3, GRID_PLAIN, "complete %s",
		human(HUMAN_PPM, field_u64(health, "complete_ppm"), room));
	grid_printf(g, row, at + 3, GRID_PLAIN, "TLS %s",
		human(HUMAN_PPM, field_u64(health, "dark_ppm"), room));
	return row + 1;
}

// As many bars in a row as have a place: "1 ##### 98 %".
static size_t draw_lcores(struct screen_top *top, struct grid *g, size_t row, size_t end)
{
	json_t *lcores = top->facts.answer[FACT_LCORES], *lcore;
	size_t each = 22, at = RATE_AT;
	char room[HUMAN_SIZE];
	const char *name;

	if (json_object_size(lcores) > 0)
		grid_put(g, row, 0, GRID_DIM, span_text("lcores"));
	json_object_foreach(lcores, name, lcore)
	{
		uint64_t busy = field_u64(lcore, "busy_ppm");
		if (at + each > g->columns) {
			at = RATE_AT;
			row++;
		}
		if (row >= end)
			return row;
		const char *number = strncmp(name, "lcore", 5) == 0 ? name + 5 : name;
		grid_put_right(g, row, at + 3, GRID_PLAIN, span_text(number));
		spark_bar(g, row, at + 4, 10, busy, 1000000);
		snprintf(room, sizeof(room), "%u %%", (unsigned)(busy / 10000));
		grid_put_right(g, row, at + 19, GRID_PLAIN, span_text(room));
		at += each;
	}
	return at > RATE_AT ? row + 1 : row;
}

static size_t draw_mails(struct screen_top *top, struct grid *g, size_t row, size_t end)
{
	json_t *mails = top->facts.answer[FACT_MAILS], *mail;
	size_t width = g->columns > 29 ? g->columns - 29 : 0;
	const char *id;

	if (json_object_size(mails) > 0 && row < end)
		grid_put(g, row, 0, GRID_DIM, span_text("mails"));
	json_object_foreach(mails, id, mail)
	{
		struct span time = field_text(mail, "time");
		struct span subject = field_text(mail, "subject");
		if (row >= end)
			break;
		grid_put(g, row, RATE_AT, GRID_PLAIN,
			span_head(span_skip(time, 11), 8)); // of the day
		grid_put_cut(
			g, row, RATE_AT + 9, 9, GRID_PLAIN, field_text(mail, "outcome"));
		grid_put_cut(
			g, row, 29, width / 2 - 1, GRID_PLAIN, field_text(mail, "from"));
		grid_put_cut(g, row++, 29 + width / 2, width - width / 2, GRID_PLAIN,
			subject.len > 0 ? subject : field_text(mail, "rcpt"));
	}
	return row;
}

static void draw_overview(struct screen_top *top, struct grid *g, size_t row)
{
	const struct facts *facts = &top->facts;
	size_t end = g->rows - RESERVED;
	struct grid reasons;
	size_t need = 0;

	// Reasons matter most: their place is kept, up to a third of the screen.
	if (grid_init(&reasons, g->rows / 3, g->columns))
		need = screen_reasons(&reasons, 0, facts->answer[FACT_HEALTH]);
	need = need > g->rows / 3 ? g->rows / 3 : need;
	grid_copy(g, row, &reasons, need);
	grid_fini(&reasons);
	row = draw_rates(top, g, row + need);
	row = draw_ledger(top, g, row);
	row = screen_ports(g, row, facts->answer[FACT_PORTS],
		g->rows > 30 ? 2 * PORTS_MOST : PORTS_MOST);
	row = draw_lcores(top, g, row, end);
	if (row + json_array_size(top->handoff.outputs) < end)
		row = handoff_draw(g, row, &top->handoff);
	if (row + MAILS_LEAST < end)
		row = screen_servers(
			g, row, facts->answer[FACT_SMTP], (end - row - MAILS_LEAST) / 2);
	draw_mails(top, g, row, end);
}

static void draw_help(struct grid *g, size_t row)
{
	static const char *const lines[] = {
		"1..6, Tab   overview, ports, lcores, servers, mails, ledger",
		"s, r        sort by the next column, turn the order round",
		"j, k        scroll down, up (arrows do too)",
		"p, blank    hold what is shown, go on",
		"h, ?        this page and back",
		"q, Ctrl-C   end",
		"",
		"The lines show the last minutes, the newest on the right; each is as",
		"high as its own largest value. Rates are of the last second, those in",
		"the tables of the last ten.",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		grid_put(g, row + i, 2, GRID_PLAIN, span_text(lines[i]));
}

// --- the frame

static size_t draw_head(struct screen_top *top, struct grid *g)
{
	size_t row = 1;

	if (top->facts.answer[FACT_HEALTH] != NULL)
		screen_head(g, 0, &top->facts);
	else
		grid_printf(g, 0, 0, GRID_BOLD, "mailtap '%s'", top->file_prefix);
	if (top->paused)
		grid_put_right(g, 0, g->columns, GRID_WARN, span_text("held (p: go on)"));
	if (top->trouble[0] == '\0')
		return row;
	return grid_wrap(g, row, 0, GRID_BAD, span_text(top->trouble));
}

static void draw_keys(const struct screen_top *top, struct grid *g)
{
	size_t row = g->rows - 1, at = 0;

	grid_paint(g, row, GRID_BAR);
	for (size_t i = 0; i < SCREEN_TOP_COUNT; i++) {
		// The page at hand stands out of the bar.
		enum grid_style style = top->page == i ? GRID_BOLD : GRID_BAR;
		at = grid_printf(
			g, row, at, style, " %c %s", pages[i].key, pages[i].title);
		at = grid_put(g, row, at, style, span_text(" "));
	}
	if (at + 7 <= g->columns)
		grid_put_right(g, row, g->columns - 1, GRID_BAR, span_text("q end"));
}

static void draw_too_small(struct grid *g)
{
	char text[64];

	snprintf(text, sizeof(text), "The terminal is too small: %dx%d is needed.",
		SCREEN_TOP_COLUMNS, SCREEN_TOP_ROWS);
	grid_wrap(g, 0, 0, GRID_WARN, span_text(text));
}

void screen_top_draw(struct screen_top *top, struct grid *g)
{
	grid_clear(g);
	if (g->rows < SCREEN_TOP_ROWS || g->columns < SCREEN_TOP_COLUMNS) {
		draw_too_small(g);
		return;
	}
	size_t row = draw_head(top, g);
	if (top->page == SCREEN_TOP_HELP)
		draw_help(g, row + 1);
	else if (top->facts.answer[FACT_HEALTH] == NULL)
		grid_put(g, row + 1, 0, GRID_PLAIN,
			span_text("waiting for the appliance"));
	else if (top->page == SCREEN_TOP_OVERVIEW)
		draw_overview(top, g, row);
	else
		screen_top_draw_table(top, g, row);
	for (size_t i = 0; i < g->columns; i++)
		grid_char(g, g->rows - 1, i, GRID_BAR, L' ');
	draw_keys(top, g);
}
