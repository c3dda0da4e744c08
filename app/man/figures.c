// SPDX-License-Identifier: BSD-3-Clause

// Prints a figure of the automaton, made from the table that the program runs on. The README and
// lib/smtp hold copies, which tests/lint/figures keeps in step.
//
//   mailtap-figures dot|arrows|policies

#include "smtp_figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIGURE_MAX (1 << 20)

static const struct {
	const char *name;
	bool (*draw)(struct mt_buf *out);
} figures[] = {
	{"dot", smtp_figure_dot},
	{"arrows", smtp_figure_arrows},
	{"policies", smtp_figure_policies},
};

int main(int argc, char *argv[])
{
	struct mt_buf out;
	bool well = false;

	mt_buf_init(&out, FIGURE_MAX);
	for (size_t i = 0; argc == 2 && i < sizeof(figures) / sizeof(figures[0]); i++)
		if (strcmp(argv[1], figures[i].name) == 0)
			well = figures[i].draw(&out);
	if (well)
		fwrite(out.ptr, 1, out.len, stdout);
	else
		fprintf(stderr, "usage: mailtap-figures dot|arrows|policies\n");
	mt_buf_fini(&out);
	return well && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
