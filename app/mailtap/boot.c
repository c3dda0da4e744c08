// SPDX-License-Identifier: BSD-3-Clause
#include "boot.h"

#include "boot_eal.h"
#include "conn.h"
#include "guard.h"
#include "packet_meta.h"
#include "sink.h"

#include "mt_clock.h"
#include "mt_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#define MBUFS_FILE     16383 // enough to keep a reader and its workers apart
#define MBUFS_LIVE     65535
#define CHUNKS_DEFAULT 8192
#define DATA_ROOM      (RTE_PKTMBUF_HEADROOM + 2048)
#define RING_SIZE      4096
// An unacknowledged octet waits longer than a hole: the peer may delay its ACK (RFC 9293 3.8.6.3)
// and the network its way here.
#define UNACKED_US     3000000

// Capture files are read at their own pace and in their own time, also as interfaces of `run`
// (conf_check lets nobody mix them with live ones).
static bool reads_files(const struct app *app)
{
	const struct conf *conf = &app->conf;

	return app->args->command != ARGS_RUN ||
		(conf->interface_count > 0 &&
			conf->interfaces[0].ports[0].kind == CONF_PORT_PCAP);
}

static void decide_sizes(struct app *app)
{
	app->mbufs = app->conf.mbufs != 0 ? app->conf.mbufs
		: reads_files(app)        ? MBUFS_FILE
					  : MBUFS_LIVE;
	app->chunks = app->conf.chunks != 0 ? app->conf.chunks : CHUNKS_DEFAULT;
}

static uint32_t cache_size(const struct app *app)
{
	// Caches of other lcores hide free buffers; a small pool cannot afford large ones.
	uint32_t cache = app->mbufs / 64;

	return cache > 256 ? 256 : cache;
}

static int make_pool(struct app *app, struct mt_error *error)
{
	app->pool = rte_pktmbuf_pool_create("packets", app->mbufs, cache_size(app),
		PACKET_META_SIZE, DATA_ROOM, SOCKET_ID_ANY);
	if (app->pool != NULL)
		return 0;
	mt_error_set(
		error, 0, "memory.mbufs: no memory for %u packet buffers", app->mbufs);
	return EX_UNAVAILABLE;
}

static int make_rings(struct app *app, struct mt_error *error)
{
	uint32_t n = app->plan.worker_count * app->plan.rx_count;
	char name[32];

	app->rings = calloc(n, sizeof(*app->rings));
	for (uint32_t i = 0; app->rings != NULL && i < n; i++) {
		snprintf(name, sizeof(name), "packets_%u", i);
		app->rings[i] = queue_create(name, RING_SIZE);
		if (app->rings[i] == NULL)
			break;
		if (i + 1 == n)
			return 0;
	}
	mt_error_set(error, 0, "no memory for the packet rings");
	return EX_UNAVAILABLE;
}

static void release_segment(void *ctx, struct stream_seg *seg)
{
	struct worker *w = ctx;

	w->freed_local++;
	rte_pktmbuf_free_seg(packet_meta_mbuf(seg));
}

static int make_worker_pools(struct app *app, struct worker *w)
{
	uint32_t conns = app->conf.connections / app->plan.worker_count + 1;
	uint32_t chunks = app->chunks / app->plan.worker_count;
	char name[32];

	snprintf(name, sizeof(name), "connections_%u", w->index);
	if (mt_pool_init(&w->conns, sizeof(struct conn), conns) != 0)
		return -ENOMEM;
	const struct flow_places places = {.memory = w->conns.memory,
		.size = w->conns.size,
		.key_at = offsetof(struct conn, key)};
	w->table = flow_table_create(name, &places, conns);
	if (w->table == NULL ||
		mt_pool_init(&w->works, sizeof(struct conn_work), conns) != 0 ||
		conn_texts_init(w, conns) != 0 ||
		handshake_env_init(&w->handshakes, conns) != 0 ||
		mt_pool_init(&w->chunks, app->conf.chunk, chunks) != 0)
		return -ENOMEM;
	w->chunk_room = (uint32_t)(w->chunks.size - sizeof(struct mail_chunk));
	w->chunk_reserve = chunks / 16 > 2 ? chunks / 16 : 2;
	snprintf(name, sizeof(name), "to_writer_%u", w->index);
	w->to_writer = queue_create(name, chunks);
	w->servers = servers_create();
	snprintf(name, sizeof(name), "from_writer_%u", w->index);
	w->from_writer = queue_create(name, chunks);
	return w->to_writer != NULL && w->from_writer != NULL && w->servers != NULL
		? 0
		: -ENOMEM;
}

