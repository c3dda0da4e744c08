// SPDX-License-Identifier: BSD-3-Clause
#include "judge.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#define S 1000000UL

// Two legs of a tap that bring packets, a disk that is half empty: all is well.
static struct judge_sample now, before;
static struct judge_port_name names[4];
static struct servers_view servers;
static struct hints_row strangers[HINTS_MAX], ports[HINTS_MAX];
static struct judge_view view;
static struct judge judge;
static struct judge_reason reasons[JUDGE_COUNT];

static void quiet(void)
{
	memset(&now, 0, sizeof(now));
	memset(&before, 0, sizeof(before));
	memset(names, 0, sizeof(names));
	memset(&servers, 0, sizeof(servers));
	for (int i = 0; i < 2; i++) {
		snprintf(names[i].interface, sizeof(names[i].interface), "tap0");
		snprintf(names[i].device, sizeof(names[i].device), "eth%d", i);
		names[i].leg = (char)('a' + i);
		before.ports[i] = (struct judge_port){.packets = 1000, .link_up = true};
		now.ports[i] = (struct judge_port){
			.packets = 2000, .link_up = true, .moved_us = 110 * S};
	}
	before.at_us = 100 * S;
	now.at_us = 110 * S;
	before.wall_us = 1000000 * S;
	now.wall_us = 1000010 * S;
	now.spool = (struct judge_spool){
		.seen_us = 110 * S, .free = 50UL << 30, .total = 100UL << 30};
	view = (struct judge_view){
		.now = &now,
		.before = &before,
		.minute = &before,
		.names = names,
		.port_count = 2,
		.connections = 4000,
		.servers = &servers,
		.strangers = strangers,
		.ports = ports,
	};
}

TestSuite(judge, .init = quiet);

static void moves(enum stats_counter c, uint64_t by)
{
	before.sum.counter[c] = 7;
	now.sum.counter[c] = 7 + by;
}

static struct packet_addr addr(uint8_t last)
{
	return (struct packet_addr){
		{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, last}};
}

// --- one trouble each

static void pull_a_cable(void)
{
	now.ports[0].link_up = false;
}

static void pull_all_cables(void)
{
	now.ports[0].link_up = now.ports[1].link_up = false;
}

static void silence_a_leg(void)
{
	now.ports[0].packets = 1000;
	now.ports[0].moved_us = 105 * S;
}

static void silence_both_for_a_moment(void)
{
	for (int i = 0; i < 2; i++) {
		now.ports[i].packets = 1000;
		now.ports[i].moved_us = 100 * S;
	}
}

static void silence_both(void)
{
	silence_both_for_a_moment();
	now.ports[0].moved_us = now.ports[1].moved_us = 45 * S;
}

static void lose_at_the_port(void)
{
	now.ports[1].missed = 10;
}

static void send(void)
{
	now.ports[1].sent = 1;
}

static void run_out_of_buffers(void)
{
	moves(STATS_rx_no_mbuf, 4);
}

static void overrun_the_workers(void)
{
	moves(STATS_rx_ring_full, 5);
	moves(STATS_rx_packets, 5);
}

static void fill_the_table(void)
{
	moves(STATS_tcp_no_connection, 6);
}

static void flood(void)
{
	moves(STATS_conn_evicted, 900);
	moves(STATS_conn_begun, 900);
	now.sum.counter[STATS_conn_half_open] = 4000;
}

static void fill_half_of_the_table(void)
{
	now.sum.counter[STATS_conn_half_open] = 2500;
}

static void register_the_wrong_server(void)
{
	moves(STATS_rx_transit, 50);
	moves(STATS_rx_packets, 50);
	strangers[0] = (struct hints_row){.addr = addr(99), .port = 25, .count = 9};
	view.stranger_count = 1;
}

static void see_only_strangers(void)
{
	moves(STATS_rx_transit, 50);
	moves(STATS_rx_packets, 50);
}

static void register_everybody(void)
{
	moves(STATS_hop_internal_skipped, 50);
	moves(STATS_rx_packets, 50);
}

static void speak_on_another_port(void)
{
	ports[0] = (struct hints_row){.addr = addr(25), .port = 2525, .count = 9};
	view.hint_port_count = 1;
}

static void speak_on_a_tls_port(void)
{
	ports[0] = (struct hints_row){.addr = addr(25), .port = 465, .count = 9};
	view.hint_port_count = 1;
}

