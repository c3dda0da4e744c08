// SPDX-License-Identifier: BSD-3-Clause
#include "ctl.h"
#include "field.h"
#include "mask.h"
#include "newest.h"
#include "pick.h"

#include <inttypes.h>
#include <sysexits.h>

#define DEPTH_MAX 16
#define INDENT    2

struct look {
	struct mt_id id;
	json_t *record; // found
	bool given_up;
};

static bool is_it(void *ctx, const struct newest_mail *mail)
{
	struct look *look = ctx;
	json_t *record;

	if (memmem(mail->json.ptr, mail->json.len, look->id.text, MT_ID_LEN) == NULL)
		return true;
	record = field_read(mail->json);
	if (!field_is(json_object_get(record, "mailtap"), "id", look->id.text)) {
		json_decref(record);
		return true;
	}
	look->record = record;
	look->given_up = mail->given_up;
	return false;
}

static void print_scalar(const json_t *value)
{
	if (json_is_string(value))
		mask_print(stdout, field_string(value));
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "yes" : "no", stdout);
	else if (json_is_real(value))
		printf("%g", json_real_value(value));
	else
		putchar('-');
}

static bool is_plain(const json_t *value)
{
	return !json_is_object(value) && !json_is_array(value);
}

// A list of plain values that goes on the line of its name.
static bool is_short(const json_t *value)
{
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!is_plain(json_array_get(value, i)))
			return false;
	return json_is_array(value);
}

static void print_short(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (i > 0)
			fputs(", ", stdout);
		print_scalar(json_array_get(list, i));
	}
	if (json_array_size(list) == 0)
		putchar('-');
}

static size_t widest(json_t *object)
{
	size_t width = 0;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) if (strlen(key) > width &&
		(is_plain(value) || is_short(value))) width = strlen(key);
	return width;
}

// What waits to be printed: the rest of an object or a list.
struct level {
	json_t *whole;
	void *at; // of an object
	size_t nth; // of a list
	size_t width; // of the names
};

static bool next_of(
	struct level *level, char name[24], const char **ret_key, json_t **ret)
{
	if (json_is_array(level->whole)) {
		*ret = json_array_get(level->whole, level->nth);
		snprintf(name, 24, "%zu", ++level->nth);
		*ret_key = name;
		return *ret != NULL;
	}
	if (level->at == NULL)
		return false;
	*ret_key = json_object_iter_key(level->at);
	*ret = json_object_iter_value(level->at);
	level->at = json_object_iter_next(level->whole, level->at);
	return true;
}

static struct level level_of(json_t *value)
{
	return (struct level){.whole = value,
		.at = json_is_object(value) ? json_object_iter(value) : NULL,
		.width = widest(value)};
}

static void print_tree(json_t *record)
{
	struct level levels[DEPTH_MAX];
	int depth = 0;
	char name[24];
	const char *key;
	json_t *value;

	levels[0] = level_of(record);
	while (depth >= 0) {
		if (!next_of(&levels[depth], name, &key, &value)) {
			depth--;
			continue;
		}
		printf("%*s", depth * INDENT, "");
		mask_print(stdout, span_text(key));
		if (is_plain(value) || is_short(value)) {
			int blank = (int)levels[depth].width - (int)strlen(key);
			printf("%*s  ", blank > 0 ? blank : 0, "");
			if (is_plain(value))
				print_scalar(value);
			else
				print_short(value);
		} else if (depth + 1 < DEPTH_MAX) {
			levels[++depth] = level_of(value);
		}
		putchar('\n');
	}
}

static int show(const struct look *look, bool json)
{
	json_t *own = json_object_get(look->record, "mailtap");

	if (look->given_up)
		json_object_set_new(own, "given_up", json_true());
	if (json) {
		json_dumpf(look->record, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		print_tree(look->record);
	}
	return 0;
}

int ctl_mail(const struct ctl *ctl, struct mt_error *error)
{
	struct look look = {.record = NULL};

	if (ctl->word_count != 1 || !pick_id(ctl->words[0], &look.id)) {
		mt_error_set(error, 0,
			"mail: name one mail by its id (%d characters); mailtapctl mails has "
			"them",
			MT_ID_LEN);
		return EX_USAGE;
	}
	int code = newest_mails(ctl->spool, is_it, &look, error);
	if (code == 0 && look.record == NULL) {
		mt_error_set(error, 0, "%s: no such mail in this spool", look.id.text);
		return EX_NOINPUT;
	}
	if (code == 0)
		code = show(&look, ctl->json);
	json_decref(look.record);
	return code;
}
