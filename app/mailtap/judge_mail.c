// SPDX-License-Identifier: BSD-3-Clause

// What the judge finds about connections and mails: is it the right traffic, whole and readable?

#include "judge_internal.h"

#include <inttypes.h>

// Shares are judged from so many of a kind on.
#define USED_MIN       5
#define MAILS_MIN      20
#define WHOLE_PERCENT  95
#define HALF_OPEN_MIN  1000
#define PORT_COUNT_MIN 3 // looks that met a mail port: one packet alone proves nothing

bool judge_table_full(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	(void)j;
	ret->amount = judge_moved(v, STATS_tcp_no_connection);
	if (ret->amount == 0)
		return false;
	judge_advise(ret,
		"raise flow.connections (now %" PRIu64 "), or shorten flow.idle",
		v->connections);
	return judge_say(ret, JUDGE_DEGRADED,
		"%" PRIu64 " packets dropped in %u s: the connection table is full",
		ret->amount, judge_seconds(v, v->before));
}

bool judge_flood(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	uint64_t half_open = v->now->sum.counter[STATS_conn_half_open];
	uint64_t evicted = judge_moved(v, STATS_conn_evicted);

	(void)j;
	if (evicted == 0 && (half_open < HALF_OPEN_MIN || half_open * 2 < v->connections))
		return false;
	ret->amount = evicted + half_open;
	judge_advise(ret,
		"what is established is safe; stop the flood before the servers, or raise flow.connections (%" PRIu64
		")",
		v->connections);
	return judge_say(ret, JUDGE_DEGRADED,
		"a SYN flood: %" PRIu64 " connections half open, %" PRIu64
		" of them pushed out in %u s",
		half_open, evicted, judge_seconds(v, v->before));
}

// Whether anything was captured: for the troubles of a configuration that names the wrong hosts.
static bool captures(const struct judge_view *v)
{
	return judge_moved_minute(v, STATS_conn_begun) > 0 ||
		judge_moved(v, STATS_rx_to_workers) > 0;
}

bool judge_no_server(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	char addr[JUDGE_ADDR];

	(void)j;
	ret->amount = judge_moved(v, STATS_rx_transit);
	if (ret->amount == 0 || captures(v))
		return false;
	if (v->stranger_count == 0) {
		judge_advise(ret,
			"registered: must list the addresses of your own mail servers as the tap sees them");
		return judge_say(ret, JUDGE_DEGRADED,
			"mail goes by, but neither end of it is registered");
	}
	judge_addr_text(&v->strangers[0].addr, addr);
	judge_advise(ret, "if it is yours, add it to the configuration: registered: [%s]",
		addr);
	return judge_say(ret, JUDGE_DEGRADED,
		"mail goes by, but no server of it is registered; busiest: %s, port %u",
		addr, v->strangers[0].port);
}

bool judge_hops_skipped(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	uint64_t internal = judge_moved(v, STATS_hop_internal_skipped);
	uint64_t outbound = judge_moved(v, STATS_hop_outbound_skipped);
	bool both = internal >= outbound;

	(void)j;
	ret->amount = internal + outbound;
	if (ret->amount == 0 || captures(v))
		return false;
	judge_advise(ret,
		both ? "register servers alone, not their clients; or smtp.capture: [inbound, internal]"
		     : "smtp.capture: [inbound, outbound] if mail that your servers send out shall be captured too");
	return judge_say(ret, JUDGE_DEGRADED,
		"all mail seen is %s, a hop that is not captured",
		both ? "between registered addresses (internal)"
		     : "from registered servers to the world (outbound)");
}

bool judge_mail_port(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	char addr[JUDGE_ADDR];
	uint16_t port;

	(void)j;
	if (v->hint_port_count == 0 || v->ports[0].count < PORT_COUNT_MIN)
		return false;
	judge_addr_text(&v->ports[0].addr, addr);
	port = v->ports[0].port;
	if (hints_is_tls_port(port))
		judge_advise(ret,
			"port %u is TLS from the first octet: smtp.tls_ports: [%u] records its sessions and their handshakes, but no mail is read",
			port, port);
	else
		judge_advise(ret, "if mail is taken there, add %u to smtp.ports", port);
	return judge_say(ret, JUDGE_NOTICE,
		"%s speaks on port %u as well, which is not watched", addr, port);
}

