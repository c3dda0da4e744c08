// SPDX-License-Identifier: BSD-3-Clause
#include "conf_key.h"

#include <criterion/criterion.h>

static struct conf now, next;
static struct mt_error error;
static struct mt_buf text;

static void setup(void)
{
	conf_defaults(&now);
	conf_defaults(&next);
	mt_buf_init(&text, 1 << 20);
}

static void fini(void)
{
	mt_buf_fini(&text);
}

TestSuite(conf_live, .init = setup, .fini = fini);

static void load(struct conf *c, const char *yaml)
{
	int rc = conf_load_text(c, "f", span_text(yaml), &error);

	cr_assert_eq(rc, 0, "%s", error.text);
}

static void expect_changed(bool live, size_t n, const char *paths)
{
	mt_buf_clear(&text);
	size_t found = conf_changed(&now, &next, live, &text);
	cr_expect_eq(found, n);
	cr_expect(span_equal(mt_buf_span(&text), span_text(paths)), "%.*s", (int)text.len,
		(const char *)text.ptr);
}

Test(conf_live, equal_ones_differ_in_nothing)
{
	expect_changed(true, 0, "");
	expect_changed(false, 0, "");
}

Test(conf_live, names_what_changed_by_what_it_takes)
{
	load(&next,
		"registered: [192.0.2.1]\nsmtp: {ports: [2525], automaton: strict}\n"
		"spool: {retention: {free: 10%}}\nflow: {connections: 64}");
	expect_changed(true, 3, "registered, smtp.ports, spool.retention.free");
	expect_changed(false, 2, "smtp.automaton, flow.connections");
}

Test(conf_live, takes_the_live_ones_alone)
{
	load(&now, "registered: [10.0.0.0/8, '2001:db8::/32']\nscan: {signatures: [/a]}");
	load(&next,
		"registered: [192.0.2.1, 198.51.100.7]\nsmtp: {ports: [26], capture: [internal]}\n"
		"spool: {keep: [refused], directory: /elsewhere, retention: {age: 7d, size: 1G}}\n"
		"scan: {signatures: [/b, '/c \"d\\']}\nlimits: {mail: 1M}\nlog: {level: debug}\n"
		"memory: {chunk: 8K}");
	conf_take_live(&now, &next);
	expect_changed(true, 0, "");
	expect_changed(false, 2, "spool.directory, memory.chunk");
	cr_expect_eq(now.registered_count, 2);
	cr_expect_eq(now.keep, CONF_KEEP_REFUSED);
	cr_expect_eq(now.retention_s, 7 * 86400);
	cr_expect_str_eq(now.signatures.path[1], "/c \"d\\");
}

// A list that became empty, too.
Test(conf_live, takes_back_to_the_default)
{
	load(&now,
		"scan: {signatures: [/a, /b]}\nspool: {keep: [refused], retention: {free: 1G}}");
	conf_take_live(&now, &next);
	cr_expect_eq(memcmp(&now, &next, sizeof(now)), 0);
}
