// SPDX-License-Identifier: BSD-3-Clause
#include "screen.h"
#include "screen_top.h"

#include <locale.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#define SECOND_US 1000000u

static const char *const answers[FACT_COUNT] = {
	[FACT_HEALTH] = "{\"state\":\"DEGRADED\",\"uptime_s\":1051860,\"mails\":1000,"
			"\"lost_packets\":5,\"connections\":34,\"complete_ppm\":999981,"
			"\"dark_ppm\":12345,\"dark\":7,\"mails_s\":412,\"reasons\":"
			"{\"leg_dead\":{\"weight\":\"degraded\",\"text\":\"leg b is "
			"silent\",\"hint\":\"look at its cable\"}}}",
	[FACT_INFO] = "{\"version\":\"0.1.0\",\"file_prefix\":\"mailtap\"}",
	[FACT_PORTS] = "{\"port0\":{\"interface\":\"tap0\",\"leg\":\"a\",\"link\":\"up\","
		       "\"packets\":5000,\"octets\":700000,\"packets_s\":412345,"
		       "\"octets_s\":387500000,\"missed\":3,\"silent_s\":0}}",
	[FACT_LCORES] = "{\"lcore1\":{\"cpu\":1,\"roles\":\"rx0\",\"busy_ppm\":500000}}",
	[FACT_SMTP] = "{\"items\":[{\"server\":\"192.0.2.25\",\"mails\":900},"
		      "{\"server\":\"192.0.2.26\",\"mails\":901}]}",
	[FACT_MAILS] = "{\"A\":{\"time\":\"2026-11-25T04:00:00.1\",\"from\":\"<a@b>\","
		       "\"subject\":\"One\",\"outcome\":\"accepted\"}}",
	[FACT_LEDGER] = "{\"balanced\":\"yes\"}",
	[FACT_DROPS] = "{\"x\":{\"count\":1,\"unit\":\"packets\",\"help\":\"lost\"},"
		       "\"y\":{\"count\":22,\"unit\":\"packets\",\"help\":\"gone\"}}",
};

static struct screen_top top;

static void use_utf8(void)
{
	cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
	top = (struct screen_top){.file_prefix = "mailtap"};
}

static void end(void)
{
	screen_top_fini(&top);
}

TestSuite(ctl_top, .init = use_utf8, .fini = end);

static struct facts sample(void)
{
	struct facts facts = {0};

	for (int i = 0; i < FACT_COUNT; i++)
		if (answers[i] != NULL)
			cr_assert_not_null(
				facts.answer[i] = json_loads(answers[i], 0, NULL));
	return facts;
}

static void take(uint64_t mails, uint64_t packets, uint64_t at_us)
{
	struct facts facts = sample();
	json_t *port = json_object_get(facts.answer[FACT_PORTS], "port0");

	json_object_set_new(
		facts.answer[FACT_HEALTH], "mails", json_integer((json_int_t)mails));
	json_object_set_new(port, "packets", json_integer((json_int_t)packets));
	screen_top_take(&top, &facts, at_us);
}

static char *drawn(size_t rows, size_t columns)
{
	struct grid g;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	cr_assert(grid_init(&g, rows, columns));
	screen_top_draw(&top, &g);
	grid_print(&g, f, false);
	grid_fini(&g);
	fclose(f);
	return text;
}

static void expect(const char *text, const char *part, bool there)
{
	cr_expect_eq(strstr(text, part) != NULL, there, "%s: %s in\n%s", part,
		there ? "is not" : "is", text);
}

Test(ctl_top, rates_are_differences_by_time)
{
	take(1000, 5000, 10 * SECOND_US);
	cr_expect_eq(top.rates[SCREEN_TOP_RATE_MAILS].count, 0);
	take(1500, 6000, 12 * SECOND_US);
	cr_expect_eq(spark_get(&top.rates[SCREEN_TOP_RATE_MAILS], 0), 250);
	cr_expect_eq(spark_get(&top.rates[SCREEN_TOP_RATE_PACKETS], 0), 500);
	take(1500, 6000, 13 * SECOND_US);
	cr_expect_eq(spark_get(&top.rates[SCREEN_TOP_RATE_MAILS], 0), 0);
	cr_expect_eq(spark_get(&top.rates[SCREEN_TOP_RATE_MAILS], 1), 250);
}

Test(ctl_top, an_appliance_started_anew_has_no_past)
{
	take(1000, 5000, 10 * SECOND_US);
	take(2000, 6000, 11 * SECOND_US);
	take(3, 7000, 12 * SECOND_US);
	cr_expect_eq(top.rates[SCREEN_TOP_RATE_MAILS].count, 0);
	cr_expect_eq(top.rates[SCREEN_TOP_RATE_PACKETS].count, 0);
	take(13, 7000, 13 * SECOND_US);
	cr_expect_eq(spark_get(&top.rates[SCREEN_TOP_RATE_MAILS], 0), 10);
}

