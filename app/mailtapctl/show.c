// SPDX-License-Identifier: BSD-3-Clause
#include "field.h"
#include "link.h"
#include "table.h"

#include <inttypes.h>

static void print_json(const json_t *answer)
{
	json_dumpf(answer, stdout, JSON_COMPACT);
	putchar('\n');
}

static void print_health(json_t *answer)
{
	uint64_t up = field_u64(answer, "uptime_s");
	struct span state = field_text(answer, "state"),
		    reason = field_text(answer, "reason");
	const char *key;
	json_t *value;

	printf("%.*s, up %" PRIu64 "d %02" PRIu64 ":%02" PRIu64 "\n", (int)state.len,
		(const char *)state.ptr, up / 86400, up / 3600 % 24, up / 60 % 60);
	if (reason.len > 0)
		printf("! %.*s\n", (int)reason.len, (const char *)reason.ptr);
	json_object_foreach(answer, key, value) if (json_is_integer(value) &&
		strcmp(key, "uptime_s") != 0) printf("%-14s %" JSON_INTEGER_FORMAT "\n",
		key, json_integer_value(value));
}

int ctl_health(const struct ctl *ctl, struct mt_error *error)
{
	json_t *answer;
	int code = link_ask(ctl, "/mailtap/health", &answer, error);

	if (code != 0)
		return code;
	if (ctl->json)
		print_json(answer);
	else
		print_health(answer);
	if (!span_equal(field_text(answer, "state"), span_text("OK")))
		code = CTL_NOT_WELL;
	json_decref(answer);
	return code;
}

static const char *const port_texts[] = {"interface", "device", "link"};
static const char *const port_numbers[] = {
	"packets", "octets", "missed", "errors", "no_mbuf", "sent"};

#define TEXTS   (sizeof(port_texts) / sizeof(port_texts[0]))
#define NUMBERS (sizeof(port_numbers) / sizeof(port_numbers[0]))

static void print_ports(json_t *answer)
{
	struct table_column columns[TEXTS + NUMBERS];
	struct table t;
	const char *name;
	json_t *port;

	for (size_t i = 0; i < TEXTS; i++)
		columns[i] = (struct table_column){port_texts[i], false, true};
	for (size_t i = 0; i < NUMBERS; i++)
		columns[TEXTS + i] = (struct table_column){port_numbers[i], true, false};
	table_init(&t, columns, TEXTS + NUMBERS);
	json_object_foreach(answer, name, port)
	{
		for (size_t i = 0; i < TEXTS; i++)
			table_add(&t, field_text(port, port_texts[i]));
		for (size_t i = 0; i < NUMBERS; i++)
			table_add_u64(&t, field_u64(port, port_numbers[i]));
	}
	table_print(&t, stdout, table_width(stdout));
	table_fini(&t);
}

int ctl_ports(const struct ctl *ctl, struct mt_error *error)
{
	json_t *answer;
	int code = link_ask(ctl, "/mailtap/ports", &answer, error);

	if (code != 0)
		return code;
	if (ctl->json)
		print_json(answer);
	else
		print_ports(answer);
	json_decref(answer);
	return 0;
}