static int make_worker(struct app *app, uint32_t index)
{
	const struct conf *conf = &app->conf;
	struct worker *w = &app->workers[index];
	struct smtp_limits limits = {
		.line = conf->line,
		.reply = conf->reply,
		.strict = conf->automaton == CONF_STRICT,
	};

	live_view_init(&w->view, &app->live.now);
	w->index = (uint16_t)index;
	w->lossless = reads_files(app);
	w->inputs = &app->rings[index * app->plan.rx_count];
	w->input_count = app->plan.rx_count;
	w->input_ended = &app->input_ended;
	w->read_us = app->read_us;
	w->read.inputs = app->plan.rx_count;
	TAILQ_INIT(&w->open_chunks);
	TAILQ_INIT(&w->waiting);
	TAILQ_INIT(&w->lingering);
	TAILQ_INIT(&w->half_open);
	TAILQ_INIT(&w->debts);
	w->stream = (struct stream_env){
		.limits = {.hold_segments = app->mbufs / 4, .unacked_us = UNACKED_US},
		.release = release_segment,
		.ctx = w,
		// Held segments of all workers: at most half of the buffers.
		.held_max = app->mbufs / 2 / app->plan.worker_count,
	};
	app->freed[index] = &w->freed;
	int rc = make_worker_pools(app, w);
	if (rc == 0)
		rc = smtp_env_init(&w->smtp, &limits, &sink_to_tape, w->conns.count);
	if (rc == 0)
		worker_configure(w);
	return rc;
}

static int make_workers(struct app *app, struct mt_error *error)
{
	app->workers = rte_zmalloc(
		"workers", app->plan.worker_count * sizeof(*app->workers), 64);
	for (uint32_t i = 0; app->workers != NULL && i < app->plan.worker_count; i++) {
		if (make_worker(app, i) != 0)
			break;
		if (i + 1 == app->plan.worker_count)
			return 0;
	}
	mt_error_set(error, 0,
		"no memory for %u connections and %u chunks; lower flow.connections or memory.chunks",
		app->conf.connections, app->chunks);
	return EX_UNAVAILABLE;
}

static int make_rx(struct app *app, struct mt_error *error)
{
	uint32_t lcores = app->plan.lcore_count + 1;
	uint32_t hidden = lcores * (cache_size(app) * 3 / 2);
	uint16_t burst = (uint16_t)(app->mbufs / 8 / 32 < RX_BURST ? app->mbufs / 8 / 32
								   : RX_BURST);

	app->rx = rte_zmalloc("rx", app->plan.rx_count * sizeof(*app->rx), 64);
	if (app->rx == NULL) {
		mt_error_set(error, 0, "no memory for the rx roles");
		return EX_UNAVAILABLE;
	}
	for (uint32_t i = 0; i < app->plan.rx_count; i++) {
		struct rx *rx = &app->rx[i];
		live_view_init(&rx->view, &app->live.rx_now);
		hints_ports(app->conf.watched, rx->unwatched);
		rx->worker_count = app->plan.worker_count;
		rx->rings = calloc(rx->worker_count, sizeof(*rx->rings));
		if (rx->rings == NULL)
			return EX_UNAVAILABLE;
		for (uint32_t w = 0; w < rx->worker_count; w++)
			rx->rings[w] = app->rings[w * app->plan.rx_count + i];
		rx->freed = app->freed;
		app->read_us[i] = &rx->read_us;
		// A quarter of the buffers at most, all rx roles together; an eighth more for tunnels.
		rx->fragments =
			fragments_create(app->mbufs / 4 / app->plan.rx_count, &rx->stats);
		if (rx->fragments == NULL) {
			mt_error_set(error, 0, "no memory for fragments");
			return EX_UNAVAILABLE;
		}
		rx->stopping = &app->stopping;
		rx->burst = burst > 0 ? burst : 1;
		rx->credits = app->mbufs > hidden ? app->mbufs - hidden : app->mbufs / 2;
	}
	return 0;
}

