// SPDX-License-Identifier: BSD-3-Clause
#include "field.h"
#include "filter.h"
#include "human.h"
#include "link.h"
#include "newest.h"
#include "table.h"

#include <stdlib.h>
#include <sysexits.h>

// A terminal that is not wide has no place for recipients, years and remarks.
#define NARROW     110
#define TIME_TO    19 // before fraction and zone
#define NARROW_AT  5 // behind the year
#define NARROW_LEN 11 // down to minutes
#define LIVE_MAX   32 // the appliance tells no more at once

static const struct table_column wide[] = {
	{"time (UTC)", false, false},
	{"id", false, false},
	{"from", false, true},
	{"to", false, true},
	{"subject", false, true},
	{"size", true, false},
	{"outcome", false, false},
	{"remarks", false, true},
};

static const struct table_column narrow[] = {
	{"time (UTC)", false, false},
	{"id", false, false},
	{"from", false, true},
	{"subject", false, true},
	{"size", true, false},
	{"outcome", false, false},
};

#define COUNT(list) (sizeof(list) / sizeof(list[0]))

struct list {
	const struct ctl *ctl;
	struct filter filter;
	struct table table;
	size_t width; // of the terminal
	bool narrow;
	size_t count, told;
};

// One row, wherever it comes from.
struct row {
	struct span time, id, from, to, subject, outcome;
	uint64_t taken, refused; // recipients
	uint64_t size;
	struct mt_buf remarks;
};

// "2026-11-25T04:00:00.123456+0000" as "2026-11-25 04:00:00" or "11-25 04:00".
static void add_time(struct list *list, struct span time)
{
	char text[TIME_TO];

	time = span_head(time, TIME_TO);
	if (list->narrow)
		time = span_head(span_skip(time, NARROW_AT), NARROW_LEN);
	for (size_t i = 0; i < time.len; i++)
		text[i] = time.ptr[i] == 'T' ? ' ' : (char)time.ptr[i];
	table_add(&list->table, span_make(text, time.len));
}

// The first recipient that was not refused, and how many more there are.
static void add_to(struct table *t, const struct row *row)
{
	struct mt_buf text;

	mt_buf_init(&text, row->to.len + 64);
	mt_buf_add(&text, row->to);
	if (row->taken > 1)
		mt_buf_printf(&text, " +%llu", (unsigned long long)row->taken - 1);
	if (row->refused > 0)
		mt_buf_printf(&text, "%s%llu refused", text.len > 0 ? ", " : "",
			(unsigned long long)row->refused);
	table_add(t, mt_buf_span(&text));
	mt_buf_fini(&text);
}

static void add_remark(struct mt_buf *text, struct span word)
{
	if (word.len == 0)
		return;
	if (text->len > 0)
		mt_buf_add_char(text, ' ');
	mt_buf_add(text, word);
}

static void add_row(struct list *list, const struct row *row)
{
	struct table *t = &list->table;
	char room[HUMAN_SIZE];

	add_time(list, row->time);
	table_add(t, row->id);
	table_add(t, row->from);
	if (!list->narrow)
		add_to(t, row);
	table_add(t, row->subject);
	if (list->narrow)
		table_add_text(t, human(HUMAN_OCTETS, row->size, room));
	else
		table_add_u64(t, row->size);
	table_add(t, row->outcome);
	if (!list->narrow)
		table_add(t, mt_buf_span(&row->remarks));
}

static void add_record(struct list *list, const json_t *record, bool given_up)
{
	const json_t *own = json_object_get(record, "mailtap");
	const json_t *smtp = json_object_get(record, "smtp");
	const json_t *taken = json_object_get(smtp, "rcpt_to");
	const json_t *odd = json_object_get(own, "odd");
	size_t rcpts = json_array_size(json_object_get(own, "rcpts"));
	struct row row = {
		.time = field_text(record, "timestamp"),
		.id = field_text(own, "id"),
		.from = field_text(smtp, "mail_from"),
		.to = field_string(json_array_get(taken, 0)),
		.subject = field_text(json_object_get(record, "email"), "subject"),
		.outcome = given_up ? span_text("given up") : field_text(own, "outcome"),
		.taken = json_array_size(taken),
		.size = field_u64(own, "size"),
	};

	row.refused = rcpts > row.taken ? rcpts - row.taken : 0;
	mt_buf_init(&row.remarks, 4096);
	if (given_up)
		add_remark(&row.remarks, field_text(own, "outcome"));
	if (!field_is_true(own, "complete"))
		add_remark(&row.remarks, span_text("incomplete"));
	if (!given_up && !field_is_true(own, "stored"))
		add_remark(&row.remarks, span_text("not_stored"));
	for (size_t i = 0; i < json_array_size(odd); i++)
		add_remark(&row.remarks, field_string(json_array_get(odd, i)));
	add_row(list, &row);
	mt_buf_fini(&row.remarks);
}

