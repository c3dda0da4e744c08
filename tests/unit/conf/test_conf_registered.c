// SPDX-License-Identifier: BSD-3-Clause
#include "conf.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include <criterion/criterion.h>

static struct conf c;
static struct mt_error error;

static void registered(const char *list)
{
	struct mt_buf set;

	mt_buf_init(&set, 1 << 20);
	mt_buf_printf(&set, "registered=%s%c", list, '\0');
	conf_defaults(&c);
	cr_assert_eq(conf_set(&c, (const char *)set.ptr, &error), 0, "%s", error.text);
	mt_buf_fini(&set);
}

static bool asks(const char *text)
{
	uint8_t addr[16] = {[10] = 0xff, [11] = 0xff};

	if (inet_pton(AF_INET, text, addr + 12) != 1)
		cr_assert_eq(inet_pton(AF_INET6, text, addr), 1, "%s", text);
	return conf_is_registered(&c, addr);
}

static const struct {
	const char *list, *address;
	bool is;
} cases[] = {
	{"[]", "192.0.2.1", false},
	{"[192.0.2.1]", "192.0.2.1", true},
	{"[192.0.2.1]", "192.0.2.0", false},
	{"[192.0.2.1]", "192.0.2.2", false},
	{"[192.0.2.1]", "::192.0.2.1", false},
	{"[192.0.2.16/28]", "192.0.2.15", false},
	{"[192.0.2.16/28]", "192.0.2.16", true},
	{"[192.0.2.16/28]", "192.0.2.31", true},
	{"[192.0.2.16/28]", "192.0.2.32", false},
	{"['2001:db8:25::/64']", "2001:db8:25::1", true},
	{"['2001:db8:25::/64']", "2001:db8:25:0:ffff:ffff:ffff:ffff", true},
	{"['2001:db8:25::/64']", "2001:db8:25:1::", false},
	{"['2001:db8:25::/64']", "2001:db8:24:ffff::", false},
	{"['2001:db8::/65']", "2001:db8::8000:0:0:0", false},
	{"['2001:db8::/63']", "2001:db8:0:1::", true},
	{"['2001:db8::1']", "2001:db8::1", true},
	{"['2001:db8::1']", "2001:db8::2", false},
	{"[10.0.0.0/8, 10.1.0.0/16, 10.2.0.1]", "10.3.0.0",
		true}, // behind what the first covers
	{"[10.0.0.0/8, 10.255.255.255]", "11.0.0.0", false},
	{"[0.0.0.0/0]", "255.255.255.255", true},
	{"[0.0.0.0/0]", "2001:db8::1", false},
	{"['::/0']", "2001:db8::1", true},
	{"['::/0']", "192.0.2.1", true},
	{"['::ffff:192.0.2.0/120']", "192.0.2.77", true},
};

Test(conf_registered, an_address_is_registered_or_not)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		registered(cases[i].list);
		cr_expect_eq(asks(cases[i].address), cases[i].is, "%s in %s",
			cases[i].address, cases[i].list);
	}
}

Test(conf_registered, what_another_covers_is_not_kept)
{
	registered(
		"[10.1.0.0/16, 10.0.0.0/8, 192.0.2.1, 192.0.2.1, 10.2.0.1, 11.0.0.0/8]");
	cr_expect_eq(c.registered_count, 3);
}

