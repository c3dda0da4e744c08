// SPDX-License-Identifier: BSD-3-Clause

// A worker whose chunks are all out: a connection that ended owes its last word, and its ports are
// used again meanwhile.

#include "conn.h"
#include "sink.h"
#include "tape.h"

#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>

#include <criterion/criterion.h>

#define CHUNKS 8
#define ROOM   4096

static struct live live;
static struct worker w;
static struct rte_mempool *pool;
static struct queue *ring;
static _Atomic bool no_end;
static _Atomic uint64_t read_us;
static const _Atomic uint64_t *read_of[] = {&read_us};
static void *taken[CHUNKS];
static uint64_t now_us = 1000000;

static void release(void *ctx, struct stream_seg *seg)
{
	((struct worker *)ctx)->freed_local++;
	rte_pktmbuf_free_seg(packet_meta_mbuf(seg));
}

static void make_worker(void)
{
	static char words[][20] = {"test", "--no-huge", "--no-pci", "--no-shconf",
		"--no-telemetry", "-m", "64", "-l", "0"};
	char *argv[sizeof(words) / sizeof(words[0])];
	static struct conf conf;
	static const struct smtp_limits limits = {.line = 1024, .reply = 1024};
	struct mt_error error;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		argv[i] = words[i];
	cr_assert_geq(rte_eal_init(sizeof(words) / sizeof(words[0]), argv), 0);
	conf_defaults(&conf);
	cr_assert_eq(conf_set(&conf, "registered=[192.0.2.25]", &error), 0);
	live_init(&live, &conf);
	live_view_init(&w.view, &live.now);
	ring = queue_create("packets", 64);
	pool = rte_pktmbuf_pool_create("packets", 127, 0, PACKET_META_SIZE, 2048, 0);
	w.inputs = &ring;
	w.input_count = 1;
	w.input_ended = &no_end;
	w.read_us = read_of;
	w.read.inputs = 1;
	TAILQ_INIT(&w.open_chunks);
	TAILQ_INIT(&w.waiting);
	TAILQ_INIT(&w.lingering);
	TAILQ_INIT(&w.half_open);
	TAILQ_INIT(&w.debts);
	w.stream = (struct stream_env){
		.limits = {.hold_segments = 32, .unacked_us = 1000000},
		.release = release,
		.ctx = &w,
		.held_max = 64};
	cr_assert_eq(mt_pool_init(&w.conns, sizeof(struct conn), 16), 0);
	const struct flow_places places = {.memory = w.conns.memory,
		.size = w.conns.size,
		.key_at = offsetof(struct conn, key)};
	w.table = flow_table_create("connections", &places, 16);
	w.to_writer = queue_create("to_writer", CHUNKS);
	w.from_writer = queue_create("from_writer", CHUNKS);
	w.servers = servers_create();
	cr_assert(pool != NULL && w.table != NULL && w.servers != NULL);
	cr_assert_eq(handshake_env_init(&w.handshakes, 16), 0);
	cr_assert_eq(mt_pool_init(&w.works, sizeof(struct conn_work), 16), 0);
	cr_assert_eq(conn_texts_init(&w, 16), 0);
	cr_assert_eq(
		mt_pool_init(&w.chunks, sizeof(struct mail_chunk) + ROOM, CHUNKS), 0);
	w.chunk_room = ROOM;
	cr_assert_eq(smtp_env_init(&w.smtp, &limits, &sink_to_tape, 16), 0);
	worker_configure(&w);
}

static void give(bool client, uint32_t seq, uint32_t ack, uint8_t flags, const char *text)
{
	static const struct packet_addr ends[2] = {
		{{[10] = 0xff, [11] = 0xff, 192, 0, 2, 25}},
		{{[10] = 0xff, [11] = 0xff, 198, 51, 100, 7}},
	};
	uint32_t len = (uint32_t)strlen(text);
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	cr_assert_not_null(m);
	memcpy(rte_pktmbuf_append(m, (uint16_t)len), text, len);
	struct packet_meta *meta = packet_meta_of(m);
	now_us += 1000;
	*meta = (struct packet_meta){
		.at_us = now_us,
		.read_us = now_us,
		.packet = {.src = ends[client],
			.dst = ends[!client],
			.src_port = client ? 40001 : 25,
			.dst_port = client ? 25 : 40001,
			.version = 4,
			.flags = flags,
			.seq = seq,
			.ack = ack,
			.window = 65535,
			.payload_len = len,
			.captured_len = len},
	};
	read_us = now_us;
	meta->src_low =
		flow_key_make(&meta->packet, &(struct packet_apart){0}, &meta->key);
	cr_assert_eq(queue_put(ring, (void *const *)&m, 1), 1);
	worker_poll(&w);
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

// The writer has read all: the chunks come back.
static unsigned give_back(void)
{
	void *chunk[CHUNKS];
	uint32_t n = queue_take(w.to_writer, chunk, CHUNKS);

	queue_put(w.from_writer, chunk, n);
	worker_poll(&w);
	return n;
}

Test(worker_reuse, one_that_owes_its_end_gives_its_ports_away)
{
	make_worker();
	for (int i = 0; i < CHUNKS; i++)
		taken[i] = mt_pool_take(&w.chunks);
	open_session(1000);
	cr_assert(!TAILQ_EMPTY(&w.debts), "nothing is owed: the test tests nothing");
	open_session(900000);
	cr_expect_eq(w.stats.counter[STATS_conn_begun], 2);
	cr_expect_eq(w.stats.counter[STATS_conn_late], 0);
	cr_expect_eq(w.stats.counter[STATS_conn_dark], 2);
	for (int i = 0; i < CHUNKS; i++)
		mt_pool_put(&w.chunks, taken[i]);
	worker_poll(&w);
	cr_expect(TAILQ_EMPTY(&w.debts), "a debt was not paid");
	cr_expect_eq(give_back(), 2, "each says its last word");
	// Time goes by, and nobody is left.
	now_us += 10000000;
	give(true, 77, 0, PACKET_RST, "");
	for (int i = 0; i < 4; i++)
		worker_poll(&w);
	cr_expect_eq(w.conns.used, 0, "%u places are taken for ever", w.conns.used);
	cr_expect_eq(w.stats.counter[STATS_conn_fin], 2);
	cr_expect_eq(rte_mempool_avail_count(pool), 127, "a packet was kept");
}
