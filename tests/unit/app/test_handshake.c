// SPDX-License-Identifier: BSD-3-Clause
#include "handshake.h"

#include <criterion/criterion.h>

static struct handshake_env env;
static struct handshake *h;

static void begin(void)
{
	cr_assert_eq(handshake_env_init(&env, 1024), 0);
	h = handshake_begin(&env);
	cr_assert_not_null(h);
}

static void end(void)
{
	handshake_end(&env, h);
	cr_expect_eq(env.places.used, 0);
	cr_expect_eq(env.parts.used, 0, "every part goes back");
	handshake_env_fini(&env);
}

TestSuite(handshake, .init = begin, .fini = end);

// A record of so many zeros, its head included.
static struct span record(uint8_t type, size_t len)
{
	static uint8_t octets[TLS_HEAD + TLS_RECORD];

	octets[0] = type;
	octets[1] = octets[2] = 0x03;
	octets[3] = (uint8_t)(len >> 8);
	octets[4] = (uint8_t)len;
	return span_make(octets, TLS_HEAD + len);
}

static void feed(bool of_server, struct span text, size_t step)
{
	for (; text.len > 0; text = span_skip(text, step))
		handshake_feed(&env, h, of_server, span_head(text, step));
}

static size_t kept(bool of_server)
{
	size_t n = 0;

	for (const struct handshake_part *p = h->first; p != NULL; p = p->next)
		n += p->of_server == of_server ? p->used : 0;
	return n;
}

Test(handshake, both_flights_are_kept_until_data_comes)
{
	feed(false, record(TLS_HANDSHAKE, 500), 1);
	feed(true, record(TLS_HANDSHAKE, 3000), 1460);
	cr_expect_not(handshake_is_over(h));
	feed(true, record(TLS_APPLICATION_DATA, 9000), 1460);
	cr_expect_not(handshake_is_over(h), "the client may still have something to say");
	feed(false, record(TLS_APPLICATION_DATA, 80), 80);
	cr_expect(handshake_is_over(h));
	cr_expect_eq(kept(false), 500 + 2 * TLS_HEAD);
	cr_expect_eq(kept(true), 3000 + 2 * TLS_HEAD);
	cr_expect_not(h->cut);
}

Test(handshake, a_direction_that_is_not_seen_is_not_waited_for)
{
	feed(false, record(TLS_HANDSHAKE, 500), 1460);
	feed(false, record(TLS_APPLICATION_DATA, 16000), 1460);
	cr_expect_not(handshake_is_over(h));
	feed(false, record(TLS_APPLICATION_DATA, 16000), 1460);
	feed(false, record(TLS_APPLICATION_DATA, 16000), 1460);
	cr_expect(handshake_is_over(h));
}

Test(handshake, each_direction_has_its_limit)
{
	for (int i = 0; i < 40; i++) {
		feed(false, record(TLS_HANDSHAKE, 1000), 1005);
		feed(true, record(TLS_HANDSHAKE, 1000), 1005);
	}
	cr_expect_eq(kept(false), HANDSHAKE_CLIENT_MAX);
	cr_expect_eq(kept(true), HANDSHAKE_SERVER_MAX);
	cr_expect(handshake_is_over(h));
}

Test(handshake, no_part_is_left)
{
	void *held[8192];
	uint32_t n = mt_pool_left(&env.parts) - 1;

	cr_assert_leq(n, 8192);
	for (uint32_t i = 0; i < n; i++)
		held[i] = mt_pool_take(&env.parts);
	feed(false, record(TLS_HANDSHAKE, 4000), 1460);
	feed(true, record(TLS_HANDSHAKE, 4000), 1460);
	cr_expect(h->cut && handshake_is_over(h));
	cr_expect_leq(kept(false), HANDSHAKE_PART);
	cr_expect_eq(kept(true), 0);
	for (uint32_t i = 0; i < n; i++)
		mt_pool_put(&env.parts, held[i]);
}

Test(handshake, no_place_is_left)
{
	void *held[8192];
	uint32_t n = mt_pool_left(&env.places);

	for (uint32_t i = 0; i < n; i++)
		held[i] = handshake_begin(&env);
	cr_expect_null(handshake_begin(&env));
	for (uint32_t i = 0; i < n; i++)
		handshake_end(&env, held[i]);
}
