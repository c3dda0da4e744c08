// SPDX-License-Identifier: BSD-3-Clause
#include "handoff.h"

#include "field.h"
#include "human.h"
#include "screen.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE   4096
#define STATUS_MAX  (64u << 10)
#define OUTPUTS_MAX 64
#define NAME_WIDTH  16

static const char suffix[] = ".status";

static json_t *read_status(int folder, const char *name)
{
	static char text[STATUS_MAX];
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);

	if (fd < 0)
		return NULL;
	ssize_t len = read(fd, text, sizeof(text));
	close(fd);
	return len > 0 ? field_read(span_make(text, (size_t)len)) : NULL;
}

static void take(struct handoff *h, int folder, const char *name)
{
	size_t len = strlen(name);

	if (len < sizeof(suffix) || name[0] == '.' ||
		strcmp(name + len - (sizeof(suffix) - 1), suffix) != 0)
		return;
	json_t *status = read_status(folder, name);
	if (status == NULL)
		return;
	if (!field_has(status, "name"))
		json_object_set_new(
			status, "name", json_stringn(name, len - (sizeof(suffix) - 1)));
	json_array_append_new(h->inspectors, status);
}

void handoff_read(struct handoff *h, const char *spool)
{
	char path[PATH_SIZE];
	struct dirent *entry;

	h->inspectors = json_array();
	if (snprintf(path, sizeof(path), "%s/state/inspect", spool) >= (int)sizeof(path))
		return;
	DIR *dir = opendir(path);
	while (dir != NULL && json_array_size(h->inspectors) < OUTPUTS_MAX &&
		(entry = readdir(dir)) != NULL)
		take(h, dirfd(dir), entry->d_name);
	if (dir != NULL)
		closedir(dir);
}

void handoff_fini(struct handoff *h)
{
	json_decref(h->inspectors);
	h->inspectors = NULL;
}

// The figures, as far as they are there: key, words around it.
static const struct {
	const char *key, *before, *behind;
	enum human_kind kind;
	bool bad; // where it is not 0
} figures[] = {
	{"lag_s", "behind ", "", HUMAN_AGE, false},
	{"pending", "", " waiting", HUMAN_COUNT, false},
	{"done", "", " done", HUMAN_COUNT, false},
	{"hits", "", " hits", HUMAN_COUNT, false},
	{"errors", "", " errors", HUMAN_COUNT, true},
	{"expired", "", " expired", HUMAN_COUNT, true},
};

static void draw_one(struct grid *g, size_t row, const json_t *status)
{
	char room[HUMAN_SIZE];
	size_t at = SCREEN_LABEL + NAME_WIDTH;

	grid_put_cut(g, row, SCREEN_LABEL, NAME_WIDTH - 1, GRID_PLAIN,
		field_text(status, "name"));
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		uint64_t n = field_u64(status, figures[i].key);
		if (!field_has(status, figures[i].key) || (n == 0 && figures[i].bad))
			continue;
		at = 3 +
			grid_printf(g, row, at, figures[i].bad ? GRID_WARN : GRID_PLAIN,
				"%s%s%s", figures[i].before,
				human(figures[i].kind, n, room), figures[i].behind);
	}
}

size_t handoff_draw(struct grid *g, size_t row, const struct handoff *h)
{
	size_t count = json_array_size(h->inspectors);

	if (count > 0)
		grid_put(g, row, 0, GRID_DIM, span_text("hand-off"));
	for (size_t i = 0; i < count; i++)
		draw_one(g, row + i, json_array_get(h->inspectors, i));
	return row + count;
}
