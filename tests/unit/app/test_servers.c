// SPDX-License-Identifier: BSD-3-Clause
#include "servers.h"

#include <string.h>

#include <criterion/criterion.h>

static struct servers_view view;
static const struct servers *tables[2];
static struct servers *a, *b;
static const struct servers_fate whole = {SERVERS_ACCEPTED, true, true};
static const struct servers_fate refused = {SERVERS_REFUSED, false, true};
static const struct servers_fate unknown = {SERVERS_UNKNOWN, false, false};

static void make(void)
{
	a = servers_create();
	b = servers_create();
	tables[0] = a;
	tables[1] = b;
	memset(&view, 0, sizeof(view));
}

static void unmake(void)
{
	servers_destroy(a);
	servers_destroy(b);
}

TestSuite(servers, .init = make, .fini = unmake);

static struct packet_addr addr(uint32_t n)
{
	struct packet_addr at = {{0}};

	at.octet[10] = at.octet[11] = 0xff;
	at.octet[12] = (uint8_t)(n >> 24);
	at.octet[13] = (uint8_t)(n >> 16);
	at.octet[14] = (uint8_t)(n >> 8);
	at.octet[15] = (uint8_t)n;
	return at;
}

// One session: a mail read, or TLS.
static void session(struct servers *s, uint32_t server, bool dark)
{
	struct packet_addr at = addr(server);
	uint16_t place = servers_begin(s, &at, 100);

	if (dark)
		servers_tls(s, place, SERVERS_TLS_DARK, 200);
	else
		servers_mail(s, place, &whole, 200);
	servers_end(s, place, 300);
}

Test(servers, figures_of_all_workers_add_up_by_address)
{
	struct packet_addr at = addr(7);
	uint16_t place = servers_begin(a, &at, 50);

	servers_mail(a, place, &refused, 60);
	servers_mail(a, place, &unknown, 70);
	session(a, 9, false);
	session(b, 7, false);
	session(b, 3, true);
	servers_view_update(&view, tables, 2);
	servers_view_update(&view, tables, 2);
	cr_assert_eq(view.count, 3);
	cr_expect_eq(view.rows[0].addr.octet[15], 3);
	cr_expect_eq(view.rows[1].addr.octet[15], 7);
	cr_expect_eq(view.rows[2].addr.octet[15], 9);
	cr_expect_eq(view.rows[0].dark, 1);
	cr_expect_eq(view.rows[1].sessions, 2);
	cr_expect_eq(view.rows[1].open, 1);
	cr_expect_eq(view.rows[1].accepted, 1);
	cr_expect_eq(view.rows[1].refused, 1);
	cr_expect_eq(view.rows[1].unknown, 1);
	cr_expect_eq(view.rows[1].complete, 1);
	cr_expect_eq(view.rows[1].clear, 2);
	cr_expect_eq(view.rows[1].last_us, 300);
}

Test(servers, who_comes_when_the_table_is_full_is_counted_under_others)
{
	for (uint32_t n = 0; n < SERVERS_MAX + 10; n++)
		session(a, n, false);
	session(a, 0, false);
	servers_view_update(&view, tables, 2);
	cr_expect_eq(view.count, SERVERS_MAX);
	cr_expect_eq(view.rows[0].sessions, 2);
	cr_expect_eq(view.others.sessions, 10);
	cr_expect_eq(view.others.accepted, 10);
	// Another worker has others of its own, which do not fit into the view either.
	session(b, 99999, false);
	servers_view_update(&view, tables, 2);
	cr_expect_eq(view.count, SERVERS_MAX);
	cr_expect_eq(view.others.sessions, 11);
}

Test(servers, a_server_that_never_was_readable_is_dark)
{
	for (int i = 0; i < 7; i++)
		session(a, 1, true);
	servers_view_update(&view, tables, 2);
	cr_expect_eq(servers_dark_run(&view.rows[0]), 0);
	session(b, 1, true);
	servers_view_update(&view, tables, 2);
	cr_expect_eq(servers_dark_run(&view.rows[0]), 8);
}

Test(servers, a_readable_server_that_goes_dark_is_told_and_forgiven)
{
	for (int i = 0; i < 20; i++)
		session(a, 1, false);
	servers_view_update(&view, tables, 2);
	cr_expect_eq(servers_dark_run(&view.rows[0]), 0);
	for (int i = 0; i < 8; i++)
		session(a, 1, true);
	servers_view_update(&view, tables, 2);
	cr_expect_eq(servers_dark_run(&view.rows[0]), 8);
	session(b, 1, false);
	servers_view_update(&view, tables, 2);
	cr_expect_eq(servers_dark_run(&view.rows[0]), 0);
}

// A port of TLS never could be read: its sessions are counted, and are no news.
Test(servers, implicit_tls_is_no_run_of_dark_sessions)
{
	struct packet_addr at = addr(1);

	for (int i = 0; i < 100; i++) {
		uint16_t place = servers_begin(a, &at, 100);
		servers_tls(a, place, SERVERS_TLS_DARK, 200);
		servers_tls(a, place, SERVERS_TLS_IMPLICIT, 200);
		servers_end(a, place, 300);
	}
	servers_view_update(&view, tables, 2);
	cr_expect_eq(view.rows[0].dark, 100);
	cr_expect_eq(view.rows[0].implicit, 100);
	cr_expect_eq(servers_dark_run(&view.rows[0]), 0);
	for (int i = 0; i < 8; i++)
		session(b, 1, true);
	servers_view_update(&view, tables, 2);
	cr_expect_eq(servers_dark_run(&view.rows[0]), 8);
}

Test(servers, what_became_of_starttls)
{
	struct packet_addr at = addr(1);
	uint16_t place = servers_begin(a, &at, 100);

	servers_tls(a, place, SERVERS_TLS_REFUSED, 150);
	servers_tls(a, place, SERVERS_TLS_UNUSED, 200);
	servers_view_update(&view, tables, 2);
	cr_expect_eq(view.rows[0].tls_refused, 1);
	cr_expect_eq(view.rows[0].tls_unused, 1);
	cr_expect_eq(view.rows[0].dark, 0);
}

// Nine of ten sessions are TLS, as on any public server: runs of dark ones are chance.
Test(servers, a_mostly_dark_server_is_not_wholly_dark)
{
	for (int i = 0; i < 200; i++) {
		session(a, 1, i % 20 != 0);
		servers_view_update(&view, tables, 2);
		if (i > 20)
			cr_expect_eq(servers_dark_run(&view.rows[0]), 0, "session %d", i);
	}
	for (int i = 0; i < 200; i++)
		session(a, 1, true);
	servers_view_update(&view, tables, 2);
	cr_expect_gt(servers_dark_run(&view.rows[0]), 200);
}