static void hide_the_servers(void)
{
	moves(STATS_conn_used, 10);
	moves(STATS_conn_used_client, 9);
}

static void hide_the_clients(void)
{
	moves(STATS_conn_used, 10);
	moves(STATS_conn_used_server, 5);
}

static void go_dark(void)
{
	servers.count = 2;
	servers.rows[0] = (struct servers_row){.addr = addr(1), .sessions = 9, .dark = 2};
	servers.rows[1] =
		(struct servers_row){.addr = addr(25), .sessions = 40, .dark = 40};
}

static void cut_mails(void)
{
	moves(STATS_mail_begun, 100);
	moves(STATS_mail_accepted, 100);
	before.sum.counter[STATS_mail_accepted] = before.sum.counter[STATS_mail_begun];
	now.sum.counter[STATS_mail_accepted] = now.sum.counter[STATS_mail_begun];
	moves(STATS_mail_complete, 90);
}

static void break_checksums(void)
{
	moves(STATS_tcp_packets, 100);
	moves(STATS_checksum_bad, 30);
}

static void fill_the_disk(void)
{
	now.spool.degraded = now.spool.full = true;
	now.spool.free = 0;
}

static void fail_the_disk(void)
{
	now.spool.degraded = true;
	snprintf(now.spool.trouble, sizeof(now.spool.trouble),
		"writing: Input/output error");
}

static void hang_the_disk(void)
{
	now.spool.seen_us = 103 * S;
}

static void nearly_fill_the_disk(void)
{
	now.spool.free = 4UL << 30;
}

static void run_out_of_chunks(void)
{
	moves(STATS_writer_given_up_chunk, 3);
	moves(STATS_writer_mails, 3);
	before.sum.counter[STATS_writer_mails] = now.sum.counter[STATS_writer_mails] = 0;
	before.sum.counter[STATS_writer_mails] = 7;
	now.sum.counter[STATS_writer_mails] = 10;
}

static void lose_one_uncounted(void)
{
	before.sum.counter[STATS_rx_packets] = 100;
	now.sum.counter[STATS_rx_packets] = 100;
}

static void take_what_was_not_put(void)
{
	now.sum.counter[STATS_tcp_packets] = 1;
}

static void reload_badly(void)
{
	view.reload_error = "mailtap.yaml:3:1: registred: no such key";
}

static void set_the_clock(void)
{
	now.wall_us -= 3600 * S;
}

