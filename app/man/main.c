// SPDX-License-Identifier: BSD-3-Clause

// Makes a manual page, while building: a page with the prose in it, and lines such as @options@
// where a list from the programs' tables belongs.
//
//   mailtap-man PAGE [HELP]    HELP: what the program prints for --help

#include "help.h"
#include "lists.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (1 << 20)

static const struct list {
	const char *mark;
	void (*write)(struct mt_buf *out); // NULL: a part of the program's help
	enum help_part part;
} lists[] = {
	{"@commands@", NULL, HELP_COMMANDS},
	{"@options@", NULL, HELP_OPTIONS},
	{"@exits@", NULL, HELP_EXITS},
	{"@keys@", lists_keys, 0},
	{"@counters@", lists_counters, 0},
	{"@oddities@", lists_oddities, 0},
};

static int read_text(const char *path, struct mt_buf *ret)
{
	FILE *f = fopen(path, "r");
	char chunk[4096];
	size_t n;

	if (f == NULL)
		return -errno;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		mt_buf_add(ret, span_make(chunk, n));
	int rc = ferror(f) ? -EIO : 0;
	fclose(f);
	mt_buf_add_char(ret, '\0');
	return rc == 0 && ret->full ? -EFBIG : rc;
}

// The list for this line, or NULL.
static const struct list *find_list(const char *line, size_t len)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strlen(lists[i].mark) == len && memcmp(line, lists[i].mark, len) == 0)
			return &lists[i];
	return NULL;
}

static int write_page(struct mt_buf *out, const char *page, const char *help)
{
	while (*page != '\0') {
		size_t len = strcspn(page, "\n");
		const struct list *list = find_list(page, len);
		int rc = 0;
		if (list == NULL)
			mt_buf_add(out, span_make(page, len + (page[len] == '\n')));
		else if (list->write != NULL)
			list->write(out);
		else
			rc = help_write(out, help, list->part);
		if (rc != 0) {
			fprintf(stderr,
				"mailtap-man: %s: nothing of the kind in the help\n",
				list->mark);
			return rc;
		}
		page += len + (page[len] == '\n');
	}
	return out->full ? -EFBIG : 0;
}

int main(int argc, char *argv[])
{
	struct mt_buf page, help, out;
	int rc = -EINVAL;

	mt_buf_init(&page, FILE_MAX);
	mt_buf_init(&help, FILE_MAX);
	mt_buf_init(&out, FILE_MAX);
	if (argc == 2 || argc == 3)
		rc = read_text(argv[1], &page);
	if (rc == 0 && argc == 3)
		rc = read_text(argv[2], &help);
	if (rc == 0)
		rc = write_page(
			&out, (const char *)page.ptr, argc == 3 ? (char *)help.ptr : "");
	if (rc == 0)
		fwrite(out.ptr, 1, out.len, stdout);
	else
		fprintf(stderr, "mailtap-man: %s\n", strerror(-rc));
	mt_buf_fini(&page);
	mt_buf_fini(&help);
	mt_buf_fini(&out);
	return rc == 0 && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
