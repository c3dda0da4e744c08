// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The list of counters: name, unit, help. A new counter is one line here; telemetry, the ledger
// and the manual follow.

// clang-format off
#define STATS_LIST(X) \
	X(rx_port_packets, "packets", "received, by the ports' own counters") \
	X(rx_port_missed, "packets", "lost in front of us, by the ports' own counters (not in the ledger: never received)") \
	X(rx_port_errors, "packets", "broken frames, by the ports' own counters") \
	X(rx_packets, "packets", "taken from ports") \
	X(rx_octets, "octets", "taken from ports") \
	X(rx_foreign, "packets", "TCP on ports that are not watched") \
	X(rx_transit, "packets", "on a watched port, but neither end is registered for a captured hop") \
	X(rx_not_ip, "packets", "no IP inside") \
	X(rx_not_tcp, "packets", "IP, but not TCP") \
	X(rx_fragments, "packets", "IP fragments that are nobody's of ours, or that cannot be put together") \
	X(rx_fragments_joined, "packets", "IP fragments that became part of another packet") \
	X(rx_fragments_copies, "packets", "IP fragments in which nothing was new") \
	X(rx_fragments_bad, "packets", "IP fragments without octets, not in units of eight, or beyond the largest datagram") \
	X(rx_fragments_differ, "packets", "IP fragments given up because parts of their datagram contradicted each other") \
	X(rx_fragments_full, "packets", "IP fragments given up because the room for them was full") \
	X(rx_fragments_lost, "packets", "IP fragments whose other parts did not come") \
	X(rx_outer_full, "packets", "IP fragments of UDP, GRE or IP in IP, perhaps a tunnel's, given up because their room was full") \
	X(rx_outer_partial, "packets", "IP fragments of UDP, GRE or IP in IP, perhaps a tunnel's, whose other parts did not come") \
	X(rx_fragments_held, "packets", "IP fragments that wait for their other parts now") \
	X(rx_cut, "packets", "the capture ends before the header does (snap length)") \
	X(rx_too_deep, "packets", "more tags, tunnels or extension headers than we follow") \
	X(rx_bad, "packets", "a header contradicts itself") \
	X(rx_to_workers, "packets", "put on a worker's ring") \
	X(rx_ring_full, "packets", "dropped: the worker's ring was full (live ports only)") \
	X(rx_lag_us, "microseconds", "that the reading of live ports is behind the clock now, over all rx cores") \
	X(rx_no_mbuf, "packets", "dropped by the port for want of buffers") \
	X(tcp_packets, "packets", "taken from rings by workers") \
	X(tcp_no_connection, "packets", "dropped: the connection table was full") \
	X(tcp_left, "packets", "of no connection, of servers or ports that a reload has left") \
	X(tcp_stray, "packets", "of no connection, and nothing to begin one (late FIN, RST, ACK)") \
	X(tcp_ignored, "packets", "without effect: RST or SYN that is not credible, keep-alives") \
	X(tcp_mirrored, "packets", "that came twice: the same packet within flow.skew, copied by the tap or the switch") \
	X(tcp_retransmitted, "segments", "that brought nothing new, and are no such copies: sent again") \
	X(checksum_bad, "packets", "dropped: the checksum is wrong (flow.checksums)") \
	X(checksum_offload, "packets", "taken although the checksum is wrong or unfinished: offload (flow.checksums)") \
	X(tcp_received, "octets", "of payload, both directions") \
	X(tcp_delivered, "octets", "handed to SMTP, in order") \
	X(tcp_urgent, "octets", "urgent, which the receiver's stack takes out of the stream") \
	X(tcp_duplicate, "octets", "seen before") \
	X(tcp_outside, "octets", "outside the window, or in packets that no stack takes") \
	X(tcp_discarded, "octets", "dropped: the connection ended or a limit was met") \
	X(tcp_held, "octets", "held now: early, or not yet acknowledged") \
	X(tcp_span, "octets", "of sequence space covered by the streams") \
	X(tcp_span_open, "octets", "of it, not yet delivered or lost") \
	X(tcp_lost, "octets", "of sequence space in holes") \
	X(tcp_holes, "holes", "declared") \
	X(tcp_out_of_order, "segments", "that came before their predecessor") \
	X(tcp_unacked, "octets", "handed up without acknowledgement") \
	X(tcp_differs, "segments", "that overlapped with other octets") \
	X(tcp_doubtful, "segments", "beyond the window, too old, or of what was not sent, as far as was seen") \
	X(tcp_challenged, "packets", "RST or SYN in the window that is not exact (RFC 5961)") \
	X(tcp_hold_full, "segments", "that met limits.hold: what is held goes up, or they are dropped") \
	X(tcp_held_segments, "segments", "held now") \
	X(tcp_relieved, "connections", "whose hold was opened early because segments ran low") \
	X(conn_begun, "connections", "made") \
	X(conn_open, "connections", "open now") \
	X(conn_half_open, "connections", "of them, not yet established") \
	X(conn_fin, "connections", "ended by FIN") \
	X(conn_reset, "connections", "ended by RST") \
	X(conn_reused, "connections", "ended by a new SYN on the same ports") \
	X(conn_idle, "connections", "ended by the idle timer") \
	X(conn_evicted, "connections", "ended early to make room") \
	X(conn_stopped, "connections", "open when the capture or the appliance ended") \
	X(conn_left, "connections", "open now whose server or port a reload has left: followed to their end") \
	X(conn_late, "connections", "joined in the middle") \
	X(conn_dark, "connections", "that went to TLS") \
	X(conn_tls_implicit, "connections", "of them, with TLS from their first octet") \
	X(conn_tls_refused, "connections", "whose server refused STARTTLS") \
	X(conn_tls_unused, "connections", "that stayed in the clear although the server offered STARTTLS") \
	X(conn_text_lost, "texts", "of connections that are not in their mails: no block was left for a name, login or XCLIENT") \
	X(conn_tls_unread, "connections", "that went to TLS, and no room was left for their handshake") \
	X(conn_one_sided, "connections", "of which only one direction was seen") \
	X(conn_used, "connections", "that carried payload") \
	X(conn_used_client, "connections", "that carried payload, of which only the client had been seen by then") \
	X(conn_used_server, "connections", "that carried payload, of which only the server had been seen by then") \
	X(hop_inbound, "connections", "from outside to a registered server") \
	X(hop_internal, "connections", "between registered servers") \
	X(hop_outbound, "connections", "from a registered server to the world") \
	X(hop_internal_skipped, "packets", "between registered servers, not captured") \
	X(hop_outbound_skipped, "packets", "from registered servers to the world, not captured") \
	X(tx_begun, "transactions", "MAIL accepted, or content without one") \
	X(tx_open, "transactions", "open now, before their content") \
	X(tx_rset, "transactions", "taken back with RSET") \
	X(tx_greeting, "transactions", "ended by a new greeting") \
	X(tx_mail_again, "transactions", "ended by another MAIL") \
	X(tx_no_rcpt, "transactions", "ended with every recipient refused") \
	X(tx_data_refused, "transactions", "ended with DATA or BDAT refused") \
	X(tx_tls, "transactions", "ended because the connection went dark") \
	X(tx_quit, "transactions", "ended by QUIT") \
	X(tx_closed, "transactions", "ended by the end of the connection") \
	X(tx_strict, "transactions", "discarded by the strict automaton") \
	X(mail_begun, "mails", "content begun") \
	X(mail_open, "mails", "content begun, fate not yet known") \
	X(mail_accepted, "mails", "accepted by the server") \
	X(mail_refused, "mails", "refused by the server after the content") \
	X(mail_unknown, "mails", "without a final reply") \
	X(mail_complete, "mails", "seen whole") \
	X(mail_octets, "octets", "of content seen") \
	X(writer_mails, "mails", "played back by the writer") \
	X(writer_stored, "mails", "with their content in the log") \
	X(writer_not_kept, "mails", "whose content spool.keep excludes") \
	X(writer_given_up_chunk, "mails", "given up: no chunk was free") \
	X(writer_given_up_disk_full, "mails", "given up: the disk was full") \
	X(writer_given_up_disk_error, "mails", "given up: a write or sync failed") \
	X(writer_given_up_open, "mails", "given up: too many mails open") \
	X(writer_given_up_envelope, "mails", "given up: the envelope was too large") \
	X(writer_sessions, "records", "of sessions") \
	X(writer_handshakes, "handshakes", "of TLS, read as far as they are in the clear") \
	X(writer_handshakes_lost, "handshakes", "of TLS, read but not told: too many sessions were open") \
	X(writer_octets, "octets", "of content appended to the log") \
	X(writer_scanned, "mails", "searched for signatures") \
	X(writer_unscanned, "mails", "not searched: no stream was left") \
	X(writer_alerts, "records", "of signatures found") \
	X(writer_alerts_lost, "records", "of signatures found that the log could not take") \
	X(writer_hits_untold, "hits", "beyond the limits of a mail: found but not told") \
	X(writer_copied, "mails", "copied to hold/, because a signature asked for it") \
	X(writer_expired, "mails", "deleted by spool.retention") \
	X(writer_expired_segments, "segments", "deleted by spool.retention") \
	X(writer_announced, "records", "announced in eve.json") \
	X(writer_batches, "batches", "made durable") \
	X(writer_sync_us, "microseconds", "spent waiting for the disk, in all") \
	X(pool_chunks, "chunks", "in all pools") \
	X(pool_chunks_used, "chunks", "out now") \
	X(pool_mbufs, "mbufs", "in the pool") \
	X(pool_mbufs_used, "mbufs", "out now") \
	X(busy_cycles, "cycles", "spent in roles that had work") \
	X(idle_cycles, "cycles", "spent finding nothing to do")
// clang-format on
