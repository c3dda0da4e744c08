// SPDX-License-Identifier: BSD-3-Clause
#include "ctl.h"
#include "screen.h"
#include "screen_top.h"
#include "term.h"

#include "mt_clock.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define EACH_US    1000000u
#define PATIENCE_S 2

struct watch {
	const struct ctl *ctl;
	struct link *link; // NULL: not now
	struct screen_top *top;
	uint64_t answered_us; // last time
};

static void lose(struct watch *w, const struct mt_error *error)
{
	struct screen_top *top = w->top;
	uint64_t silent = (mt_clock_mono_us() - w->answered_us) / 1000000;

	link_close(w->link);
	w->link = NULL;
	if (w->answered_us != 0)
		snprintf(top->trouble, sizeof(top->trouble),
			"no answer for %llu s, trying again: %.180s",
			(unsigned long long)silent, error->text);
	else
		snprintf(top->trouble, sizeof(top->trouble), "%.240s", error->text);
}

// One sample, or the reason why there is none.
static void ask(struct watch *w)
{
	struct mt_error error = {""};
	struct facts facts;
	int code = 0;

	if (w->link == NULL)
		code = link_open(w->ctl, PATIENCE_S, &w->link, &error);
	if (code == 0)
		code = facts_ask(w->link, screen_top_needs(w->top->page), &facts, &error);
	if (code != 0) {
		lose(w, &error);
		return;
	}
	w->answered_us = mt_clock_mono_us();
	w->top->trouble[0] = '\0';
	screen_top_take(w->top, &facts, w->answered_us);
	handoff_fini(&w->top->handoff);
	handoff_read(&w->top->handoff, facts_spool(&w->top->facts, w->ctl->spool),
		mt_clock_wall_us());
}

static void show(struct watch *w, struct term *term)
{
	struct grid *g = term_grid(term);

	if (g == NULL)
		return;
	screen_top_draw(w->top, g);
	term_show(term);
}

static void run(struct watch *w, struct term *term)
{
	uint64_t due_us = 0;
	int key = TERM_NONE;

	while (key != TERM_END) {
		uint64_t now_us = mt_clock_mono_us();
		if (now_us >= due_us && !w->top->paused) {
			ask(w);
			due_us = now_us + EACH_US;
		}
		show(w, term);
		now_us = mt_clock_mono_us();
		uint64_t wait_us = w->top->paused ? EACH_US
			: due_us > now_us         ? due_us - now_us
						  : 0;
		key = term_wait(term, (int)(wait_us / 1000) + 1);
		// Another page has other questions.
		if (key > 0 && screen_top_key(w->top, key) && !w->top->paused)
			due_us = 0;
	}
}

int ctl_top(const struct ctl *ctl, struct mt_error *error)
{
	struct screen_top *top = calloc(1, sizeof(*top));
	struct watch watch = {.ctl = ctl, .top = top};
	struct term *term;
	int code;

	if (top == NULL) {
		mt_error_set(error, 0, "no memory");
		return EX_OSERR;
	}
	top->file_prefix = ctl->file_prefix;
	// Not to be let in does not pass by waiting.
	code = link_open(ctl, PATIENCE_S, &watch.link, error);
	if (code == 0 || code == EX_UNAVAILABLE || code == EX_TEMPFAIL) {
		*error = (struct mt_error){""};
		code = term_open(&term, screen_allows_colour(), error);
		if (code == 0) {
			run(&watch, term);
			term_close(term);
		}
	}
	link_close(watch.link);
	screen_top_fini(top);
	free(top);
	return code;
}