static int make_lcores(struct app *app, struct mt_error *error)
{
	app->lcores =
		rte_zmalloc("lcores", app->plan.lcore_count * sizeof(*app->lcores), 64);
	if (app->lcores == NULL) {
		mt_error_set(error, 0, "no memory for the lcores");
		return EX_UNAVAILABLE;
	}
	for (uint32_t i = 0; i < app->plan.lcore_count; i++) {
		struct lcore *l = &app->lcores[i];
		l->cpu = app->plan.lcores[i].cpu;
		l->spin = app->conf.idle == CONF_SPIN;
		l->stop = &app->stop;
		for (uint32_t r = 0; r < app->plan.lcores[i].role_count; r++) {
			struct plan_role role = app->plan.lcores[i].roles[r];
			struct lcore_role *to = &l->roles[l->role_count++];
			to->kind = role.kind;
			to->poll = role.kind == PLAN_RX    ? rx_poll
				: role.kind == PLAN_WORKER ? worker_poll
							   : writer_poll;
			to->ctx = role.kind == PLAN_RX ? (void *)&app->rx[role.index]
				: role.kind == PLAN_WORKER
				? (void *)&app->workers[role.index]
				: (void *)app->writer;
		}
	}
	return 0;
}

static int make_signatures(struct app *app, struct mt_error *error)
{
	struct mt_buf faults;
	int rc = 0;

	mt_buf_init(&faults, 1 << 16);
	app->signatures = signatures_load(&app->conf, app->conf.spool, &faults);
	if (faults.len > 0) {
		size_t first = span_find(mt_buf_span(&faults), '\n');
		mt_error_set(error, 0, "%.*s (`mailtap check` tells every fault)",
			(int)first, (const char *)faults.ptr);
		rc = EX_CONFIG;
	}
	mt_buf_fini(&faults);
	return rc;
}

static int make_writer(struct app *app, struct mt_error *error)
{
	struct writer_settings settings = {
		.conf = &app->conf,
		.live = &app->live,
		.signatures = app->signatures,
		.workers = app->workers,
		.worker_count = app->plan.worker_count,
		.eml = app->args->eml,
		.lossless = reads_files(app),
	};
	int code;

	app->writer = writer_create(&settings, &code, error);
	return app->writer != NULL ? 0 : code;
}

static int make_ports(struct app *app, struct mt_error *error)
{
	return app->args->command != ARGS_RUN ? 0 : boot_ports(app, error);
}

int boot_up(struct app *app, struct mt_error *error)
{
	static int (*const stages[])(struct app *, struct mt_error *) = {
		guard_before_eal,
		boot_eal,
		make_pool,
		make_rings,
		make_workers,
		make_rx,
		make_ports,
		guard_after_ports,
		make_signatures,
		make_writer,
		make_lcores,
	};

	decide_sizes(app);
	live_init(&app->live, &app->conf);
	app->started_us = mt_clock_mono_us();
	app->start_wall_us = mt_clock_wall_us();
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		int rc = stages[i](app, error);
		if (rc != 0)
			return rc;
	}
	return 0;
}

void boot_launch(struct app *app)
{
	for (uint32_t i = 0; i < app->plan.lcore_count; i++)
		rte_eal_remote_launch(lcore_main, &app->lcores[i], i + 1);
	app->launched = true;
}

void boot_join(struct app *app)
{
	if (!app->launched)
		return;
	atomic_store_explicit(&app->stop, true, memory_order_release);
	rte_eal_mp_wait_lcore();
	app->launched = false;
}

static void free_workers(struct app *app)
{
	for (uint32_t i = 0; app->workers != NULL && i < app->plan.worker_count; i++) {
		struct worker *w = &app->workers[i];
		smtp_env_fini(&w->smtp);
		flow_table_destroy(w->table);
		mt_pool_fini(&w->conns);
		mt_pool_fini(&w->works);
		conn_texts_fini(w);
		handshake_env_fini(&w->handshakes);
		mt_pool_fini(&w->chunks);
		queue_destroy(w->to_writer);
		queue_destroy(w->from_writer);
		servers_destroy(w->servers);
	}
	rte_free(app->workers);
	app->workers = NULL;
}

void boot_down(struct app *app)
{
	for (uint32_t i = 0; i < app->port_count; i++)
		port_close(&app->ports[i].port);
	for (uint32_t i = 0; i < app->member_count; i++)
		port_close(&app->members[i]);
	writer_destroy(app->writer);
	signatures_free(app->signatures);
	free_workers(app);
	for (uint32_t i = 0; app->rx != NULL && i < app->plan.rx_count; i++) {
		free(app->rx[i].rings);
		fragments_destroy(app->rx[i].fragments);
	}
	rte_free(app->rx);
	rte_free(app->lcores);
	for (uint32_t i = 0;
		app->rings != NULL && i < app->plan.worker_count * app->plan.rx_count;
		i++)
		queue_destroy(app->rings[i]);
	free(app->rings);
	rte_mempool_free(app->pool);
	boot_eal_down();
	confine_destroy(app->confine);
}
