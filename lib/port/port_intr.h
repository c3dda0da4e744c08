// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A function that runs on DPDK's interrupt thread, whenever somebody asks for it. (An alarm of DPDK
// would do the same, but not let that thread rest at the end: rte_eal_cleanup waits for alarms.)

struct port_intr;

// NULL and errno when the machine has no more descriptors or memory.
struct port_intr *port_intr_create(void (*run)(void *ctx), void *ctx);
// Has it run soon, once for all askings before it begins. Any thread; never waits.
void port_intr_ask(struct port_intr *i);
// Comes back when it does not run and will not. Takes NULL.
void port_intr_destroy(struct port_intr *i);
