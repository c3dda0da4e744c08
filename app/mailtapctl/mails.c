// SPDX-License-Identifier: BSD-3-Clause
#include "field.h"
#include "link.h"
#include "spool_reader.h"
#include "table.h"

#include <stdlib.h>
#include <sysexits.h>

static const struct table_column columns[] = {
	{"time (UTC)", false, false},
	{"id", false, false},
	{"from", false, true},
	{"to", false, true},
	{"size", true, false},
	{"outcome", false, false},
	{"remarks", false, true},
};

#define COLUMNS  (sizeof(columns) / sizeof(columns[0]))
#define TIME_TO  19 // before fraction and zone
#define YEAR_LEN 5 // with the line behind it
#define NARROW   110 // columns of a terminal that has no place for the year
// The appliance tells no more at once.
#define LIVE_MAX 32

struct list {
	const struct ctl *ctl;
	struct table table;
	size_t width; // of the terminal
	bool narrow;
	size_t told;
};

static bool contains(struct span text, const char *word)
{
	struct span w = span_text(word);

	for (size_t i = 0; i + w.len <= text.len; i++)
		if (span_equal_nocase(span_make(text.ptr + i, w.len), w))
			return true;
	return false;
}

static bool has_rcpt(const json_t *own, const char *word)
{
	const json_t *rcpts = json_object_get(own, "rcpts");

	for (size_t i = 0; i < json_array_size(rcpts); i++)
		if (contains(field_text(json_array_get(rcpts, i), "to"), word))
			return true;
	return false;
}

static bool is_asked_for(const struct ctl *ctl, const json_t *record, const json_t *own)
{
	const json_t *smtp = json_object_get(record, "smtp");

	if (ctl->from != NULL && !contains(field_text(smtp, "mail_from"), ctl->from))
		return false;
	return ctl->rcpt == NULL || has_rcpt(own, ctl->rcpt);
}

// "2026-11-25T04:00:00.123456+0000" as "2026-11-25 04:00:00".
static void add_time(struct list *list, struct span time)
{
	char text[TIME_TO];

	time = span_skip(span_head(time, TIME_TO), list->narrow ? YEAR_LEN : 0);
	for (size_t i = 0; i < time.len; i++)
		text[i] = time.ptr[i] == 'T' ? ' ' : (char)time.ptr[i];
	table_add(&list->table, span_make(text, time.len));
}

// The first recipient that was not refused, and how many more there are.
static void add_to(struct table *t, struct span first, uint64_t taken, uint64_t refused)
{
	struct mt_buf text;

	mt_buf_init(&text, first.len + 64);
	mt_buf_add(&text, first);
	if (taken > 1)
		mt_buf_printf(&text, " +%llu", (unsigned long long)taken - 1);
	if (refused > 0)
		mt_buf_printf(&text, "%s%llu refused", text.len > 0 ? ", " : "",
			(unsigned long long)refused);
	table_add(t, mt_buf_span(&text));
	mt_buf_fini(&text);
}

static void add_remark(struct mt_buf *text, struct span word)
{
	if (text->len > 0)
		mt_buf_add_char(text, ' ');
	mt_buf_add(text, word);
}

static void add_remarks(struct table *t, const json_t *own)
{
	const json_t *odd = json_object_get(own, "odd");
	struct mt_buf text;

	mt_buf_init(&text, 4096);
	if (!field_is_true(own, "complete"))
		add_remark(&text, span_text("incomplete"));
	if (!field_is_true(own, "stored"))
		add_remark(&text, span_text("not_stored"));
	for (size_t i = 0; i < json_array_size(odd); i++) {
		const json_t *name = json_array_get(odd, i);
		add_remark(&text,
			span_make(json_string_value(name), json_string_length(name)));
	}
	table_add(t, mt_buf_span(&text));
	mt_buf_fini(&text);
}