Test(ctl_top, the_overview_says_what_matters)
{
	static const char *const parts[] = {"DEGRADED   mailtap 0.1.0",
		"! leg b is silent", "-> look at its cable", "traffic",
		"ledger    balanced", "lost packets 5", "complete 99.99 %", "tap0 a",
		"412,345 p/s", "3.10 Gb/s", "192.0.2.26", "04:00:00 accepted  <a@b>",
		"One", "50 %", "1 overview", "q end"};

	take(1000, 5000, 10 * SECOND_US);
	char *text = drawn(24, 80);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		expect(text, parts[i], true);
	free(text);
}

Test(ctl_top, keys_turn_pages_and_sort)
{
	static const struct {
		int key;
		const char *there;
	} steps[] = {{'2', "interface"}, {'3', "roles"}, {'4', "accepted"},
		{'5', "subject"}, {'6', "meaning"}, {'h', "turn the order round"},
		{'h', "traffic"}, {'\t', "interface"}, {'?', "turn the order round"},
		{'1', "traffic"}};

	take(1000, 5000, 10 * SECOND_US);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		cr_expect(screen_top_key(&top, steps[i].key));
		char *text = drawn(24, 80);
		expect(text, steps[i].there, true);
		free(text);
	}
	cr_expect_not(screen_top_key(&top, 'x'));
	cr_expect_not(screen_top_key(&top, 's'));
}

Test(ctl_top, tables_are_in_order_and_turned_round)
{
	take(1000, 5000, 10 * SECOND_US);
	screen_top_key(&top, '4');
	char *text = drawn(24, 80);
	expect(text, "mails+", true);
	cr_expect_lt(strstr(text, "192.0.2.26"), strstr(text, "192.0.2.25"));
	free(text);
	cr_expect(screen_top_key(&top, 'r'));
	text = drawn(24, 80);
	expect(text, "mails-", true);
	cr_expect_gt(strstr(text, "192.0.2.26"), strstr(text, "192.0.2.25"));
	free(text);
	for (size_t i = 0; i < screen_top_columns(SCREEN_TOP_SERVERS); i++)
		cr_expect(screen_top_key(&top, 's'));
	cr_expect_eq(top.sort, 1);
}

Test(ctl_top, scrolling_ends_with_the_last_row)
{
	take(1000, 5000, 10 * SECOND_US);
	screen_top_key(&top, '4');
	for (int i = 0; i < 100; i++)
		screen_top_key(&top, 'j');
	char *text = drawn(24, 80);
	cr_expect_eq(top.scroll, 1);
	expect(text, "192.0.2.25", true);
	expect(text, "192.0.2.26", false);
	free(text);
	for (int i = 0; i < 100; i++)
		screen_top_key(&top, 'k');
	cr_expect_eq(top.scroll, 0);
}

Test(ctl_top, trouble_and_waiting_are_told)
{
	char *text = drawn(24, 80);
	expect(text, "waiting for the appliance", true);
	free(text);
	take(1000, 5000, 10 * SECOND_US);
	snprintf(top.trouble, sizeof(top.trouble), "no answer for 3 s");
	top.paused = true;
	text = drawn(24, 80);
	expect(text, "no answer for 3 s", true);
	expect(text, "held", true);
	expect(text, "traffic", true);
	free(text);
}

Test(ctl_top, every_size_is_drawn_or_told_too_small)
{
	take(1000, 5000, 10 * SECOND_US);
	for (int page = 0; page < SCREEN_TOP_COUNT; page++) {
		top.page = (enum screen_top_page)page;
		screen_top_sort_first(&top);
		for (size_t rows = 1; rows < 40; rows += 3)
			for (size_t columns = 1; columns < 220; columns += 7) {
				char *text = drawn(rows, columns);
				bool small = rows < SCREEN_TOP_ROWS ||
					columns < SCREEN_TOP_COLUMNS;
				if (rows > 2 && columns > 30)
					expect(text, "too small", small);
				free(text);
			}
	}
}

Test(ctl_top, pages_ask_for_what_they_show)
{
	for (int page = 0; page < SCREEN_TOP_COUNT; page++)
		cr_expect(
			screen_top_needs((enum screen_top_page)page) & FACT_BIT(HEALTH));
	cr_expect(screen_top_needs(SCREEN_TOP_MAILS) & FACT_BIT(MAILS));
	cr_expect_not(screen_top_needs(SCREEN_TOP_PORTS) & FACT_BIT(MAILS));
}
