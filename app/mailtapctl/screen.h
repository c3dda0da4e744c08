// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Parts of screens, drawn from the appliance's answers into a grid: each takes the row to begin
// at and returns the row behind. What an answer lacks is left out.

#include "facts.h"
#include "grid.h"

#define SCREEN_LABEL 10 // columns in front of what a line says

// One word, version, age.
size_t screen_head(struct grid *g, size_t row, const struct facts *facts);
// A line a port, at most `most` of them.
size_t screen_ports(struct grid *g, size_t row, const json_t *ports, size_t most);
size_t screen_mail(struct grid *g, size_t row, const json_t *health);
size_t screen_dark(struct grid *g, size_t row, const json_t *health);
// A line a server, those with most mails first.
size_t screen_servers(struct grid *g, size_t row, const json_t *smtp, size_t most);
size_t screen_disk(struct grid *g, size_t row, const struct facts *facts);
size_t screen_scan(struct grid *g, size_t row, const json_t *signatures);
// Every reason and what to do about it, wrapped.
size_t screen_reasons(struct grid *g, size_t row, const json_t *health);

// The style of a state or of a reason's weight.
enum grid_style screen_style(struct span state);
// Columns to draw for: those of the terminal, 80 where there is none.
size_t screen_width(void);
// Whether colours are wanted: not where NO_COLOR is set.
bool screen_allows_colour(void);
// Whether to print them: where standard output is a terminal.
bool screen_colour(void);
// health alone, to stdout.
void screen_print_health(const json_t *health);
