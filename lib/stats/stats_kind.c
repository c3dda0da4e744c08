// SPDX-License-Identifier: BSD-3-Clause
#include "stats_kind.h"

// What is not here only grows, and its growth is no harm.
// clang-format off
#define GAUGE      {STATS_KIND_GAUGE, ""}
#define LOSS(hint) {STATS_KIND_LOSS, hint}

static const struct {
	enum stats_kind kind;
	const char *hint;
} kinds[STATS_COUNT] = {
	[STATS_rx_fragments_held] = GAUGE,
	[STATS_rx_lag_us] = GAUGE,
	[STATS_tcp_held] = GAUGE,
	[STATS_tcp_held_segments] = GAUGE,
	[STATS_conn_left] = GAUGE,
	[STATS_tcp_span_open] = GAUGE,
	[STATS_conn_open] = GAUGE,
	[STATS_conn_half_open] = GAUGE,
	[STATS_tx_open] = GAUGE,
	[STATS_mail_open] = GAUGE,
	[STATS_pool_chunks] = GAUGE,
	[STATS_pool_chunks_used] = GAUGE,
	[STATS_pool_mbufs] = GAUGE,
	[STATS_pool_mbufs_used] = GAUGE,

	[STATS_rx_port_missed] = LOSS("more interfaces.queues and cores.rx, idle: spin; or a card with a larger ring"),
	[STATS_rx_port_errors] = LOSS("look at cable, transceiver and the tap's own counters; broken frames are not mail"),
	[STATS_rx_no_mbuf] = LOSS("raise memory.mbufs; or give the workers more cores, so that buffers come back sooner"),
	[STATS_rx_ring_full] = LOSS("the workers are too slow: more cores.workers, or fewer roles on their cores"),
	[STATS_rx_fragments_lost] = LOSS("parts of datagrams were not on the tap: compare the legs, look at missed packets (ports)"),
	[STATS_rx_fragments_full] = LOSS("raise memory.mbufs: fragments wait for each other in it; or they are an attack"),
	[STATS_rx_outer_full] = LOSS("foreign UDP, or mirrored frames that outgrow the MTU on their way: raise it there, or memory.mbufs"),
	[STATS_rx_cut] = LOSS("the capture cuts frames: take it with a larger snap length (tcpdump -s 0)"),
	[STATS_rx_too_deep] = LOSS("more tags or tunnels than are followed: take the tap behind one of them"),
	[STATS_tcp_no_connection] = LOSS("raise flow.connections, or shorten flow.idle"),
	[STATS_tcp_lost] = LOSS("octets passed the server but not us: compare the legs, look at missed packets (ports)"),
	[STATS_tcp_relieved] = LOSS("raise memory.mbufs: packets out of order are held in it"),
	[STATS_conn_evicted] = LOSS("half-open connections were pushed out: a SYN flood, or flow.connections is too small"),
	[STATS_conn_tls_unread] = LOSS("raise flow.connections or memory.chunks: no room was left for handshakes"),
	[STATS_conn_text_lost] = LOSS("raise flow.connections: it sizes what connections keep of their greetings and logins"),
	[STATS_writer_handshakes_lost] = LOSS("shorten flow.idle: too many sessions that went to TLS stay open"),
	[STATS_writer_given_up_chunk] = LOSS("the disk is slower than the mail: a faster disk, or raise memory.chunks"),
	[STATS_writer_given_up_disk_full] = LOSS("make room on the spool's file system, or lower spool.retention"),
	[STATS_writer_given_up_disk_error] = LOSS("the disk failed: look at the kernel's log (dmesg) and replace it"),
	[STATS_writer_given_up_open] = LOSS("raise flow.connections: no more mails than that may be open"),
	[STATS_writer_unscanned] = LOSS("raise flow.connections: no more mails than that are searched at once"),
	[STATS_writer_alerts_lost] = LOSS("make room on the spool's file system: alerts found no place in the log"),
	[STATS_writer_hits_untold] = LOSS("make the signatures narrower: a mail had more hits than are told"),
	[STATS_writer_given_up_envelope] = LOSS("lower limits.rcpts: such an envelope was never meant to be kept"),
};
// clang-format on

enum stats_kind stats_kind(enum stats_counter c)
{
	return kinds[c].kind;
}

const char *stats_kind_name(enum stats_kind kind)
{
	static const char *const names[] = {
		[STATS_KIND_COUNT] = "count",
		[STATS_KIND_GAUGE] = "gauge",
		[STATS_KIND_LOSS] = "loss",
	};

	return names[kind];
}

const char *stats_hint(enum stats_counter c)
{
	return kinds[c].hint != NULL ? kinds[c].hint : "";
}
