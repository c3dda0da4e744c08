// SPDX-License-Identifier: BSD-3-Clause
#include "stats.h"

#include <string.h>

#include <criterion/criterion.h>

static struct stats_sum sum;

static void add(enum stats_counter c, uint64_t n)
{
	sum.counter[c] += n;
}

// Gives each term a share of its own, and all of them to the left side.
static void share(enum stats_counter left, const enum stats_counter *terms, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add(terms[i], i + 1);
		add(left, i + 1);
	}
}

// A run that has ended: some of everything, nothing open.
static void make_run(void)
{
	static const enum stats_counter not_ours[] = {STATS_rx_foreign, STATS_rx_transit,
		STATS_rx_not_ip, STATS_rx_not_tcp, STATS_rx_fragments, STATS_rx_cut,
		STATS_rx_too_deep, STATS_rx_bad, STATS_hop_internal_skipped,
		STATS_hop_outbound_skipped, STATS_rx_ring_full};
	static const enum stats_counter ends[] = {STATS_tx_rset, STATS_tx_greeting,
		STATS_tx_mail_again, STATS_tx_no_rcpt, STATS_tx_data_refused,
		STATS_tx_tls, STATS_tx_quit, STATS_tx_closed, STATS_tx_strict};
	static const enum stats_counter closed[] = {STATS_conn_fin, STATS_conn_reset,
		STATS_conn_reused, STATS_conn_idle, STATS_conn_evicted,
		STATS_conn_stopped};
	static const enum stats_counter fates[] = {STATS_writer_stored,
		STATS_writer_not_kept, STATS_writer_given_up_chunk,
		STATS_writer_given_up_disk_full, STATS_writer_given_up_disk_error,
		STATS_writer_given_up_open, STATS_writer_given_up_envelope};
	static const enum stats_counter octets[] = {STATS_tcp_delivered,
		STATS_tcp_duplicate, STATS_tcp_outside, STATS_tcp_discarded};

	memset(&sum, 0, sizeof(sum));
	share(STATS_rx_packets, not_ours, sizeof(not_ours) / sizeof(not_ours[0]));
	share(STATS_tx_begun, ends, sizeof(ends) / sizeof(ends[0]));
	share(STATS_conn_begun, closed, sizeof(closed) / sizeof(closed[0]));
	share(STATS_writer_mails, fates, sizeof(fates) / sizeof(fates[0]));
	share(STATS_tcp_received, octets, sizeof(octets) / sizeof(octets[0]));
	add(STATS_rx_packets, 1000);
	add(STATS_rx_to_workers, 1000);
	add(STATS_tcp_packets, 1000);
	add(STATS_tcp_lost, 7);
	add(STATS_tcp_span, 7 + sum.counter[STATS_tcp_delivered]);
	add(STATS_mail_begun, sum.counter[STATS_writer_mails]);
	add(STATS_tx_begun, sum.counter[STATS_mail_begun]);
	add(STATS_mail_accepted, sum.counter[STATS_mail_begun] - 3);
	add(STATS_mail_refused, 2);
	add(STATS_mail_unknown, 1);
}

TestSuite(stats_ledger, .init = make_run);

Test(stats_ledger, a_run_that_lost_nothing_balances)
{
	cr_expect(stats_balanced(&sum, true));
	cr_expect(stats_balanced(&sum, false));
	memset(&sum, 0, sizeof(sum));
	cr_expect(stats_balanced(&sum, true), "nothing at all balances, too");
}

// Each counter that takes part, moved by one alone, must be noticed.
Test(stats_ledger, every_counter_of_a_sum_counts)
{
	static const enum stats_counter beside[] = {STATS_rx_port_missed,
		STATS_rx_port_errors, STATS_rx_octets, STATS_rx_no_mbuf, STATS_rx_lag_us,
		STATS_tcp_no_connection, STATS_tcp_stray, STATS_tcp_ignored,
		STATS_tcp_holes, STATS_tcp_mirrored, STATS_tcp_retransmitted,
		STATS_tcp_out_of_order, STATS_tcp_unacked, STATS_tcp_differs,
		STATS_tcp_doubtful, STATS_tcp_hold_full, STATS_tcp_held_segments,
		STATS_tcp_challenged, STATS_tcp_relieved, STATS_conn_late,
		STATS_conn_dark, STATS_conn_tls_implicit, STATS_conn_tls_refused,
		STATS_conn_tls_unused, STATS_conn_tls_unread, STATS_conn_text_lost,
		STATS_writer_handshakes, STATS_writer_handshakes_lost,
		STATS_conn_one_sided, STATS_conn_used, STATS_conn_used_client,
		STATS_conn_used_server, STATS_hop_inbound, STATS_hop_internal,
		STATS_hop_outbound, STATS_mail_complete, STATS_mail_octets,
		STATS_writer_sessions, STATS_writer_octets, STATS_writer_announced,
		STATS_writer_batches, STATS_writer_sync_us, STATS_writer_expired,
		STATS_writer_expired_segments, STATS_writer_scanned,
		STATS_writer_unscanned, STATS_writer_alerts, STATS_writer_alerts_lost,
		STATS_checksum_bad, STATS_checksum_offload, STATS_writer_hits_untold,
		STATS_writer_copied, STATS_tcp_left, STATS_pool_chunks, STATS_pool_mbufs,
		STATS_busy_cycles, STATS_idle_cycles};
	bool is_beside[STATS_COUNT] = {false};

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		is_beside[beside[i]] = true;
	sum.counter[STATS_rx_port_packets] = sum.counter[STATS_rx_packets];
	for (int c = 0; c < STATS_COUNT; c++) {
		sum.counter[c]++;
		cr_expect_eq(stats_balanced(&sum, true), is_beside[c], "%s",
			stats_name((enum stats_counter)c));
		sum.counter[c]--;
	}
	cr_expect(stats_balanced(&sum, true));
}

