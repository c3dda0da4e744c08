// SPDX-License-Identifier: BSD-3-Clause
#include "metrics.h"
#include "openmetrics.h"

#include <locale.h>
#include <stdlib.h>

#include <criterion/criterion.h>

static void use_utf8(void)
{
	cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
}

TestSuite(ctl_openmetrics, .init = use_utf8);

static const struct {
	enum openmetrics_type type;
	const char *name, *unit, *want; // of TYPE, UNIT, HELP and a sample of 1500
} cases[] = {
	{OPENMETRICS_COUNTER, "rx_octets", "octets",
		"# TYPE mailtap_rx_bytes counter\n# UNIT mailtap_rx_bytes bytes\n"
		"# HELP mailtap_rx_bytes h\nmailtap_rx_bytes_total 1500\n"},
	{OPENMETRICS_COUNTER, "rx_packets", "packets",
		"# TYPE mailtap_rx_packets counter\n# UNIT mailtap_rx_packets packets\n"
		"# HELP mailtap_rx_packets h\nmailtap_rx_packets_total 1500\n"},
	{OPENMETRICS_COUNTER, "rx_foreign", "packets",
		"# TYPE mailtap_rx_foreign_packets counter\n"
		"# UNIT mailtap_rx_foreign_packets packets\n"
		"# HELP mailtap_rx_foreign_packets h\nmailtap_rx_foreign_packets_total 1500\n"},
	{OPENMETRICS_COUNTER, "writer_sync_us", "microseconds",
		"# TYPE mailtap_writer_sync_seconds counter\n"
		"# UNIT mailtap_writer_sync_seconds seconds\n"
		"# HELP mailtap_writer_sync_seconds h\nmailtap_writer_sync_seconds_total "
		"0.0015\n"},
	{OPENMETRICS_GAUGE, "busy_ppm", "ppm",
		"# TYPE mailtap_busy_ratio gauge\n# UNIT mailtap_busy_ratio ratio\n"
		"# HELP mailtap_busy_ratio h\nmailtap_busy_ratio 0.0015\n"},
	{OPENMETRICS_GAUGE, "odd-name.x", NULL,
		"# TYPE mailtap_odd_name_x gauge\n# HELP mailtap_odd_name_x h\n"
		"mailtap_odd_name_x 1500\n"},
	{OPENMETRICS_INFO, "build", "",
		"# TYPE mailtap_build info\n# HELP mailtap_build h\nmailtap_build_info 1500\n"},
};

Test(ctl_openmetrics, names_units_and_values_follow_the_rules)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct openmetrics m;
		char *text = NULL;
		size_t len;
		FILE *f = open_memstream(&text, &len);
		openmetrics_begin(&m, f);
		openmetrics_family(
			&m, cases[i].type, cases[i].name, cases[i].unit, span_text("h"));
		openmetrics_sample(&m, "", NULL, 0, 1500);
		fclose(f);
		cr_expect_str_eq(text, cases[i].want, "case %zu\n%s", i, text);
		free(text);
	}
}

Test(ctl_openmetrics, texts_are_escaped)
{
	struct openmetrics_label labels[] = {
		{"a", span_text("q\"b\\n\n\xff\x01\xc3\xa9")}, {"b", span_text("")}};
	struct openmetrics m;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	openmetrics_begin(&m, f);
	openmetrics_family(&m, OPENMETRICS_GAUGE, "x", "", span_text("a \"b\"\\\n"));
	openmetrics_sample(&m, "", labels, 2, 1);
	openmetrics_end(&m);
	fclose(f);
	cr_expect_str_eq(text,
		"# TYPE mailtap_x gauge\n# HELP mailtap_x a \\\"b\\\"\\\\\\n\n"
		"mailtap_x{a=\"q\\\"b\\\\n\\n??\xc3\xa9\",b=\"\"} 1\n# EOF\n",
		"%s", text);
	free(text);
}

Test(ctl_openmetrics, a_name_or_unit_without_end_is_cut)
{
	static char name[4096], unit[4096];
	struct openmetrics m;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	memset(name, 'n', sizeof(name) - 1);
	memset(unit, 'u', sizeof(unit) - 1);
	openmetrics_begin(&m, f);
	openmetrics_family(&m, OPENMETRICS_COUNTER, name, unit, span_text(""));
	cr_expect_lt(strlen(m.name), OPENMETRICS_NAME);
	fclose(f);
	free(text);
}

Test(ctl_openmetrics, every_source_has_labels_that_fit)
{
	for (size_t i = 0; i < metrics_source_count(); i++) {
		const struct metrics_source *s = metrics_source_get(i);
		cr_expect_leq(s->label_count, METRICS_LABELS_MAX);
		cr_expect_gt(s->count, 0);
		cr_expect(s->flat || s->label_count > 0);
	}
	cr_expect_eq(metrics_hist_count(), 3);
}