bool judge_one_sided(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	uint64_t used = judge_moved_minute(v, STATS_conn_used);
	uint64_t client = judge_moved_minute(v, STATS_conn_used_client);
	uint64_t server = judge_moved_minute(v, STATS_conn_used_server);

	(void)j;
	ret->amount = client + server;
	if (used < USED_MIN || ret->amount * 2 < used)
		return false;
	judge_advise(ret,
		"the tap or mirror must bring both directions: add the other leg (legs: [a, b]), or mirror rx and tx");
	return judge_say(ret, JUDGE_DEGRADED,
		"%" PRIu64 " of %" PRIu64 " connections show one direction only (%s)",
		ret->amount, used,
		client >= server ? "what clients send" : "what servers send");
}

bool judge_server_dark(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	const struct servers_row *worst = NULL;
	uint32_t count = 0;
	char addr[JUDGE_ADDR];

	(void)j;
	for (uint32_t i = 0; i < v->servers->count; i++) {
		const struct servers_row *row = &v->servers->rows[i];
		uint64_t run = servers_dark_run(row);
		count += run > 0;
		if (run <= ret->amount)
			continue;
		ret->amount = run;
		worst = row;
	}
	if (worst == NULL)
		return false;
	judge_addr_text(&worst->addr, addr);
	judge_advise(ret,
		"its mail cannot be read here: tap a hop behind it that speaks plain SMTP, or turn TLS off on this hop");
	if (count > 1)
		return judge_say(ret, JUDGE_DEGRADED,
			"%s and %u more servers went wholly to TLS: %" PRIu64
			" sessions in a row",
			addr, count - 1, ret->amount);
	return judge_say(ret, JUDGE_DEGRADED,
		"%s went wholly to TLS: %" PRIu64 " sessions in a row%s", addr,
		ret->amount,
		worst->read_us == 0 ? ", no mail was ever read" : ", no mail was read");
}

bool judge_incomplete(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	uint64_t mails = judge_moved_minute(v, STATS_mail_accepted) +
		judge_moved_minute(v, STATS_mail_refused) +
		judge_moved_minute(v, STATS_mail_unknown);
	uint64_t whole = judge_moved_minute(v, STATS_mail_complete);

	(void)j;
	if (mails < MAILS_MIN || whole * 100 >= mails * WHOLE_PERCENT)
		return false;
	ret->amount = mails - whole;
	judge_advise(ret,
		"packets are missing on the tap: compare the legs and their losses (mailtapctl ports, mailtapctl drops)");
	return judge_say(ret, JUDGE_DEGRADED,
		"%" PRIu64 " of %" PRIu64 " mails in %u s are not whole", ret->amount,
		mails, judge_seconds(v, v->minute));
}

bool judge_checksums(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret)
{
	uint64_t packets = judge_moved_minute(v, STATS_tcp_packets);
	uint64_t bad = judge_moved_minute(v, STATS_checksum_bad);
	uint64_t offload = judge_moved_minute(v, STATS_checksum_offload);

	(void)j;
	// A forged segment now and then is what the check is for.
	if (bad * 20 > packets) {
		ret->amount = bad;
		judge_advise(ret,
			"if a card completes them behind the tap, flow.checksums: ignore; else look at cable and card");
		return judge_say(ret, JUDGE_DEGRADED,
			"%" PRIu64 " of %" PRIu64
			" segments dropped for a wrong checksum in %u s",
			bad, packets, judge_seconds(v, v->minute));
	}
	if (offload * 20 <= packets)
		return false;
	ret->amount = offload;
	judge_advise(ret,
		"take the tap behind the card that fills checksums in (offload), so that forged segments are told");
	return judge_say(ret, JUDGE_NOTICE,
		"%" PRIu64 " of %" PRIu64
		" segments have no right checksum, and are believed",
		offload, packets);
}
