// SPDX-License-Identifier: BSD-3-Clause
#include "lists.h"

#include "conf_key.h"
#include "roff.h"
#include "stats.h"

#include "mt_odd.h"

#include <stdio.h>

#define TEXT_SIZE 512

static void add_allowed(struct mt_buf *out, const struct conf_key *key)
{
	struct mt_buf text;

	mt_buf_init(&text, TEXT_SIZE);
	mt_buf_printf(&text, "Default: %s. Allowed: ", key->standard);
	key->type->allowed(key, &text);
	mt_buf_printf(
		&text, ". Takes effect with a %s.", key->live ? "reload" : "restart");
	mt_buf_add_char(&text, '\0');
	mt_buf_add_text(out, ".br\n");
	roff_text(out, (const char *)text.ptr);
	mt_buf_fini(&text);
}

void lists_keys(struct mt_buf *out)
{
	char term[CONF_KEY_PATH_MAX + 64];

	for (size_t k = 0; k < conf_key_count; k++) {
		const struct conf_key *key = &conf_keys[k];
		snprintf(term, sizeof(term), "%s (%s)", key->path, key->type->name);
		roff_item(out, term, key->help);
		add_allowed(out, key);
	}
}

void lists_counters(struct mt_buf *out)
{
	char term[TEXT_SIZE];

	for (int c = 0; c < STATS_COUNT; c++) {
		snprintf(term, sizeof(term), "%s (%s)", stats_name((enum stats_counter)c),
			stats_unit((enum stats_counter)c));
		roff_item(out, term, stats_help((enum stats_counter)c));
	}
}

void lists_oddities(struct mt_buf *out)
{
	for (int o = 0; o < MT_ODD_COUNT; o++)
		roff_item(out, mt_odd_name((enum mt_odd)o), mt_odd_help((enum mt_odd)o));
}
