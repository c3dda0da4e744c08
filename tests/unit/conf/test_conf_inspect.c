// SPDX-License-Identifier: BSD-3-Clause
#include "conf.h"

#include <stdio.h>

#include <criterion/criterion.h>

static struct conf c;
static struct mt_error error;

#define ALLOWED \
	"; allowed: a list of at most 16 such as [{name: drop, directory: /var/spool/drop}] or [{name: av, exec: /usr/local/bin/scan, timeout: 60s, parallel: 2}]"

static int load(const char *yaml)
{
	conf_defaults(&c);
	error.text[0] = '\0';
	return conf_load_text(&c, "f", span_text(yaml), &error);
}

Test(conf_inspect, a_folder_and_a_program_have_their_defaults)
{
	cr_assert_eq(load("inspect:\n"
			  "  - {name: drop, directory: /d}\n"
			  "  - {name: av, exec: /e}\n"),
		0, "%s", error.text);
	cr_assert_eq(c.inspect_count, 2);
	cr_expect_eq(c.inspect[0].kind, CONF_INSPECT_DIRECTORY);
	cr_expect_str_eq(c.inspect[0].path, "/d");
	cr_expect_eq(c.inspect[0].only, CONF_KEEP_ACCEPTED | CONF_KEEP_UNKNOWN);
	const struct conf_inspect *o = &c.inspect[1];
	cr_expect_eq(o->kind, CONF_INSPECT_EXEC);
	cr_expect_eq(o->match, CONF_MATCH_ALL);
	cr_expect_eq(o->arguments[0], '\0');
	cr_expect_eq(o->timeout_s, 60);
	cr_expect_eq(o->parallel, 2);
	cr_expect_eq(o->memory, 4ULL << 30);
	cr_expect_eq(o->retry_first_s, 1);
	cr_expect_eq(o->retry_most_s, 300);
	cr_expect_eq(o->retry_times, 20);
}

Test(conf_inspect, what_is_printed_is_read_again)
{
	struct mt_buf first, second;

	cr_assert_eq(
		load("inspect:\n"
		     "  - {directory: \"/a b\", name: drop, only: [refused], match: alerts}\n"
		     "  - {name: av, exec: /e, arguments: [--quiet, 'a\"b', ''''], timeout: 2m,\n"
		     "     parallel: 64, memory: 1G, only: [accepted, unknown, refused],\n"
		     "     retry: {times: 3, most: 1h, first: 10s}}\n"),
		0, "%s", error.text);
	cr_expect_str_eq(c.inspect[1].arguments, "--quiet");
	cr_expect_str_eq(c.inspect[1].arguments + 8, "a\"b");
	cr_expect_str_eq(c.inspect[1].arguments + 12, "'");
	cr_expect_eq(c.inspect[1].arguments[14], '\0');
	mt_buf_init(&first, 1 << 20);
	mt_buf_init(&second, 1 << 20);
	conf_print(&c, &first);
	conf_defaults(&c);
	cr_assert_eq(conf_load_text(&c, "f", mt_buf_span(&first), &error), 0, "%s",
		error.text);
	conf_print(&c, &second);
	cr_expect(span_equal(mt_buf_span(&first), mt_buf_span(&second)));
	cr_expect_eq(c.inspect[1].retry_most_s, 3600);
	cr_expect_eq(c.inspect[0].match, CONF_MATCH_ALERTS);
	mt_buf_fini(&first);
	mt_buf_fini(&second);
}

