// SPDX-License-Identifier: BSD-3-Clause
#include "stats_kind.h"

#include <string.h>

#include <criterion/criterion.h>

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

Test(stats_kind, every_loss_has_a_hint_that_fits_a_line)
{
	for (enum stats_counter c = 0; c < STATS_COUNT; c++) {
		size_t len = strlen(stats_hint(c));
		cr_expect_lt(len, 128, "%s", stats_name(c));
		cr_expect_eq(
			len > 0, stats_kind(c) == STATS_KIND_LOSS, "%s", stats_name(c));
	}
}

Test(stats_kind, what_is_named_as_of_now_is_a_gauge)
{
	static const char *const ends[] = {"_open", "_used", "_held"};

	for (enum stats_counter c = 0; c < STATS_COUNT; c++)
		for (size_t e = 0; e < sizeof(ends) / sizeof(ends[0]); e++)
			// Connections that were used, and mails given up while open, only grow.
			if (ends_with(stats_name(c), ends[e]) && c != STATS_conn_used &&
				c != STATS_writer_given_up_open)
				cr_expect_eq(stats_kind(c), STATS_KIND_GAUGE, "%s",
					stats_name(c));
}

Test(stats_kind, what_is_lost_or_given_up_is_a_loss)
{
	for (enum stats_counter c = 0; c < STATS_COUNT; c++)
		if (strstr(stats_name(c), "given_up") != NULL ||
			ends_with(stats_name(c), "_lost") ||
			ends_with(stats_name(c), "_missed"))
			cr_expect_eq(stats_kind(c), STATS_KIND_LOSS, "%s", stats_name(c));
	cr_expect_str_eq(stats_kind_name(STATS_KIND_LOSS), "loss");
}
