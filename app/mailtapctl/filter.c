// SPDX-License-Identifier: BSD-3-Clause
#include "filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#define SECOND_US 1000000ull

static const char given_up_word[] = "given_up";
static const char *const outcomes[] = {"accepted", "refused", "unknown", given_up_word};

#define OUTCOMES (sizeof(outcomes) / sizeof(outcomes[0]))

static bool read_age(const char *text, uint64_t now_us, uint64_t *ret_us)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	char *end;
	uint64_t us;

	errno = 0;
	unsigned long long n = strtoull(text, &end, 10);
	if (errno != 0 || text[0] < '0' || text[0] > '9' || end[0] == '\0' ||
		end[1] != '\0')
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (units[i].unit != end[0])
			continue;
		if (__builtin_mul_overflow(n, units[i].seconds * SECOND_US, &us))
			us = now_us;
		*ret_us = us < now_us ? now_us - us : 0;
		return true;
	}
	return false;
}

static bool read_date(const char *text, uint64_t *ret_us)
{
	static const char *const forms[] = {"%Y-%m-%d", "%Y-%m-%dT%H:%M",
		"%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = {0};
		const char *end = strptime(text, forms[i], &tm);
		if (end == NULL || *end != '\0')
			continue;
		time_t t = timegm(&tm);
		*ret_us = t > 0 ? (uint64_t)t * SECOND_US : 0;
		return true;
	}
	return false;
}

bool filter_read_since(const char *text, uint64_t now_us, char to[MT_CLOCK_TEXT_SIZE])
{
	uint64_t us;

	if (!read_age(text, now_us, &us) && !read_date(text, &us))
		return false;
	mt_clock_text(us, to);
	return true;
}

static bool is_outcome(const char *word)
{
	for (size_t i = 0; i < OUTCOMES; i++)
		if (strcmp(outcomes[i], word) == 0)
			return true;
	return false;
}

int filter_make(
	struct filter *f, const struct ctl *ctl, uint64_t now_us, struct mt_error *error)
{
	*f = (struct filter){.from = ctl->from,
		.rcpt = ctl->rcpt,
		.subject = ctl->subject,
		.outcome = ctl->outcome};
	if (f->outcome != NULL && !is_outcome(f->outcome)) {
		mt_error_set(error, 0,
			"--outcome %.40s: one of accepted, refused, unknown, given_up",
			f->outcome);
		return EX_USAGE;
	}
	if (ctl->since == NULL || filter_read_since(ctl->since, now_us, f->since))
		return 0;
	mt_error_set(error, 0,
		"--since %.40s: an age (30s, 15m, 2h, 7d) or a time in UTC (2026-11-25, "
		"2026-11-25T04:00:00)",
		ctl->since);
	return EX_USAGE;
}

bool filter_is_set(const struct filter *f)
{
	return f->from != NULL || f->rcpt != NULL || f->subject != NULL ||
		f->outcome != NULL || f->since[0] != '\0';
}

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

static bool has_outcome(const json_t *own, const char *word, bool given_up)
{
	return word == NULL || (given_up && strcmp(word, given_up_word) == 0) ||
		field_is(own, "outcome", word);
}

// Times as records have them are in the order of their text.
static bool is_since(const json_t *record, const char *since)
{
	struct span time = field_text(record, "timestamp");
	size_t len = strlen(since);

	return len == 0 || (time.len >= len && memcmp(time.ptr, since, len) >= 0);
}

bool filter_takes(const struct filter *f, const json_t *record, bool given_up)
{
	const json_t *own = json_object_get(record, "mailtap");
	const json_t *smtp = json_object_get(record, "smtp");
	const json_t *email = json_object_get(record, "email");

	return has_outcome(own, f->outcome, given_up) && is_since(record, f->since) &&
		(f->from == NULL || contains(field_text(smtp, "mail_from"), f->from)) &&
		(f->rcpt == NULL || has_rcpt(own, f->rcpt)) &&
		(f->subject == NULL ||
			contains(field_text(email, "subject"), f->subject));
}
