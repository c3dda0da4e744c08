// SPDX-License-Identifier: BSD-3-Clause
#include "stats.h"

#define TERMS_MAX 21

struct ledger {
	const char *name;
	enum stats_counter left;
	uint32_t term_count;
	enum stats_counter terms[TERMS_MAX];
	bool crosses; // its sides have two writers, so it is uneven by what is under way
};

// clang-format off
static const struct ledger ledgers[STATS_LEDGER_COUNT] = {
	[STATS_LEDGER_PACKETS] = {
		.name = "packets",
		.left = STATS_rx_packets,
		.terms = {
			STATS_rx_foreign, STATS_rx_transit, STATS_rx_not_ip, STATS_rx_not_tcp,
			STATS_rx_fragments, STATS_rx_fragments_joined, STATS_rx_fragments_lost,
			STATS_rx_fragments_copies, STATS_rx_fragments_bad,
			STATS_rx_fragments_differ, STATS_rx_fragments_full,
			STATS_rx_outer_full, STATS_rx_outer_partial,
			STATS_rx_fragments_held, STATS_rx_cut, STATS_rx_too_deep, STATS_rx_bad,
			STATS_hop_internal_skipped, STATS_hop_outbound_skipped,
			STATS_rx_ring_full, STATS_rx_to_workers,
		},
		.term_count = 21,
	},
	[STATS_LEDGER_WORKERS] = {
		.name = "workers",
		.left = STATS_rx_to_workers,
		.terms = {STATS_tcp_packets},
		.term_count = 1,
		.crosses = true,
	},
	[STATS_LEDGER_OCTETS] = {
		.name = "octets",
		.left = STATS_tcp_received,
		.terms = {
			STATS_tcp_delivered, STATS_tcp_urgent, STATS_tcp_duplicate,
			STATS_tcp_outside, STATS_tcp_discarded, STATS_tcp_held,
		},
		.term_count = 6,
	},
	[STATS_LEDGER_SEQUENCE] = {
		.name = "sequence",
		.left = STATS_tcp_span,
		.terms = {STATS_tcp_delivered, STATS_tcp_urgent, STATS_tcp_lost, STATS_tcp_span_open},
		.term_count = 4,
	},
	[STATS_LEDGER_TRANSACTIONS] = {
		.name = "transactions",
		.left = STATS_tx_begun,
		.terms = {
			STATS_tx_rset, STATS_tx_greeting, STATS_tx_mail_again, STATS_tx_no_rcpt,
			STATS_tx_data_refused, STATS_tx_tls, STATS_tx_quit, STATS_tx_closed,
			STATS_tx_strict, STATS_mail_begun, STATS_tx_open,
		},
		.term_count = 11,
	},
	[STATS_LEDGER_MAILS] = {
		.name = "mails",
		.left = STATS_mail_begun,
		.terms = {
			STATS_mail_accepted, STATS_mail_refused, STATS_mail_unknown, STATS_mail_open,
		},
		.term_count = 4,
	},
	[STATS_LEDGER_FATES] = {
		.name = "fates",
		.left = STATS_writer_mails,
		.terms = {
			STATS_writer_stored, STATS_writer_not_kept, STATS_writer_given_up_chunk,
			STATS_writer_given_up_disk_full, STATS_writer_given_up_disk_error,
			STATS_writer_given_up_open, STATS_writer_given_up_envelope,
		},
		.term_count = 7,
	},
	[STATS_LEDGER_SESSIONS] = {
		.name = "sessions",
		.left = STATS_conn_begun,
		.terms = {
			STATS_conn_fin, STATS_conn_reset, STATS_conn_reused, STATS_conn_idle,
			STATS_conn_evicted, STATS_conn_stopped, STATS_conn_open,
		},
		.term_count = 7,
	},
};

// What is out or under way now; nothing may be after the end.
static const enum stats_counter gauges[] = {
	STATS_tcp_held, STATS_tcp_span_open, STATS_conn_open, STATS_conn_half_open, STATS_conn_left,
	STATS_tx_open, STATS_mail_open, STATS_pool_chunks_used, STATS_pool_mbufs_used,
	STATS_rx_fragments_held,
};
// clang-format on

const char *stats_ledger_name(enum stats_ledger which)
{
	return ledgers[which].name;
}

bool stats_ledger_check(const struct stats_sum *sum, enum stats_ledger which,
	uint64_t *ret_left, uint64_t *ret_right)
{
	const struct ledger *l = &ledgers[which];
	uint64_t right = 0;

	for (uint32_t t = 0; t < l->term_count; t++)
		right += sum->counter[l->terms[t]];
	*ret_left = sum->counter[l->left];
	*ret_right = right;
	return *ret_left == *ret_right;
}

// What must hold beside the sums once everything has come to rest.
static bool is_at_rest(const struct stats_sum *sum)
{
	uint64_t ports = sum->counter[STATS_rx_port_packets];

	for (size_t g = 0; g < sizeof(gauges) / sizeof(gauges[0]); g++)
		if (sum->counter[gauges[g]] != 0)
			return false;
	if (!sum->live && ports != 0 && ports != sum->counter[STATS_rx_packets])
		return false;
	return sum->counter[STATS_writer_mails] == sum->counter[STATS_mail_begun];
}

bool stats_balanced(const struct stats_sum *sum, bool at_end)
{
	uint64_t left, right;

	for (int which = 0; which < STATS_LEDGER_COUNT; which++) {
		if (stats_ledger_check(sum, (enum stats_ledger)which, &left, &right))
			continue;
		// Nobody takes what was not put, if the right side was read first.
		if (at_end || !ledgers[which].crosses || right > left)
			return false;
	}
	return !at_end || is_at_rest(sum);
}

static void write_ledger(
	struct mt_json *j, const struct stats_sum *sum, enum stats_ledger which)
{
	const struct ledger *l = &ledgers[which];
	uint64_t left, right;
	bool closes = stats_ledger_check(sum, which, &left, &right);

	mt_json_open(j, l->name, '{');
	mt_json_bool(j, "closes", closes);
	mt_json_u64(j, "left", left);
	mt_json_u64(j, "right", right);
	mt_json_u64(j, stats_name(l->left), left);
	for (uint32_t t = 0; t < l->term_count; t++)
		mt_json_u64(j, stats_name(l->terms[t]), sum->counter[l->terms[t]]);
	mt_json_close(j, '}');
}

void stats_ledger_json(
	struct mt_json *j, const char *key, const struct stats_sum *sum, bool at_end)
{
	mt_json_open(j, key, '{');
	mt_json_bool(j, "balanced", stats_balanced(sum, at_end));
	for (int which = 0; which < STATS_LEDGER_COUNT; which++)
		write_ledger(j, sum, (enum stats_ledger)which);
	mt_json_close(j, '}');
}
