// SPDX-License-Identifier: BSD-3-Clause

// A worker whose chunks are all out: a connection that ended owes its last word, and its ports are
// used again meanwhile.

#include "tape.h"
#include "worker_rig.h"

#include <criterion/criterion.h>

static void *taken[RIG_CHUNKS];

static void give(bool client, uint32_t seq, uint32_t ack, uint8_t flags, const char *text)
{
	rig_give(&(struct rig_segment){
		.client = client, .flags = flags, .seq = seq, .ack = ack, .text = text});
}

// Up to STARTTLS, after which there is nothing to read: it ends with a word about that.
static void open_session(uint32_t isn)
{
	uint32_t c = isn + 1, s = 5001;

	give(true, isn, 0, PACKET_SYN, "");
	give(false, 5000, c, PACKET_SYN | PACKET_ACK, "");
	give(true, c, s, PACKET_ACK, "");
	give(false, s, c, PACKET_ACK, "220 mx\r\n");
	give(true, c, s + 8, PACKET_ACK, "EHLO c\r\n");
	give(false, s + 8, c + 8, PACKET_ACK, "250 STARTTLS\r\n");
	give(true, c + 8, s + 22, PACKET_ACK, "STARTTLS\r\n");
	give(false, s + 22, c + 18, PACKET_ACK, "220 go\r\n");
	give(true, c + 18, s + 30, PACKET_ACK, "\x16\x03\x01");
	give(false, s + 30, c + 21, PACKET_ACK, "\x16\x03\x03");
	give(true, c + 21, s + 33, PACKET_FIN | PACKET_ACK, "");
	give(false, s + 33, c + 22, PACKET_FIN | PACKET_ACK, "");
	give(true, c + 22, s + 34, PACKET_ACK, "");
}

Test(worker_reuse, one_that_owes_its_end_gives_its_ports_away)
{
	rig_make(64);
	for (int i = 0; i < RIG_CHUNKS; i++)
		taken[i] = mt_pool_take(&rig_worker.chunks);
	open_session(1000);
	cr_assert(!TAILQ_EMPTY(&rig_worker.debts),
		"nothing is owed: the test tests nothing");
	open_session(900000);
	cr_expect_eq(rig_worker.stats.counter[STATS_conn_begun], 2);
	cr_expect_eq(rig_worker.stats.counter[STATS_conn_late], 0);
	cr_expect_eq(rig_worker.stats.counter[STATS_conn_dark], 2);
	for (int i = 0; i < RIG_CHUNKS; i++)
		mt_pool_put(&rig_worker.chunks, taken[i]);
	worker_poll(&rig_worker);
	cr_expect(TAILQ_EMPTY(&rig_worker.debts), "a debt was not paid");
	cr_expect_eq(rig_write(), 2, "each says its last word");
	// Time goes by, and nobody is left.
	rig_wait(10000000);
	give(true, 77, 0, PACKET_RST, "");
	for (int i = 0; i < 4; i++)
		worker_poll(&rig_worker);
	cr_expect_eq(rig_worker.conns.used, 0, "%u places are taken for ever",
		rig_worker.conns.used);
	cr_expect_eq(rig_worker.stats.counter[STATS_conn_fin], 2);
	cr_expect_eq(
		rte_mempool_avail_count(rig_packets), RIG_PACKETS, "a packet was kept");
}