Test(stats_ledger, what_is_under_way_is_allowed_only_during_a_run)
{
	add(STATS_tcp_received, 5);
	add(STATS_tcp_held, 5);
	add(STATS_rx_packets, 2); // on a ring
	add(STATS_rx_to_workers, 2);
	add(STATS_pool_mbufs_used, 9);
	cr_expect(stats_balanced(&sum, false));
	cr_expect_not(stats_balanced(&sum, true));
}

// Its sum closes, so that the gauge alone can tell.
Test(stats_ledger, nothing_may_be_open_at_the_end)
{
	static const struct {
		enum stats_counter gauge, left;
	} open[] = {
		{STATS_tcp_held, STATS_tcp_received},
		{STATS_tcp_span_open, STATS_tcp_span},
		{STATS_conn_open, STATS_conn_begun},
		{STATS_tx_open, STATS_tx_begun},
		{STATS_pool_chunks_used, STATS_pool_chunks},
		{STATS_pool_mbufs_used, STATS_pool_mbufs},
	};

	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		make_run();
		add(open[i].gauge, 1);
		add(open[i].left, 1);
		cr_expect(stats_balanced(&sum, false), "%s", stats_name(open[i].gauge));
		cr_expect_not(
			stats_balanced(&sum, true), "%s", stats_name(open[i].gauge));
	}
	make_run();
	sum.counter[STATS_mail_accepted]--;
	add(STATS_mail_open, 1);
	cr_expect(stats_balanced(&sum, false));
	cr_expect_not(stats_balanced(&sum, true), "mail_open");
}

Test(stats_ledger, the_ports_own_counter_is_a_second_witness)
{
	add(STATS_rx_port_packets, sum.counter[STATS_rx_packets]);
	cr_expect(stats_balanced(&sum, true));
	add(STATS_rx_port_packets, 1);
	cr_expect_not(stats_balanced(&sum, true));
	cr_expect(stats_balanced(&sum, false));
	sum.live = true;
	cr_expect(stats_balanced(&sum, true), "a live port may hold some");
}

Test(stats_ledger, nobody_takes_what_was_not_put)
{
	add(STATS_rx_packets, 2);
	add(STATS_rx_to_workers, 2);
	cr_expect(stats_balanced(&sum, false));
	add(STATS_tcp_packets, 3);
	cr_expect_not(stats_balanced(&sum, false));
}

Test(stats_ledger, check_gives_both_sides)
{
	uint64_t left, right;

	add(STATS_conn_begun, 5);
	cr_expect_not(stats_ledger_check(&sum, STATS_LEDGER_SESSIONS, &left, &right));
	cr_expect_eq(left, 26);
	cr_expect_eq(right, 21);
	cr_expect_str_eq(stats_ledger_name(STATS_LEDGER_SESSIONS), "sessions");
}

Test(stats_ledger, json_shows_every_sum_with_its_terms)
{
	struct mt_buf out;
	struct mt_json j;

	mt_buf_init(&out, 1 << 16);
	mt_json_init(&j, &out);
	mt_json_open(&j, NULL, '{');
	stats_ledger_json(&j, "ledger", &sum, true);
	mt_json_close(&j, '}');
	mt_buf_add_char(&out, '\0');
	cr_assert_not(out.full);
	const char *text = (const char *)out.ptr;
	cr_expect_eq(
		strncmp(text,
			"{\"ledger\":{\"balanced\":true,\"packets\":{\"closes\":true,",
			51),
		0);
	for (int which = 0; which < STATS_LEDGER_COUNT; which++)
		cr_expect_not_null(
			strstr(text, stats_ledger_name((enum stats_ledger)which)));
	cr_expect_not_null(strstr(text,
		"\"mails\":{\"closes\":true,\"left\":28,\"right\":28,"
		"\"mail_begun\":28,\"mail_accepted\":25,\"mail_refused\":2,"
		"\"mail_unknown\":1,\"mail_open\":0}"));
	mt_buf_fini(&out);
}
