// SPDX-License-Identifier: BSD-3-Clause
#include "summary.h"

#include "mt_clock.h"

#include <inttypes.h>

struct row {
	const char *label;
	enum stats_counter counters[6]; // added up; ends at the first STATS_COUNT
	bool always; // shown even when zero
};

#define END STATS_COUNT

static const struct row packet_rows[] = {
	{"taken", {STATS_rx_packets, END}, true},
	{"  mail", {STATS_rx_to_workers, END}, true},
	{"  other ports", {STATS_rx_foreign, END}, false},
	{"  mail of others", {STATS_rx_transit, END}, false},
	{"  hops not captured",
		{STATS_hop_internal_skipped, STATS_hop_outbound_skipped, END}, false},
	{"  not TCP", {STATS_rx_not_ip, STATS_rx_not_tcp, END}, false},
	{"  fragments",
		{STATS_rx_fragments, STATS_rx_fragments_lost, STATS_rx_fragments_full,
			STATS_rx_outer_partial, STATS_rx_outer_full, END},
		false},
	{"  cut or broken", {STATS_rx_cut, STATS_rx_too_deep, STATS_rx_bad, END}, false},
	{"  dropped, ring full", {STATS_rx_ring_full, END}, false},
	{"lost before us", {STATS_rx_port_missed, STATS_rx_no_mbuf, END}, true},
};

static const struct row connection_rows[] = {
	{"seen", {STATS_conn_begun, END}, true},
	{"  joined late", {STATS_conn_late, END}, false},
	{"  one direction only", {STATS_conn_one_sided, END}, false},
	{"  went dark (TLS)", {STATS_conn_dark, END}, false},
	{"table full, packets", {STATS_tcp_no_connection, END}, false},
	{"octets in holes", {STATS_tcp_lost, END}, false},
};

static const struct row mail_rows[] = {
	{"seen", {STATS_mail_begun, END}, true},
	{"  accepted", {STATS_mail_accepted, END}, true},
	{"  refused", {STATS_mail_refused, END}, false},
	{"  no final reply", {STATS_mail_unknown, END}, false},
	{"complete", {STATS_mail_complete, END}, true},
	{"stored", {STATS_writer_stored, END}, true},
	{"not kept", {STATS_writer_not_kept, END}, false},
	{"given up",
		{STATS_writer_given_up_chunk, STATS_writer_given_up_disk_full,
			STATS_writer_given_up_disk_error, STATS_writer_given_up_open,
			STATS_writer_given_up_envelope, END},
		true},
};

static uint64_t value_of(const struct row *row, const struct stats_sum *sum)
{
	uint64_t value = 0;

	for (int i = 0; i < 6 && row->counters[i] != END; i++)
		value += sum->counter[row->counters[i]];
	return value;
}

static void print_rows(FILE *to, const char *title, const struct row *rows, size_t n,
	const struct stats_sum *sum)
{
	fprintf(to, "%s\n", title);
	for (size_t i = 0; i < n; i++) {
		uint64_t value = value_of(&rows[i], sum);
		if (value > 0 || rows[i].always)
			fprintf(to, "  %-24s %12" PRIu64 "\n", rows[i].label, value);
	}
}

static void print_ledger(FILE *to, const struct stats_sum *sum, bool balanced)
{
	fprintf(to, "ledger                     %s\n",
		balanced ? "balanced" : "NOT BALANCED");
	for (enum stats_ledger l = 0; !balanced && l < STATS_LEDGER_COUNT; l++) {
		uint64_t left, right;
		if (!stats_ledger_check(sum, l, &left, &right))
			fprintf(to, "  %-24s %12" PRIu64 " is not %" PRIu64 "\n",
				stats_ledger_name(l), left, right);
	}
}

void summary_print(FILE *to, const struct stats_sum *sum, bool balanced, double seconds)
{
	double bits = (double)sum->counter[STATS_rx_octets] * 8;

	print_rows(to, "packets", packet_rows,
		sizeof(packet_rows) / sizeof(packet_rows[0]), sum);
	print_rows(to, "connections", connection_rows,
		sizeof(connection_rows) / sizeof(connection_rows[0]), sum);
	print_rows(to, "mails", mail_rows, sizeof(mail_rows) / sizeof(mail_rows[0]), sum);
	print_ledger(to, sum, balanced);
	fprintf(to, "%.3f seconds, %.3f Gbit/s\n", seconds,
		seconds > 0 ? bits / seconds / 1e9 : 0.0);
}

static void print_odds(FILE *to, uint64_t odds)
{
	for (enum mt_odd o = 0; o < MT_ODD_COUNT; o++)
		if (odds & mt_odd_bit(o))
			fprintf(to, " %s", mt_odd_name(o));
}

void summary_print_mails(FILE *to, const struct recent *recent, int width)
{
	static const char *const outcomes[] = {"unknown", "accepted", "refused"};
	struct recent_mail m;
	uint32_t count = 0;
	// What time, size and outcome leave is shared by sender and recipients.
	int address = (width - 48) / 2;

	if (address > RECENT_TEXT - 1)
		address = RECENT_TEXT - 1;
	if (address < 12)
		address = 12;
	while (recent_get(recent, count, &m))
		count++;
	fprintf(to, "%-8s  %-*s  %-*s  %9s  %-8s  %s\n", "time", address, "sender",
		address, "recipients", "octets", "outcome", "oddities");
	for (uint32_t i = count; i-- > 0;) {
		char time[MT_CLOCK_TEXT_SIZE], rcpt[RECENT_TEXT + 32];
		if (!recent_get(recent, i, &m))
			continue;
		mt_clock_text(m.at_us, time);
		snprintf(rcpt, sizeof(rcpt), m.rcpts > 1 ? "%s +%u" : "%s", m.rcpt,
			m.rcpts - 1);
		fprintf(to, "%.8s  %-*.*s  %-*.*s  %9" PRIu64 "  %-8s ", time + 11,
			address, address, m.from, address, address, rcpt, m.size,
			outcomes[m.outcome]);
		if (m.refused > 0)
			fprintf(to, " %u refused", m.refused);
		if (!m.complete)
			fprintf(to, " incomplete");
		print_odds(to, m.odds);
		fputc('\n', to);
	}
}