static const struct {
	const char *value, *want;
} faults[] = {
	{"av", "inspect: must be a list: [av]" ALLOWED},
	{"[av]", "inspect: each output is a map" ALLOWED},
	{"[{directory: /d}]", "inspect: an output without a name" ALLOWED},
	{"[{name: a}]", "inspect: a has neither directory nor exec" ALLOWED},
	{"[{name: a, directory: d}]",
		"inspect: directory: d does not begin with /; give the whole path" ALLOWED},
	{"[{name: a, exec: e}]",
		"inspect: exec: e does not begin with /; give the whole path" ALLOWED},
	{"[{name: a, exec: /e, directory: /d}]",
		"inspect: directory: a target is given already" ALLOWED},
	{"[{name: a/b, exec: /e}]",
		"inspect.name: \"a/b\" is no plain name; allowed: letters, digits, _ and -, at most 31"},
	{"[{name: a, exec: /e, timout: 1s}]",
		"inspect: unknown key timout; allowed: name, directory, exec, only, match, arguments, timeout, parallel, memory, retry: {first, most, times}"},
	{"[{name: a, exec: /e, retry: {tries: 1}}]",
		"inspect: unknown key retry.tries; allowed: name, directory, exec, only, match, arguments, timeout, parallel, memory, retry: {first, most, times}"},
	{"[{name: a, exec: /e, first: 1s}]",
		"inspect: unknown key first; allowed: name, directory, exec, only, match, arguments, timeout, parallel, memory, retry: {first, most, times}"},
	{"[{name: a, exec: /e, retry: 5}]",
		"inspect: retry must be {first: 1s, most: 5m, times: 20}" ALLOWED},
	{"[{name: a, exec: /e, retry: {first: 10m}}]",
		"inspect: retry: most is less than first" ALLOWED},
	{"[{name: a, exec: /e, timeout: 60}]",
		"inspect.timeout: \"60\" is no time with its unit (s, m, h, d); allowed: 1s to 1d"},
	{"[{name: a, exec: /e, parallel: 0}]",
		"inspect.parallel: 0 is too small; allowed: 1 to 64"},
	{"[{name: a, exec: /e, memory: 1M}]",
		"inspect.memory: 1M is too small; allowed: 64M to 1T"},
	{"[{name: a, exec: /e, memory: }]",
		"inspect.memory: has no value; leave it out or give one; allowed: 64M to 1T"},
	{"[{name: a, exec: /e, only: []}]",
		"inspect.only: the list is empty; allowed: accepted, unknown, refused"},
	{"[{name: a, exec: /e, only: [lost]}]",
		"inspect.only: \"lost\" is not known; allowed: accepted, unknown, refused"},
	{"[{name: a, exec: /e, match: some}]",
		"inspect.match: \"some\" is not known; allowed: all, alerts"},
	{"[{name: a, exec: /e, arguments: x}]",
		"inspect.arguments: must be a list: [x]; allowed: a list of at most 32 texts, together at most 1022 octets"},
	{"[{name: a, exec: /e, arguments: ['']}]",
		"inspect.arguments: is empty; allowed: a list of at most 32 texts, together at most 1022 octets"},
	{"[{name: a, directory: /d, timeout: 1s}]",
		"inspect: timeout: only an exec has that" ALLOWED},
	{"[{name: a, directory: /d, retry: {times: 2}}]",
		"inspect: retry: only an exec has that" ALLOWED},
	{"[{name: a, directory: /d}, {name: a, directory: /e}]",
		"inspect: two are called a" ALLOWED},
	{"[{name: a, directory: /d}, {name: b, directory: /d}]",
		"inspect: a and b write to the same folder" ALLOWED},
};

Test(conf_inspect, mistakes_are_named)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char assignment[256];
		struct mt_error want;
		snprintf(assignment, sizeof(assignment), "inspect=%s", faults[i].value);
		mt_error_set(&want, 0, "--set: %s", faults[i].want);
		conf_defaults(&c);
		cr_expect_lt(conf_set(&c, assignment, &error), 0, "%s", assignment);
		cr_expect_str_eq(error.text, want.text);
	}
}

Test(conf_inspect, arguments_fit_or_are_refused)
{
	struct mt_buf yaml;

	for (int len = 1020; len <= 1024; len++) {
		mt_buf_init(&yaml, 4096);
		mt_buf_printf(&yaml, "inspect: [{name: a, exec: /e, arguments: [");
		for (int i = 0; i < len; i++)
			mt_buf_add_char(&yaml, 'x');
		mt_buf_printf(&yaml, "]}]");
		mt_buf_add_char(&yaml, '\0');
		cr_expect_eq(load((const char *)yaml.ptr) == 0, len <= 1022, "%d: %s",
			len, error.text);
		mt_buf_fini(&yaml);
	}
	cr_expect_lt(load("inspect: [{name: a, exec: /e, arguments: [a,b,c,d,e,f,g,h,i,j,"
			  "k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,a,b,c,d,e,f,g]}]"),
		0);
}

Test(conf_inspect, a_place_is_told)
{
	cr_expect_lt(load("inspect:\n  - name: a\n    exec: /e\n    parallel: 65\n"), 0);
	cr_expect_str_eq(error.text,
		"f:4:15: inspect.parallel: 65 is too large; allowed: 1 to 64");
}
