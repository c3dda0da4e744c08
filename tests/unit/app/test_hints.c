// SPDX-License-Identifier: BSD-3-Clause
#include "hints.h"

#include <string.h>

#include <criterion/criterion.h>

static struct hints one, two;
static struct hints_row rows[HINTS_MAX];
static uint32_t count;

static void note(struct hints *h, uint8_t server, uint16_t port, int times)
{
	struct packet_addr at = {{0}};

	at.octet[15] = server;
	for (int i = 0; i < times; i++)
		hints_note(h, HINTS_SERVER, &at, port);
}

Test(hints, the_busiest_comes_first)
{
	note(&one, 1, 25, 3);
	note(&one, 2, 25, 9);
	note(&one, 2, 587, 5);
	hints_get(&one, HINTS_SERVER, rows, &count);
	cr_assert_eq(count, 3);
	cr_expect_eq(rows[0].addr.octet[15], 2);
	cr_expect_eq(rows[0].port, 25);
	cr_expect_eq(rows[0].count, 9);
	cr_expect_eq(rows[1].port, 587);
	cr_expect_eq(rows[2].addr.octet[15], 1);
	count = 0;
	hints_get(&one, HINTS_PORT, rows, &count);
	cr_expect_eq(count, 0);
}

Test(hints, tables_of_several_rx_add_up)
{
	note(&one, 1, 25, 3);
	note(&one, 2, 25, 4);
	note(&two, 1, 25, 3);
	note(&two, 3, 25, 1);
	hints_get(&one, HINTS_SERVER, rows, &count);
	hints_get(&two, HINTS_SERVER, rows, &count);
	cr_assert_eq(count, 3);
	cr_expect_eq(rows[0].addr.octet[15], 1);
	cr_expect_eq(rows[0].count, 6);
	cr_expect_eq(rows[2].addr.octet[15], 3);
}

// A scan of many addresses cannot push a busy one out.
Test(hints, a_busy_one_survives_a_scan)
{
	note(&one, 200, 25, 100);
	for (int i = 0; i < 150; i++)
		note(&one, (uint8_t)i, 25, 1);
	hints_get(&one, HINTS_SERVER, rows, &count);
	cr_assert_eq(count, HINTS_MAX);
	cr_expect_eq(rows[0].addr.octet[15], 200);
	cr_expect_eq(rows[0].count, 100);
	for (uint32_t i = 1; i < count; i++)
		cr_expect_leq(rows[i].count, rows[i - 1].count);
}

Test(hints, mail_ports_that_are_not_watched)
{
	uint64_t watched[1024] = {1ULL << 25}, left[1024];

	hints_ports(watched, left);
	cr_expect_not(packet_port_in(left, 25));
	cr_expect(packet_port_in(left, 24));
	cr_expect(packet_port_in(left, 465));
	cr_expect(packet_port_in(left, 587));
	cr_expect(packet_port_in(left, 2525));
	cr_expect_not(packet_port_in(left, 80));
	cr_expect(hints_is_tls_port(465));
	cr_expect_not(hints_is_tls_port(587));
}