static const struct {
	void (*provoke)(void);
	enum judge_code code;
	enum judge_weight weight;
	const char *in_text, *in_hint;
} cases[] = {
	{pull_a_cable, JUDGE_link_down, JUDGE_DEGRADED, "tap0 leg a (eth0)", "cable"},
	{pull_all_cables, JUDGE_link_down, JUDGE_FAILED, "1 more", "cable"},
	{silence_a_leg, JUDGE_leg_dead, JUDGE_DEGRADED,
		"tap0 leg a (eth0) is silent for 5 s", "cable"},
	{silence_both_for_a_moment, JUDGE_nothing_seen, JUDGE_NOTICE, "10 s", "tcpdump"},
	{silence_both, JUDGE_nothing_seen, JUDGE_DEGRADED, "65 s", "tcpdump"},
	{lose_at_the_port, JUDGE_port_lost, JUDGE_DEGRADED,
		"tap0 leg b (eth1) lost 10 packets in 10 s (0.99 %)", "queues"},
	{send, JUDGE_port_sent, JUDGE_DEGRADED, "eth1", "report"},
	{run_out_of_buffers, JUDGE_no_buffers, JUDGE_DEGRADED, "4 packets", "mbufs"},
	{overrun_the_workers, JUDGE_workers_slow, JUDGE_DEGRADED, "5 packets", "workers"},
	{fill_the_table, JUDGE_table_full, JUDGE_DEGRADED, "6 packets", "(now 4000)"},
	{flood, JUDGE_flood, JUDGE_DEGRADED, "900 of them pushed out",
		"flow.connections"},
	{fill_half_of_the_table, JUDGE_flood, JUDGE_DEGRADED,
		"2500 connections half open", "flood"},
	{register_the_wrong_server, JUDGE_no_server, JUDGE_DEGRADED,
		"192.0.2.99, port 25", "registered: [192.0.2.99]"},
	{see_only_strangers, JUDGE_no_server, JUDGE_DEGRADED, "neither end",
		"registered"},
	{register_everybody, JUDGE_hops_skipped, JUDGE_DEGRADED, "internal",
		"smtp.capture: [inbound, internal]"},
	{speak_on_another_port, JUDGE_mail_port, JUDGE_NOTICE,
		"192.0.2.25 speaks on port 2525", "add 2525 to smtp.ports"},
	{speak_on_a_tls_port, JUDGE_mail_port, JUDGE_NOTICE, "465",
		"TLS from the first octet"},
	{hide_the_servers, JUDGE_one_sided, JUDGE_DEGRADED, "9 of 10 connections",
		"legs: [a, b]"},
	{hide_the_clients, JUDGE_one_sided, JUDGE_DEGRADED, "what servers send",
		"legs: [a, b]"},
	{go_dark, JUDGE_server_dark, JUDGE_DEGRADED,
		"192.0.2.25 went wholly to TLS: 40 sessions", "TLS"},
	{cut_mails, JUDGE_incomplete, JUDGE_DEGRADED, "10 of 100 mails", "legs"},
	{break_checksums, JUDGE_checksums, JUDGE_DEGRADED, "30 of 100", "ignore"},
	{fill_the_disk, JUDGE_disk_full, JUDGE_FAILED, "disk is full", "make room"},
	{fail_the_disk, JUDGE_disk_error, JUDGE_FAILED, "Input/output error", "dmesg"},
	{hang_the_disk, JUDGE_disk_stuck, JUDGE_FAILED, "7 s", "hanging"},
	{nearly_fill_the_disk, JUDGE_disk_low, JUDGE_DEGRADED, "4.0 GB (4.0 %) free",
		"retention"},
	{run_out_of_chunks, JUDGE_chunks_short, JUDGE_DEGRADED, "3 mails",
		"memory.chunks"},
	{lose_one_uncounted, JUDGE_ledger_open, JUDGE_DEGRADED, "(packets)", "report"},
	{take_what_was_not_put, JUDGE_ledger_open, JUDGE_DEGRADED, "(workers)", "report"},
	{reload_badly, JUDGE_reload_failed, JUDGE_DEGRADED, "registred", "mailtap check"},
	{set_the_clock, JUDGE_clock, JUDGE_NOTICE, "back by 3600 s", "NTP"},
};

#define CASE_COUNT (sizeof(cases) / sizeof(cases[0]))

static void look(int times)
{
	for (int i = 0; i < times; i++)
		judge_update(&judge, &view);
}

static const struct judge_reason *find(enum judge_code code)
{
	uint32_t n = judge_list(&judge, now.wall_us, reasons);

	for (uint32_t i = 0; i < n; i++)
		if (reasons[i].code == code)
			return &reasons[i];
	return NULL;
}

Test(judge, nothing_is_said_when_all_is_well)
{
	look(20);
	cr_expect_eq(judge_list(&judge, now.wall_us, reasons), 0);
	cr_expect_str_eq(judge_state(&judge), "OK");
	// The first sample has nothing before it.
	view.before = view.minute = &now;
	look(20);
	cr_expect_eq(judge_list(&judge, now.wall_us, reasons), 0);
}

Test(judge, each_trouble_is_said_with_what_to_do)
{
	static const char *const states[] = {
		[JUDGE_NOTICE] = "OK",
		[JUDGE_DEGRADED] = "DEGRADED",
		[JUDGE_FAILED] = "FAILED",
	};

	for (size_t i = 0; i < CASE_COUNT; i++) {
		memset(&judge, 0, sizeof(judge));
		quiet();
		look(1);
		cases[i].provoke();
		look(6);
		uint32_t n = judge_list(&judge, now.wall_us, reasons);
		// A case moves few counters, and may open the ledger by the way.
		cr_assert_eq(n,
			1 +
				(judge.troubles[JUDGE_ledger_open].active &&
					cases[i].code != JUDGE_ledger_open),
			"case %zu: %u reasons", i, n);
		const struct judge_reason *r = find(cases[i].code);
		cr_assert_neq(r, NULL, "case %zu", i);
		cr_expect(r->active);
		cr_expect_eq(r->weight, cases[i].weight, "case %zu", i);
		cr_expect_neq(strstr(r->text, cases[i].in_text), NULL, "case %zu: %s", i,
			r->text);
		cr_expect_neq(strstr(r->hint, cases[i].in_hint), NULL, "case %zu: %s", i,
			r->hint);
		cr_expect_lt(strlen(r->text), JUDGE_TEXT - 1, "case %zu is cut", i);
		cr_expect_lt(strlen(r->hint), JUDGE_TEXT - 1, "case %zu is cut", i);
		cr_expect_str_eq(
			judge_state(&judge), states[cases[i].weight], "case %zu", i);
	}
}