static void add_row(struct list *list, const json_t *record, const json_t *own)
{
	struct table *t = &list->table;
	const json_t *smtp = json_object_get(record, "smtp");
	const json_t *taken = json_object_get(smtp, "rcpt_to");
	const json_t *first = json_array_get(taken, 0);
	size_t rcpts = json_array_size(json_object_get(own, "rcpts"));
	size_t good = json_array_size(taken);

	add_time(list, field_text(record, "timestamp"));
	table_add(t, field_text(own, "id"));
	table_add(t, field_text(smtp, "mail_from"));
	add_to(t, span_make(json_string_value(first), json_string_length(first)), good,
		rcpts > good ? rcpts - good : 0);
	table_add_u64(t, field_u64(own, "size"));
	table_add(t, field_text(own, "outcome"));
	add_remarks(t, own);
}

static bool take_mail(void *ctx, const struct spool_found *found)
{
	struct list *list = ctx;
	json_t *record = field_read(found->json);
	const json_t *own = json_object_get(record, "mailtap");

	if (own != NULL && is_asked_for(list->ctl, record, own)) {
		if (list->ctl->json) {
			fwrite(found->json.ptr, 1, found->json.len, stdout);
			putchar('\n');
		} else {
			add_row(list, record, own);
		}
		list->told++;
	}
	json_decref(record);
	return list->told < list->ctl->count;
}

static int list_spool(struct list *list, struct mt_error *error)
{
	const struct ctl *ctl = list->ctl;
	bool filtered = ctl->from != NULL || ctl->rcpt != NULL;
	struct spool_reader *r = spool_reader_open(ctl->spool, &spool_disk_real, error);

	if (r == NULL)
		return EX_NOINPUT;
	int rc =
		spool_reader_newest(r, filtered ? SIZE_MAX : ctl->count, take_mail, list);
	spool_reader_close(r);
	if (rc >= 0)
		return 0;
	mt_error_set(error, 0, "%s: %s", ctl->spool, strerror(-rc));
	return EX_IOERR;
}

static void add_live(struct list *list, const char *id, const json_t *mail)
{
	struct table *t = &list->table;
	struct span odd = field_text(mail, "odd");
	uint64_t rcpts = field_u64(mail, "rcpts"),
		 refused = field_u64(mail, "rcpts_refused");
	struct mt_buf text;

	mt_buf_init(&text, 4096);
	add_time(list, field_text(mail, "time"));
	table_add_text(t, id);
	table_add(t, field_text(mail, "from"));
	add_to(t, field_text(mail, "rcpt"), rcpts > refused ? rcpts - refused : 0,
		refused);
	table_add_u64(t, field_u64(mail, "size"));
	table_add(t, field_text(mail, "outcome"));
	if (span_equal(field_text(mail, "complete"), span_text("no")))
		add_remark(&text, span_text("incomplete"));
	if (span_equal(field_text(mail, "stored"), span_text("no")))
		add_remark(&text, span_text("not_stored"));
	if (odd.len > 0)
		add_remark(&text, odd);
	table_add(t, mt_buf_span(&text));
	mt_buf_fini(&text);
}

static int list_live(struct list *list, struct mt_error *error)
{
	const struct ctl *ctl = list->ctl;
	size_t count = ctl->count < LIVE_MAX ? ctl->count : LIVE_MAX;
	char command[64];
	json_t *answer, *mail;
	const char *id;

	if (ctl->from != NULL || ctl->rcpt != NULL) {
		mt_error_set(
			error, 0, "--live: --from and --rcpt look into the spool only");
		return EX_USAGE;
	}
	snprintf(command, sizeof(command), "/mailtap/mails,%zu", count);
	int code = link_ask(ctl, command, &answer, error);
	if (code != 0)
		return code;
	if (ctl->json) {
		json_dumpf(answer, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		json_object_foreach(answer, id, mail) add_live(list, id, mail);
	}
	json_decref(answer);
	return 0;
}

int ctl_mails(const struct ctl *ctl, struct mt_error *error)
{
	struct list list = {.ctl = ctl, .width = table_width(stdout)};

	list.narrow = list.width < NARROW;
	table_init(&list.table, columns, COLUMNS);
	int code = ctl->live ? list_live(&list, error) : list_spool(&list, error);
	if (code == 0 && !ctl->json)
		table_print(&list.table, stdout, list.width);
	table_fini(&list.table);
	return code;
}
