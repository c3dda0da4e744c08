// SPDX-License-Identifier: BSD-3-Clause

// Segments with wrong checksums wait for the receiver to show that it had them: which acknowledgement shows it, how
// many wait, and that each comes to one end.

#include "worker_rig.h"

#include <criterion/criterion.h>

#define C0 1000u // sequence number of the client's SYN
#define S0 5000u

static void give(bool client, bool wrong, uint8_t flags, uint32_t seq, uint32_t ack,
	const char *text)
{
	rig_give(&(struct rig_segment){client, wrong, flags, seq, ack, text, 0});
}

static void client(bool wrong, uint32_t seq, uint32_t ack, const char *text)
{
	give(true, wrong, PACKET_ACK, C0 + seq, S0 + ack, text);
}

static void server(bool wrong, uint32_t seq, uint32_t ack, const char *text)
{
	give(false, wrong, PACKET_ACK, S0 + seq, C0 + ack, text);
}

static void open_connection(void)
{
	give(true, false, PACKET_SYN, C0, 0, "");
	give(false, false, PACKET_SYN | PACKET_ACK, S0, C0 + 1, "");
	client(false, 1, 1, "");
}

static uint64_t believed(void)
{
	return rig_worker.stats.counter[STATS_checksum_offload];
}

static uint64_t dropped(void)
{
	return rig_worker.stats.counter[STATS_checksum_bad];
}

Test(worker_doubt, an_octet_counts_when_it_is_acknowledged_and_no_sooner)
{
	rig_make(400);
	open_connection();
	client(true, 1, 1, "NOOP\r\n");
	server(false, 1, 1, "220 mx\r\n");
	server(false, 9, 6, "");
	cr_expect_eq(believed(), 0, "five of six octets are acknowledged");
	server(false, 9, 7, "");
	cr_expect_eq(believed(), 1);
	cr_expect_eq(dropped(), 0);
}

// The SYN has a number of its own, before the text that comes with it (RFC 7413).
Test(worker_doubt, the_answer_to_a_syn_acknowledges_none_of_its_text)
{
	rig_make(400);
	open_connection();
	give(true, true, PACKET_SYN, C0, 0, "E");
	server(false, 1, 1, "220 mx\r\n");
	cr_expect_eq(believed(), 0);
	server(false, 9, 2, "");
	cr_expect_eq(believed(), 1);
}

// What is believed acknowledges in its turn; of two such the one that reaches farther.
Test(worker_doubt, what_is_believed_acknowledges_what_came_before_it)
{
	rig_make(400);
	open_connection();
	client(true, 1, 1, "NOOP 1\r\n");
	server(true, 1, 1, "220 mx\r\n"); // sent before it had that
	client(true, 9, 9, "NOOP 2\r\n");
	server(false, 9, 17, "");
	cr_expect_eq(believed(), 3, "%u believed", (unsigned)believed());
	cr_expect_eq(dropped(), 0);
}

Test(worker_doubt, of_two_acknowledgements_the_farther_counts)
{
	rig_make(400);
	open_connection();
	server(true, 1, 1, "220 mx\r\n");
	client(true, 1, 1, "NOOP 1\r\n"); // sent before that, and late
	client(true, 9, 9, "NOOP 2\r\n");
	server(false, 9, 17, "");
	cr_expect_eq(believed(), 3, "%u believed", (unsigned)believed());
}

// Gives so many segments of one octet that nobody acknowledges yet.
static void give_wrong(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		client(true, 1 + i, 1, "x");
}

Test(worker_doubt, all_of_a_worker_keep_no_more_than_a_quarter_of_what_may_be_held)
{
	rig_make(64);
	open_connection();
	give_wrong(20);
	cr_expect_eq(rig_worker.doubted_buffers, 16);
	cr_expect_eq(dropped(), 4);
	server(false, 1, 21, "220 mx\r\n");
	cr_expect_eq(rig_worker.doubted_buffers, 0);
	cr_expect_eq(believed(), 16);
	give_wrong(20);
	cr_expect_eq(dropped(), 8, "there is room again");
	give(true, false, PACKET_FIN | PACKET_ACK, C0 + 21, S0 + 9, "");
	give(false, false, PACKET_FIN | PACKET_ACK, S0 + 9, C0 + 22, "");
	client(false, 22, 10, "");
	cr_expect_eq(rig_worker.doubted_buffers, 0);
	// The hole that the dropped ones left is waited for, and the end of the connection.
	for (int i = 0; i < 3; i++) {
		rig_wait(10000000);
		give(true, false, PACKET_RST, 77, 0, "");
	}
	cr_expect_eq(
		rte_mempool_avail_count(rig_packets), RIG_PACKETS, "a packet was kept");
}
