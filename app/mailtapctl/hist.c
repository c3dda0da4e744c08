// SPDX-License-Identifier: BSD-3-Clause
#include "bucket.h"
#include "ctl.h"
#include "field.h"
#include "grid.h"
#include "human.h"
#include "link.h"
#include "screen.h"
#include "spark.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define ROWS      (BUCKET_MAX + 2)
#define BAR_AT    44
#define BAR_WIDTH 100 // at most

static const struct {
	const char *name, *title;
} hists[] = {
	{"commit_ms", "from the end of a batch to its being durable"},
	{"mail_octets", "size of the mails' contents"},
	{"batch_mails", "mails a batch"},
};

#define HISTS (sizeof(hists) / sizeof(hists[0]))

static void draw_bucket(struct grid *g, size_t row, const struct bucket *b,
	uint64_t before, uint64_t most, uint64_t total, bool octets)
{
	char room[HUMAN_SIZE], bound[HUMAN_SIZE] = "more";
	uint64_t own = b->below - before;
	size_t width = g->columns > BAR_AT + 1 ? g->columns - BAR_AT - 1 : 0;

	if (b->bound != UINT64_MAX)
		human(octets ? HUMAN_OCTETS : HUMAN_COUNT, b->bound, bound);
	grid_put_right(g, row, 14, GRID_PLAIN, span_text(bound));
	human(HUMAN_COUNT, own, room);
	grid_put_right(g, row, 30, GRID_PLAIN, span_text(room));
	human(HUMAN_PPM, human_ppm(b->below, total), room);
	grid_put_right(g, row, 42, GRID_DIM, span_text(room));
	spark_bar(g, row, BAR_AT, width < BAR_WIDTH ? width : BAR_WIDTH, own, most);
}

// From the first bucket with something in it to the last.
static void draw(struct grid *g, const struct bucket *buckets, size_t count, bool octets)
{
	uint64_t most = 0, total = count > 0 ? buckets[count - 1].below : 0;
	size_t row = 1;

	for (size_t i = 0; i < count; i++) {
		uint64_t own = buckets[i].below - (i > 0 ? buckets[i - 1].below : 0);
		most = own > most ? own : most;
	}
	grid_put_right(g, 0, 14, GRID_DIM, span_text("at most"));
	grid_put_right(g, 0, 30, GRID_DIM, span_text("count"));
	grid_put_right(g, 0, 42, GRID_DIM, span_text("up to here"));
	for (size_t i = 0; i < count; i++) {
		uint64_t before = i > 0 ? buckets[i - 1].below : 0;
		if (buckets[i].below == 0 || before == total)
			continue;
		draw_bucket(g, row++, &buckets[i], before, most, total, octets);
	}
}

static void print(size_t nth, const json_t *answer)
{
	struct bucket buckets[BUCKET_MAX];
	size_t count = bucket_read(answer, buckets);
	uint64_t n = field_u64(answer, "count"), sum = field_u64(answer, "sum");
	struct span unit = field_text(answer, "unit");
	char number[HUMAN_SIZE], mean[HUMAN_SIZE];
	struct grid g;

	printf("%s: %s; %s in all, mean %s %s\n", hists[nth].name, hists[nth].title,
		human(HUMAN_COUNT, n, number),
		human(HUMAN_COUNT, n > 0 ? sum / n : 0, mean),
		span_equal(unit, span_text("octets")) ? "octets"
			: nth == 0                    ? "ms"
						      : "mails");
	if (n == 0 || !grid_init(&g, ROWS, screen_width()))
		return;
	draw(&g, buckets, count, nth == 1);
	grid_print(&g, stdout, screen_colour());
	grid_fini(&g);
}

static int show(
	struct link *link, const struct ctl *ctl, size_t nth, struct mt_error *error)
{
	char command[64];
	json_t *answer;

	snprintf(command, sizeof(command), "/mailtap/hist,%s", hists[nth].name);
	int code = link_question(link, command, &answer, error);
	if (code != 0)
		return code;
	if (ctl->json) {
		json_object_set_new(answer, "name", json_string(hists[nth].name));
		field_print(answer);
	} else {
		print(nth, answer);
	}
	json_decref(answer);
	return 0;
}

int ctl_hist(const struct ctl *ctl, struct mt_error *error)
{
	const char *name = ctl->word_count > 0 ? ctl->words[0] : NULL;
	struct link *link;
	bool known = name == NULL;

	for (size_t i = 0; i < HISTS && !known; i++)
		known = strcmp(hists[i].name, name) == 0;
	if (!known || ctl->word_count > 1) {
		mt_error_set(error, 0,
			"hist: one of commit_ms, mail_octets, batch_mails, or none for all");
		return EX_USAGE;
	}
	int code = link_open(ctl, 5, &link, error);
	if (code != 0)
		return code;
	for (size_t i = 0, told = 0; i < HISTS && code == 0; i++) {
		if (name != NULL && strcmp(hists[i].name, name) != 0)
			continue;
		if (told++ > 0 && !ctl->json)
			putchar('\n');
		code = show(link, ctl, i, error);
	}
	link_close(link);
	return code;
}
