// SPDX-License-Identifier: BSD-3-Clause
#include "worker_rig.h"

#include "frame.h"
#include "sink.h"

#include <rte_eal.h>

#include <criterion/criterion.h>

#define ROOM 4096

struct worker rig_worker;
struct rte_mempool *rig_packets;

static struct live live;
static struct queue *ring;
static _Atomic bool no_end;
static _Atomic uint64_t read_us;
static const _Atomic uint64_t *read_of[] = {&read_us};
static uint64_t now_us = 1000000;

static void release(void *ctx, struct stream_seg *seg)
{
	((struct worker *)ctx)->freed_local++;
	rte_pktmbuf_free_seg(packet_meta_mbuf(seg));
}

void rig_make(uint32_t held_max)
{
	static char words[][20] = {"test", "--no-huge", "--no-pci", "--no-shconf",
		"--no-telemetry", "-m", "64", "-l", "0"};
	char *argv[sizeof(words) / sizeof(words[0])];
	static struct conf conf;
	struct worker *w = &rig_worker;
	static const struct smtp_limits limits = {.line = 1024, .reply = 1024};
	struct mt_error error;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		argv[i] = words[i];
	cr_assert_geq(rte_eal_init(sizeof(words) / sizeof(words[0]), argv), 0);
	conf_defaults(&conf);
	cr_assert_eq(conf_set(&conf, "registered=[192.0.2.25]", &error), 0);
	live_init(&live, &conf);
	live_view_init(&w->view, &live.now);
	ring = queue_create("packets", 64);
	rig_packets = rte_pktmbuf_pool_create(
		"packets", RIG_PACKETS, 0, PACKET_META_SIZE, 2048, 0);
	w->inputs = &ring;
	w->input_count = 1;
	w->input_ended = &no_end;
	w->read_us = read_of;
	w->read.inputs = 1;
	TAILQ_INIT(&w->open_chunks);
	TAILQ_INIT(&w->waiting);
	TAILQ_INIT(&w->lingering);
	TAILQ_INIT(&w->half_open);
	TAILQ_INIT(&w->debts);
	w->stream = (struct stream_env){
		.limits = {.hold_segments = 32, .unacked_us = 1000000},
		.release = release,
		.ctx = w,
		.held_max = held_max};
	cr_assert_eq(mt_pool_init(&w->conns, sizeof(struct conn), RIG_CONNS), 0);
	const struct flow_places places = {.memory = w->conns.memory,
		.size = w->conns.size,
		.key_at = offsetof(struct conn, key)};
	w->table = flow_table_create("connections", &places, RIG_CONNS);
	w->to_writer = queue_create("to_writer", RIG_CHUNKS);
	w->from_writer = queue_create("from_writer", RIG_CHUNKS);
	w->servers = servers_create();
	cr_assert(rig_packets != NULL && w->table != NULL && w->servers != NULL);
	cr_assert_eq(handshake_env_init(&w->handshakes, RIG_CONNS), 0);
	cr_assert_eq(mt_pool_init(&w->works, sizeof(struct conn_work), RIG_CONNS), 0);
	cr_assert_eq(conn_texts_init(w, RIG_CONNS), 0);
	cr_assert_eq(
		mt_pool_init(&w->chunks, sizeof(struct mail_chunk) + ROOM, RIG_CHUNKS),
		0);
	w->chunk_room = ROOM;
	cr_assert_eq(smtp_env_init(&w->smtp, &limits, &sink_to_tape, RIG_CONNS), 0);
	worker_configure(w);
}

void rig_wait(uint64_t us)
{
	now_us += us;
}

static struct packet packet_of(const struct rig_segment *segment)
{
	static const struct packet_addr ends[2] = {
		{{[10] = 0xff, [11] = 0xff, 192, 0, 2, 25}},
		{{[10] = 0xff, [11] = 0xff, 198, 51, 100, 7}},
	};
	uint16_t port = segment->port != 0 ? segment->port : RIG_PORT;
	bool client = segment->client;

	return (struct packet){
		.src = ends[client],
		.dst = ends[!client],
		.src_port = client ? port : 25,
		.dst_port = client ? 25 : port,
		.version = 4,
		.flags = segment->flags,
		.seq = segment->seq,
		.ack = segment->ack,
		.window = 65535,
	};
}

struct conn *rig_conn(uint16_t port)
{
	struct packet p = packet_of(&(struct rig_segment){.client = true, .port = port});
	struct flow_key key;

	flow_key_make(&p, &(struct packet_apart){0}, &key);
	struct conn *c = flow_table_find(rig_worker.table, &key);
	return c != NULL && !c->ended ? c : NULL;
}

void rig_give(const struct rig_segment *segment)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(rig_packets);

	cr_assert_not_null(m);
	struct packet_meta *meta = packet_meta_of(m);
	now_us += 1000;
	*meta = (struct packet_meta){
		.at_us = now_us, .read_us = now_us, .packet = packet_of(segment)};
	frame_put(m, &meta->packet, segment->text, 14);
	if (segment->wrong)
		*rte_pktmbuf_mtod_offset(m, uint8_t *, meta->packet.payload_at - 3) ^= 1;
	read_us = now_us;
	meta->src_low =
		flow_key_make(&meta->packet, &(struct packet_apart){0}, &meta->key);
	cr_assert_eq(queue_put(ring, (void *const *)&m, 1), 1);
	worker_poll(&rig_worker);
}

unsigned rig_write(void)
{
	void *chunk[RIG_CHUNKS];
	uint32_t n = queue_take(rig_worker.to_writer, chunk, RIG_CHUNKS);

	queue_put(rig_worker.from_writer, chunk, n);
	worker_poll(&rig_worker);
	return n;
}
