// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Everything of one appliance, made by boot in order and undone in reverse. Parts get what they
// need as pointers; nobody but main, boot, control and the console sees it whole.

#include "args.h"
#include "conf.h"
#include "confine.h"
#include "lcore.h"
#include "live.h"
#include "plan.h"
#include "port.h"
#include "privileges.h"
#include "reload.h"
#include "rx.h"
#include "service.h"
#include "signatures.h"
#include "worker.h"
#include "writer.h"

#define APP_PORTS_MAX (2 * CONF_INTERFACES_MAX)

struct watch;

struct app_port { // a port that is polled
	struct port port;
	uint8_t iface;
};

struct app {
	const struct args *args;
	struct conf conf; // as it was at the start
	struct live live; // what a reload changes of it
	struct plan plan;
	uint32_t cpus[PLAN_LCORES_MAX];
	uint32_t cpu_count;
	struct rte_mempool *pool;
	uint32_t mbufs, chunks; // as decided
	struct app_port ports[APP_PORTS_MAX];
	uint32_t port_count;
	struct port members[APP_PORTS_MAX]; // of bonds: not polled themselves
	uint32_t member_count;
	struct port_counts closed; // figures of ports that are gone (files read)
	bool closed_live; // one of them was no file
	struct rx *rx; // [plan.rx_count]
	struct worker *workers; // [plan.worker_count]
	struct signatures *signatures; // the first ones; then those of reload
	struct writer *writer;
	struct reload *reload; // while live ports run
	struct lcore *lcores; // [plan.lcore_count]
	struct watch *watch; // NULL before it was made
	struct queue **rings; // [worker * rx_count + rx], packets
	const _Atomic uint64_t *freed[CONF_CORES_MAX];
	const _Atomic uint64_t *read_us[CONF_CORES_MAX]; // by each rx
	_Atomic bool stopping; // live ports: take no more
	_Atomic bool input_ended; // no rx puts anything any more
	_Atomic bool stop; // lcores return
	bool launched;
	struct confine *confine; // files that may be opened
	struct privileges privileges;
	struct service service;
	uint64_t started_us; // monotonic
	uint64_t start_wall_us;
};

// Adds up all counters of the appliance, gauges of pools and ports included. Control thread only.
void app_sum(struct app *app, struct stats_sum *ret);
// The same without the ports, for any thread.
void app_sum_roles(const struct app *app, struct stats_sum *ret);
