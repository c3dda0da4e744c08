// SPDX-License-Identifier: BSD-3-Clause
#include "field.h"
#include "link.h"
#include "mask.h"
#include "screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

// As monitoring plug-ins exit.
enum {
	NAGIOS_OK,
	NAGIOS_WARNING,
	NAGIOS_CRITICAL,
	NAGIOS_UNKNOWN,
};

static const struct {
	const char *state, *word;
	int code;
} states[] = {
	{"OK", "OK", NAGIOS_OK},
	{"DEGRADED", "WARNING", NAGIOS_WARNING},
	{"FAILED", "CRITICAL", NAGIOS_CRITICAL},
};

#define STATES (sizeof(states) / sizeof(states[0]))

// What is plotted: label, key, unit of measure (c: it only grows).
static const struct {
	const char *label, *key, *unit;
} figures[] = {
	{"mails", "mails", "c"},
	{"mails_s", "mails_s", ""},
	{"complete_ppm", "complete_ppm", ""},
	{"dark_ppm", "dark_ppm", ""},
	{"lost_packets", "lost_packets", "c"},
	{"lost_ppm", "lost_ppm", ""},
	{"connections", "connections", ""},
	{"spool_free", "spool_free", "B"},
	{"uptime", "uptime_s", "s"},
};

// A plug-in's line is cut at | and at the end of the line.
static void print_word(struct span text)
{
	for (; text.len > 0; text = span_skip(text, 1))
		putchar(text.ptr[0] >= 0x20 && text.ptr[0] < 0x7f && text.ptr[0] != '|'
				? text.ptr[0]
				: '?');
}

static int nagios_line(const json_t *answer)
{
	struct span state = field_text(answer, "state");
	json_t *reasons = json_object_get(answer, "reasons"), *reason;
	size_t known = STATES;
	const char *code, *between = ": ";

	for (size_t i = 0; i < STATES; i++)
		if (span_equal(state, span_text(states[i].state)))
			known = i;
	printf("MAILTAP %s", known < STATES ? states[known].word : "UNKNOWN");
	json_object_foreach(reasons, code, reason)
	{
		if (field_is(reason, "weight", "notice"))
			continue;
		fputs(between, stdout);
		print_word(field_text(reason, "text"));
		between = "; ";
	}
	fputs(" |", stdout);
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		if (field_has(answer, figures[i].key))
			printf(" %s=%" PRIu64 "%s", figures[i].label,
				field_u64(answer, figures[i].key), figures[i].unit);
	putchar('\n');
	return known < STATES ? states[known].code : NAGIOS_UNKNOWN;
}

// No appliance is the worst that can be; not to be let in says nothing about it.
static int nagios_failure(int code, const struct mt_error *error)
{
	bool critical = code == EX_UNAVAILABLE || code == EX_TEMPFAIL;

	printf("MAILTAP %s: ", critical ? "CRITICAL" : "UNKNOWN");
	print_word(span_text(error->text));
	putchar('\n');
	return critical ? NAGIOS_CRITICAL : NAGIOS_UNKNOWN;
}

static int nagios(const struct ctl *ctl)
{
	struct mt_error error = {""};
	json_t *answer;
	int code = link_ask(ctl, "/mailtap/health", &answer, &error);

	if (code != 0)
		return nagios_failure(code, &error);
	code = nagios_line(answer);
	json_decref(answer);
	return code;
}

int ctl_health(const struct ctl *ctl, struct mt_error *error)
{
	json_t *answer;

	if (ctl->nagios)
		return nagios(ctl);
	int code = link_ask(ctl, "/mailtap/health", &answer, error);
	if (code != 0)
		return code;
	if (ctl->json)
		field_print(answer);
	else
		screen_print_health(answer);
	code = field_is(answer, "state", "OK") ? 0 : CTL_NOT_WELL;
	json_decref(answer);
	return code;
}
