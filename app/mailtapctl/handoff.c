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
#define NAME_WIDTH  13
#define STATE_WIDTH 9
#define STALE_US    10000000u

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
	json_array_append_new(h->outputs, status);
}

void handoff_read(struct handoff *h, const char *spool, uint64_t now_us)
{
	char path[PATH_SIZE];
	struct dirent *entry;

	h->outputs = json_array();
	mt_clock_text(now_us > STALE_US ? now_us - STALE_US : 0, h->stale);
	if (snprintf(path, sizeof(path), "%s/state/inspect", spool) >= (int)sizeof(path))
		return;
	DIR *dir = opendir(path);
	while (dir != NULL && json_array_size(h->outputs) < OUTPUTS_MAX &&
		(entry = readdir(dir)) != NULL)
		take(h, dirfd(dir), entry->d_name);
	if (dir != NULL)
		closedir(dir);
}

void handoff_fini(struct handoff *h)
{
	json_decref(h->outputs);
	h->outputs = NULL;
}

// Only what is not 0 is worth the place.
static const struct {
	const char *group, *key, *before, *behind;
	enum human_kind kind;
	enum grid_style style;
} figures[] = {
	{NULL, "depth", "", " waiting", HUMAN_COUNT, GRID_PLAIN},
	{NULL, "oldest_s", "oldest ", "", HUMAN_AGE, GRID_PLAIN},
	{NULL, "behind", "behind ", "", HUMAN_COUNT, GRID_PLAIN},
	{"verdicts", "clean", "clean ", "", HUMAN_COUNT, GRID_PLAIN},
	{"verdicts", "delivered", "delivered ", "", HUMAN_COUNT, GRID_PLAIN},
	{"verdicts", "hit", "hits ", "", HUMAN_COUNT, GRID_BOLD},
	{"verdicts", "error", "errors ", "", HUMAN_COUNT, GRID_WARN},
	{"verdicts", "dead", "dead ", "", HUMAN_COUNT, GRID_WARN},
	{"verdicts", "expired", "expired ", "", HUMAN_COUNT, GRID_WARN},
	{NULL, "expired_segments", "segments expired ", "", HUMAN_COUNT, GRID_WARN},
};

static bool is_stale(const struct handoff *h, const json_t *status)
{
	struct span at = field_text(status, "timestamp");
	size_t len = strlen(h->stale);

	return !field_is(status, "state", "stopped") &&
		(at.len < len || memcmp(at.ptr, h->stale, len) < 0);
}

static size_t draw_state(
	struct grid *g, size_t row, const struct handoff *h, const json_t *status)
{
	struct span state = field_text(status, "state");
	bool stale = is_stale(h, status);
	bool well = !stale &&
		(field_is(status, "state", "ok") || field_is(status, "state", "waiting"));

	grid_put_cut(g, row, SCREEN_LABEL, NAME_WIDTH - 1, GRID_PLAIN,
		field_text(status, "output"));
	grid_put_cut(g, row, SCREEN_LABEL + NAME_WIDTH, STATE_WIDTH - 1,
		well ? GRID_GOOD : GRID_WARN, stale ? span_text("silent") : state);
	return SCREEN_LABEL + NAME_WIDTH + STATE_WIDTH;
}

static size_t draw_one(
	struct grid *g, size_t row, const struct handoff *h, const json_t *status)
{
	struct span trouble = field_text(status, "trouble");
	char room[HUMAN_SIZE], text[64];

	size_t at = draw_state(g, row, h, status);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		const json_t *group = figures[i].group == NULL
			? status
			: json_object_get(status, figures[i].group);
		uint64_t n = field_u64(group, figures[i].key);
		if (n == 0)
			continue;
		snprintf(text, sizeof(text), "%s%s%s", figures[i].before,
			human(figures[i].kind, n, room), figures[i].behind);
		if (at + strlen(text) > g->columns)
			break;
		at = 3 + grid_put(g, row, at, figures[i].style, span_text(text));
	}
	if (trouble.len == 0)
		return row + 1;
	grid_put(g, row + 1, 0, GRID_WARN, span_text("!"));
	return grid_wrap(g, row + 1, 2, GRID_WARN, trouble);
}

size_t handoff_draw(struct grid *g, size_t row, const struct handoff *h)
{
	size_t count = json_array_size(h->outputs);

	if (count > 0)
		grid_put(g, row, 0, GRID_DIM, span_text("hand-off"));
	for (size_t i = 0; i < count; i++)
		row = draw_one(g, row, h, json_array_get(h->outputs, i));
	return row;
}