static void print_record(json_t *record, struct span text, bool given_up)
{
	if (given_up) {
		json_object_set_new(
			json_object_get(record, "mailtap"), "given_up", json_true());
		json_dumpf(record, stdout, JSON_COMPACT);
	} else {
		fwrite(text.ptr, 1, text.len, stdout);
	}
	putchar('\n');
}

static bool take_mail(void *ctx, const struct newest_mail *mail)
{
	struct list *list = ctx;
	json_t *record = field_read(mail->json);

	if (json_is_object(json_object_get(record, "mailtap")) &&
		filter_takes(&list->filter, record, mail->given_up)) {
		if (list->ctl->json)
			print_record(record, mail->json, mail->given_up);
		else
			add_record(list, record, mail->given_up);
		list->told++;
	}
	json_decref(record);
	return list->told < list->count;
}

static void add_live(struct list *list, const char *id, const json_t *mail)
{
	uint64_t rcpts = field_u64(mail, "rcpts"),
		 refused = field_u64(mail, "rcpts_refused");
	struct row row = {
		.time = field_text(mail, "time"),
		.id = span_text(id),
		.from = field_text(mail, "from"),
		.to = field_text(mail, "rcpt"),
		.subject = field_text(mail, "subject"),
		.outcome = field_text(mail, "outcome"),
		.taken = rcpts > refused ? rcpts - refused : 0,
		.refused = refused,
		.size = field_u64(mail, "size"),
	};

	mt_buf_init(&row.remarks, 4096);
	if (field_is(mail, "complete", "no"))
		add_remark(&row.remarks, span_text("incomplete"));
	if (field_is(mail, "stored", "no"))
		add_remark(&row.remarks, span_text("not_stored"));
	if (field_u64(mail, "alerts") > 0)
		add_remark(&row.remarks, span_text("alert"));
	add_remark(&row.remarks, field_text(mail, "odd"));
	add_row(list, &row);
	mt_buf_fini(&row.remarks);
}

static int list_live(struct list *list, struct mt_error *error)
{
	size_t count = list->count < LIVE_MAX ? list->count : LIVE_MAX;
	char command[64];
	json_t *answer, *mail;
	const char *id;

	if (filter_is_set(&list->filter)) {
		mt_error_set(error, 0,
			"--live: --from, --rcpt, --subject, --since and --outcome look into "
			"the spool only");
		return EX_USAGE;
	}
	snprintf(command, sizeof(command), "/mailtap/mails,%zu", count);
	int code = link_ask(list->ctl, command, &answer, error);
	if (code != 0)
		return code;
	if (list->ctl->json)
		field_print(answer);
	else
		json_object_foreach(answer, id, mail) add_live(list, id, mail);
	json_decref(answer);
	return 0;
}

int ctl_mails(const struct ctl *ctl, struct mt_error *error)
{
	struct list list = {.ctl = ctl, .width = table_width(stdout)};

	list.count = ctl->count > 0 ? ctl->count : CTL_COUNT_DEFAULT;
	list.narrow = list.width < NARROW;
	int code = filter_make(&list.filter, ctl, mt_clock_wall_us(), error);
	if (code != 0)
		return code;
	table_init(&list.table, list.narrow ? narrow : wide,
		list.narrow ? COUNT(narrow) : COUNT(wide));
	code = ctl->live ? list_live(&list, error)
			 : newest_mails(ctl->spool, take_mail, &list, error);
	if (code == 0 && !ctl->json)
		table_print(&list.table, stdout, list.width);
	table_fini(&list.table);
	return code;
}
