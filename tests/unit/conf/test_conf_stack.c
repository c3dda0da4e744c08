// SPDX-License-Identifier: BSD-3-Clause

// Whose TCP a registered server runs.

#include "conf.h"

#include <arpa/inet.h>
#include <stdio.h>

#include <criterion/criterion.h>

static struct conf c;
static struct mt_error error;

static enum conf_stack stack_of(const char *text)
{
	uint8_t addr[16] = {[10] = 0xff, [11] = 0xff};

	if (inet_pton(AF_INET, text, addr + 12) != 1)
		cr_assert_eq(inet_pton(AF_INET6, text, addr), 1, "%s", text);
	return conf_stack_of(&c, addr);
}

static const struct {
	const char *value, *address;
	enum conf_stack stack;
} cases[] = {
	{"linux", "192.0.2.1", CONF_STACK_LINUX},
	{"windows", "192.0.2.1", CONF_STACK_WINDOWS},
	{"last", "2001:db8::1", CONF_STACK_LAST},
	{"{192.0.2.1: bsd}", "192.0.2.1", CONF_STACK_BSD},
	{"{192.0.2.1: bsd}", "192.0.2.2", CONF_STACK_LINUX},
	{"{192.0.2.1: bsd, others: first}", "192.0.2.2", CONF_STACK_FIRST},
	{"{192.0.2.0/24: bsd, 192.0.2.7: windows}", "192.0.2.7", CONF_STACK_WINDOWS},
	{"{192.0.2.7: windows, 192.0.2.0/24: bsd}", "192.0.2.7", CONF_STACK_WINDOWS},
	{"{192.0.2.7: windows, 192.0.2.0/24: bsd}", "192.0.2.8", CONF_STACK_BSD},
	{"{'2001:db8::/32': last}", "2001:db8:1::", CONF_STACK_LAST},
	{"{'::/0': last}", "192.0.2.1", CONF_STACK_LAST},
};

Test(conf_stack, the_nearest_prefix_says_it)
{
	char set[200];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		conf_defaults(&c);
		snprintf(set, sizeof(set), "stack=%s", cases[i].value);
		cr_assert_eq(conf_set(&c, set, &error), 0, "%s", error.text);
		cr_expect_eq(stack_of(cases[i].address), cases[i].stack, "%s in %s",
			cases[i].address, cases[i].value);
	}
}

Test(conf_stack, what_is_no_stack_is_named)
{
	static const char *const values[][2] = {
		{"solaris", "\"solaris\" is no stack"},
		{"[linux]", "\"\" is no stack"},
		{"{192.0.2.1: solaris}", "\"solaris\" is no stack"},
		{"{mail.example: linux}", "\"mail.example\" is no address or network"},
		{"{192.0.2.1/24: linux}", "192.0.2.1/24 has bits set behind its prefix"},
	};
	static const char allowed[] =
		"; allowed: one of linux, windows, bsd, first, last, or at most "
		"64 such as {192.0.2.25: windows, ";
	char set[200], want[400];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		conf_defaults(&c);
		snprintf(set, sizeof(set), "stack=%s", values[i][0]);
		snprintf(want, sizeof(want), "--set: stack: %s%s", values[i][1], allowed);
		cr_expect(conf_set(&c, set, &error) != 0, "%s", set);
		cr_expect_eq(strncmp(error.text, want, strlen(want)), 0,
			"\n got: %s\nwant: %s", error.text, want);
	}
}

Test(conf_stack, a_list_may_not_be_longer)
{
	struct mt_buf set;

	mt_buf_init(&set, 1 << 16);
	mt_buf_add_text(&set, "stack={");
	for (int i = 0; i <= CONF_STACKS_MAX; i++)
		mt_buf_printf(&set, "192.0.2.%d: bsd, ", i);
	mt_buf_printf(&set, "others: last}%c", '\0');
	conf_defaults(&c);
	cr_expect(conf_set(&c, (const char *)set.ptr, &error) != 0);
	cr_expect(strstr(error.text, "more than 64 addresses") != NULL, "%s", error.text);
	mt_buf_fini(&set);
}
