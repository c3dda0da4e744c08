// SPDX-License-Identifier: BSD-3-Clause
#include "term.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <ncurses.h>

struct term {
	SCREEN *screen;
	struct grid grid;
	int attributes[GRID_STYLE_COUNT];
};

static volatile sig_atomic_t ended, resized;

static void on_signal(int signal)
{
	if (signal == SIGWINCH)
		resized = 1;
	else
		ended = 1;
}

// Before ncurses, which leaves alone what is taken already. Without SA_RESTART: a signal also ends
// the wait for an answer.
static void take_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH};
	struct sigaction action = {.sa_handler = on_signal};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static void choose_attributes(struct term *t, bool colour)
{
	static const short pairs[GRID_STYLE_COUNT] = {
		[GRID_GOOD] = COLOR_GREEN,
		[GRID_WARN] = COLOR_YELLOW,
		[GRID_BAD] = COLOR_RED,
	};
	static const attr_t plain[GRID_STYLE_COUNT] = {
		[GRID_BOLD] = A_BOLD,
		[GRID_DIM] = A_DIM,
		[GRID_GOOD] = A_BOLD,
		[GRID_WARN] = A_BOLD,
		[GRID_BAD] = A_BOLD,
		[GRID_BAR] = A_REVERSE,
	};

	colour = colour && has_colors();
	if (colour) {
		start_color();
		use_default_colors();
	}
	for (short i = 0; i < GRID_STYLE_COUNT; i++) {
		t->attributes[i] = (int)plain[i];
		if (!colour || pairs[i] == 0)
			continue;
		init_pair(i, pairs[i], -1);
		t->attributes[i] |= (int)COLOR_PAIR(i);
	}
}

int term_open(struct term **ret, bool colour, struct mt_error *error)
{
	const char *name = getenv("TERM");
	struct term *t;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		mt_error_set(error, 0,
			"top: needs a terminal; mailtapctl status says it once");
		return EX_USAGE;
	}
	t = calloc(1, sizeof(*t));
	if (t == NULL) {
		mt_error_set(error, 0, "no memory");
		return EX_OSERR;
	}
	take_signals();
	t->screen = newterm(NULL, stdout, stdin);
	if (t->screen == NULL) {
		mt_error_set(error, 0,
			"top: the terminal '%.40s' is not known here; try TERM=xterm",
			name != NULL ? name : "");
		free(t);
		return EX_USAGE;
	}
	set_escdelay(25);
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	choose_attributes(t, colour);
	*ret = t;
	return 0;
}

void term_close(struct term *t)
{
	endwin();
	delscreen(t->screen);
	grid_fini(&t->grid);
	free(t);
}

static void follow_size(void)
{
	struct winsize size;

	resized = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 &&
		size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
	clearok(stdscr, TRUE);
}

struct grid *term_grid(struct term *t)
{
	size_t rows = (size_t)getmaxy(stdscr), columns = (size_t)getmaxx(stdscr);

	if (t->grid.cells != NULL && t->grid.rows == rows && t->grid.columns == columns)
		return &t->grid;
	grid_fini(&t->grid);
	return grid_init(&t->grid, rows, columns) ? &t->grid : NULL;
}

void term_show(struct term *t)
{
	const struct grid *g = &t->grid;

	erase();
	for (size_t i = 0; i < g->rows * g->columns; i++) {
		const struct grid_cell *cell = &g->cells[i];
		wchar_t text[2] = {cell->c, L'\0'};
		cchar_t shown;
		int attributes = t->attributes[cell->style];
		if (cell->c == 0)
			continue;
		setcchar(&shown, text, (attr_t)attributes, (short)PAIR_NUMBER(attributes),
			NULL);
		// The last cell of all cannot be written without scrolling: it says so and is written.
		mvadd_wch((int)(i / g->columns), (int)(i % g->columns), &shown);
	}
	refresh();
}

static int read_key(void)
{
	wint_t c;
	int kind = get_wch(&c);

	if (kind == ERR)
		return TERM_NONE;
	if (kind == KEY_CODE_YES)
		return c == KEY_DOWN ? 'j' : c == KEY_UP ? 'k' : TERM_NONE;
	return c == 'q' || c == 'Q' || c == 3 ? TERM_END : (int)c;
}

int term_wait(struct term *t, int ms)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	int key = TERM_NONE;

	(void)t;
	if (ended)
		return TERM_END;
	int n = poll(&in, 1, ms);
	if (n > 0 && (in.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		return TERM_END;
	if (n > 0)
		key = read_key();
	if (resized)
		follow_size();
	return ended ? TERM_END : key;
}