Test(judge, a_trouble_that_is_over_is_told_for_a_day)
{
	for (size_t i = 0; i < CASE_COUNT; i++) {
		memset(&judge, 0, sizeof(judge));
		quiet();
		cases[i].provoke();
		look(6);
		quiet();
		now.wall_us += 60 * S;
		before.wall_us += 60 * S;
		now.at_us += 60 * S;
		before.at_us += 60 * S;
		for (int p = 0; p < 2; p++)
			now.ports[p].moved_us = now.at_us;
		now.spool.seen_us = now.at_us;
		look(1);
		cr_expect_str_eq(judge_state(&judge), "OK", "case %zu", i);
		const struct judge_reason *r = find(cases[i].code);
		if (cases[i].weight == JUDGE_NOTICE) {
			cr_expect_eq(r, NULL, "case %zu", i);
			continue;
		}
		cr_assert_neq(r, NULL, "case %zu", i);
		cr_expect_not(r->active);
		cr_expect_eq(r->weight, JUDGE_NOTICE);
		cr_expect_eq(strncmp(r->text, "over (13:46:", 12), 0, "case %zu: %s", i,
			r->text);
		now.wall_us += 25UL * 3600 * S;
		cr_expect_eq(find(cases[i].code), NULL, "case %zu: a day later", i);
	}
}

Test(judge, what_is_over_is_told_at_its_worst)
{
	fill_the_table();
	look(1);
	moves(STATS_tcp_no_connection, 600);
	look(1);
	moves(STATS_tcp_no_connection, 2);
	look(1);
	cr_expect_neq(strstr(find(JUDGE_table_full)->text, "2 packets"), NULL);
	quiet();
	look(1);
	cr_expect_neq(strstr(find(JUDGE_table_full)->text, "600 packets"), NULL);
}

Test(judge, the_heaviest_comes_first)
{
	speak_on_another_port();
	fill_the_table();
	fill_the_disk();
	look(1);
	cr_assert_eq(judge_list(&judge, now.wall_us, reasons), 3);
	cr_expect_eq(reasons[0].code, JUDGE_disk_full);
	cr_expect_eq(reasons[1].code, JUDGE_table_full);
	cr_expect_eq(reasons[2].code, JUDGE_mail_port);
	cr_expect_str_eq(judge_state(&judge), "FAILED");
}

// --- what looks like a trouble and is none

Test(judge, a_quiet_night_is_no_dead_leg)
{
	silence_a_leg();
	now.ports[1].packets = before.ports[1].packets + 19;
	look(1);
	cr_expect_eq(find(JUDGE_leg_dead), NULL);
}

Test(judge, a_pause_after_traffic_is_no_dead_leg)
{
	silence_a_leg();
	now.ports[1].moved_us = 106 * S;
	look(1);
	cr_expect_eq(find(JUDGE_leg_dead), NULL);
}

Test(judge, the_end_of_a_file_is_no_trouble)
{
	silence_both();
	names[0].file = names[1].file = true;
	now.ports[0].link_up = now.ports[1].link_up = false;
	moves(STATS_rx_no_mbuf, 4);
	look(1);
	cr_expect_eq(judge_list(&judge, now.wall_us, reasons), 0);
}

Test(judge, a_single_port_has_no_legs)
{
	names[0].leg = names[1].leg = '\0';
	silence_a_leg();
	look(1);
	cr_expect_eq(judge_list(&judge, now.wall_us, reasons), 0);
}

Test(judge, transit_beside_mail_of_ours_is_no_trouble)
{
	register_the_wrong_server();
	moves(STATS_conn_begun, 1);
	look(1);
	cr_expect_eq(find(JUDGE_no_server), NULL);
}

Test(judge, few_of_a_kind_prove_nothing)
{
	moves(STATS_conn_used, 4);
	moves(STATS_conn_used_client, 4);
	moves(STATS_mail_accepted, 19);
	ports[0] = (struct hints_row){.addr = addr(25), .port = 2525, .count = 2};
	view.hint_port_count = 1;
	look(1);
	cr_expect_eq(judge_list(&judge, now.wall_us, reasons), 0);
}
