// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The live screen as a grid: pages of what the appliance says, drawn from its answers and from
// what they were before. No terminal is touched here.

#include "facts.h"
#include "grid.h"
#include "handoff.h"
#include "spark.h"

#define SCREEN_TOP_ROWS    16 // a terminal with less is told so
#define SCREEN_TOP_COLUMNS 60

// name, key, title
#define SCREEN_TOP_LIST(X)           \
	X(OVERVIEW, '1', "overview") \
	X(PORTS, '2', "ports")       \
	X(LCORES, '3', "lcores")     \
	X(SERVERS, '4', "servers")   \
	X(MAILS, '5', "mails")       \
	X(LEDGER, '6', "ledger")     \
	X(HELP, 'h', "help")

enum screen_top_page {
#define X(name, key, title) SCREEN_TOP_##name,
	SCREEN_TOP_LIST(X)
#undef X
	SCREEN_TOP_COUNT
};

// Figures whose past is kept: name, title, how they are written
#define SCREEN_TOP_RATES(X)                    \
	X(OCTETS, "traffic", HUMAN_BITS)       \
	X(PACKETS, "packets", HUMAN_RATE)      \
	X(MAILS, "mails", HUMAN_RATE)          \
	X(CONNECTIONS, "sessions", HUMAN_RATE) \
	X(LOST, "lost", HUMAN_RATE)

enum screen_top_rate {
#define X(name, title, kind) SCREEN_TOP_RATE_##name,
	SCREEN_TOP_RATES(X)
#undef X
	SCREEN_TOP_RATE_COUNT
};

struct screen_top {
	enum screen_top_page page;
	size_t sort; // nth column of the page's table
	bool reverse;
	bool paused;
	size_t scroll; // rows
	const char *file_prefix;
	struct facts facts; // newest; health NULL: none yet
	struct handoff handoff; // outputs NULL: none
	char trouble[256]; // why there is nothing newer, "": all is well
	uint64_t silent_s; // for so long
	struct spark rates[SCREEN_TOP_RATE_COUNT];
	uint64_t before[SCREEN_TOP_RATE_COUNT]; // counters of the last sample
	uint64_t before_us; // its time, 0: none
};

// Takes over the facts as the newest sample, seen at this time of the monotonic clock. A counter
// that went down says that the appliance was started anew: the past is forgotten.
void screen_top_take(struct screen_top *top, const struct facts *facts, uint64_t now_us);
void screen_top_fini(struct screen_top *top);
// Which facts the page needs beside health, as a set for facts_ask.
unsigned screen_top_needs(enum screen_top_page page);
// What a key does to what is shown. False: nothing.
bool screen_top_key(struct screen_top *top, int key);
void screen_top_draw(struct screen_top *top, struct grid *g);

// screen_top_pages.c: the table of a page from that row on, down to the last row but one.
void screen_top_draw_table(struct screen_top *top, struct grid *g, size_t row);
// Puts the page's table into the order it has at first.
void screen_top_sort_first(struct screen_top *top);
// How many columns the page can be sorted by; 0: it is no table.
size_t screen_top_columns(enum screen_top_page page);