// Against a plain look at each prefix, with addresses at and around their edges.
Test(conf_registered, a_full_list_answers_like_a_plain_one)
{
	static struct conf_prefix plain[CONF_REGISTERED_MAX];
	struct mt_buf list;
	uint32_t x = 7;

	mt_buf_init(&list, 1 << 20);
	for (uint32_t i = 0; i < CONF_REGISTERED_MAX; i++) {
		x = x * 1664525 + 1013904223;
		uint32_t bits = 12 + (x >> 8) % 21;
		uint32_t net = x & (0xffffffffu << (32 - bits));
		plain[i] = (struct conf_prefix){
			.octet = {(uint8_t)(net >> 24), (uint8_t)(net >> 16),
				(uint8_t)(net >> 8), (uint8_t)net},
			.bits = (uint8_t)bits};
		mt_buf_printf(&list, "%c%u.%u.%u.%u/%u", i == 0 ? '[' : ',', net >> 24,
			net >> 16 & 255, net >> 8 & 255, net & 255, bits);
	}
	mt_buf_add(&list, span_make("]", 2));
	registered((const char *)list.ptr);
	mt_buf_fini(&list);
	for (uint32_t i = 0; i < 40 * CONF_REGISTERED_MAX; i++) {
		const struct conf_prefix *near = &plain[i % CONF_REGISTERED_MAX];
		uint32_t net = (uint32_t)near->octet[0] << 24 |
			(uint32_t)near->octet[1] << 16 | (uint32_t)near->octet[2] << 8 |
			near->octet[3];
		x = x * 1664525 + 1013904223;
		uint32_t at = i % 3 == 0 ? x
			: i % 3 == 1     ? net - 1
					 : net + (1u << (32 - near->bits));
		bool want = false;
		for (uint32_t k = 0; k < CONF_REGISTERED_MAX && !want; k++) {
			uint32_t base = (uint32_t)plain[k].octet[0] << 24 |
				(uint32_t)plain[k].octet[1] << 16 |
				(uint32_t)plain[k].octet[2] << 8 | plain[k].octet[3];
			want = (at ^ base) >> (32 - plain[k].bits) == 0;
		}
		uint8_t addr[16] = {[10] = 0xff,
			[11] = 0xff,
			[12] = (uint8_t)(at >> 24),
			[13] = (uint8_t)(at >> 16),
			[14] = (uint8_t)(at >> 8),
			[15] = (uint8_t)at};
		cr_assert_eq(conf_is_registered(&c, addr), want, "%08x", at);
	}
}

Test(conf_registered, a_list_may_not_be_longer)
{
	struct mt_buf list;

	mt_buf_init(&list, 1 << 20);
	mt_buf_add_text(&list, "registered=[");
	for (uint32_t i = 0; i <= CONF_REGISTERED_MAX; i++)
		mt_buf_printf(&list, "10.0.%u.%u, ", i >> 8, i & 255);
	mt_buf_add(&list, span_make("]", 2));
	conf_defaults(&c);
	cr_expect_lt(conf_set(&c, (const char *)list.ptr, &error), 0);
	cr_expect_eq(strncmp(error.text,
			     "--set: registered: 1025 elements, at most 1024 fit", 50),
		0, "%s", error.text);
	mt_buf_fini(&list);
}

static void set_registered(struct conf *to, const char *list)
{
	conf_defaults(to);
	cr_assert_eq(conf_set(to, list, &error), 0, "%s", error.text);
}

static bool has(const struct conf *in, uint8_t second, uint8_t last)
{
	const uint8_t addr[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 10, [13] = second, [15] = last};

	return conf_is_registered(in, addr);
}

Test(conf_registered, two_lists_become_one)
{
	static struct conf other;

	set_registered(&c, "registered=[10.1.0.1, 10.3.0.0/16]");
	set_registered(&other, "registered=[10.2.0.9, 10.3.0.7, 10.1.0.1]");
	conf_register(&c, &other);
	cr_expect_eq(c.registered_count, 3, "what is there or covered is not doubled");
	cr_expect(has(&c, 1, 1) && has(&c, 2, 9) && has(&c, 3, 200));
	cr_expect_not(has(&c, 2, 1));
}

Test(conf_registered, two_lists_that_are_too_long_become_everything)
{
	static struct conf other;
	struct mt_buf list;

	mt_buf_init(&list, 1 << 20);
	mt_buf_add_text(&list, "registered=[");
	for (uint32_t i = 0; i < CONF_REGISTERED_MAX; i++)
		mt_buf_printf(&list, "10.7.%u.%u, ", i >> 8, i & 255);
	mt_buf_add(&list, span_make("]", 2));
	set_registered(&other, (const char *)list.ptr);
	set_registered(&c, "registered=[10.9.9.9]");
	// All of them fill one network; without a neighbour they stay apart.
	conf_register(&c, &other);
	cr_expect(has(&c, 250, 1), "nothing that was let through may be shut out");
	cr_expect_eq(c.registered_count, 1);
	mt_buf_fini(&list);
}
