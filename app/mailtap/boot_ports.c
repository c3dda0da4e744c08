// SPDX-License-Identifier: BSD-3-Clause
#include "boot.h"
#include "guard.h"

#include <stdio.h>
#include <sysexits.h>

static int add_port(struct app *app, const struct conf_interface *in, uint8_t iface,
	int nth, struct mt_error *error)
{
	struct app_port *p = &app->ports[app->port_count];
	char bus_name[PORT_NAME_SIZE];

	snprintf(bus_name, sizeof(bus_name), "%s%c", in->name, 'a' + nth);
	int rc = port_create(
		&p->port, &in->ports[nth], bus_name, (uint16_t)in->queues, error);
	if (rc != 0)
		return rc;
	p->iface = iface;
	app->port_count++;
	return port_start(&p->port, app->pool, error);
}

static int add_bond(struct app *app, const struct conf_interface *in, uint8_t iface,
	struct mt_error *error)
{
	struct app_port *p = &app->ports[app->port_count];
	struct port *members = &app->members[app->member_count];
	char bus_name[PORT_NAME_SIZE];

	for (int i = 0; i < in->port_count; i++) {
		snprintf(bus_name, sizeof(bus_name), "%s%c", in->name, 'a' + i);
		int rc = port_create(&members[i], &in->ports[i], bus_name,
			(uint16_t)in->queues, error);
		if (rc != 0)
			return rc;
		app->member_count++;
	}
	snprintf(bus_name, sizeof(bus_name), "%s", in->name);
	int rc = port_create_bond(
		&p->port, members, bus_name, (uint16_t)in->queues, error);
	if (rc != 0)
		return rc;
	p->iface = iface;
	app->port_count++;
	rc = port_start(&p->port, app->pool, error);
	for (int i = 0; rc == 0 && i < in->port_count; i++)
		members[i].bonded = true;
	return rc;
}

// Deals (port, queue) pairs to the rx roles in turn.
static void deal(struct app *app)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < app->port_count; i++) {
		for (uint16_t q = 0; q < app->ports[i].port.queues; q++) {
			struct rx *rx = &app->rx[next];
			if (rx->source_count < RX_SOURCES_MAX) {
				rx->read.depth[rx->source_count] =
					app->ports[i].port.depth;
				rx->sources[rx->source_count++] = (struct rx_source){
					.port = &app->ports[i].port,
					.queue = q,
					.iface = app->ports[i].iface,
				};
				rx->read.sources = rx->source_count;
			}
			next = next + 1 < app->plan.rx_count ? next + 1 : 0;
		}
	}
	for (uint32_t r = 0; r < app->plan.rx_count; r++)
		atomic_store_explicit(
			&app->rx[r].state, RX_READING, memory_order_release);
}

int boot_ports(struct app *app, struct mt_error *error)
{
	for (uint32_t i = 0; i < app->conf.interface_count; i++) {
		const struct conf_interface *in = &app->conf.interfaces[i];
		int rc = 0;
		if (in->group == CONF_BOND)
			rc = add_bond(app, in, (uint8_t)i, error);
		for (int n = 0; in->group != CONF_BOND && n < in->port_count && rc == 0;
			n++)
			rc = add_port(app, in, (uint8_t)i, n, error);
		if (rc != 0) {
			mt_error_prefix(error, "interface %s: ", in->name);
			guard_explain_port(error);
			return rc;
		}
	}
	return 0;
}

void boot_listen(struct app *app)
{
	for (uint32_t i = 0; i < app->port_count; i++)
		port_forget(&app->ports[i].port);
	for (uint32_t i = 0; i < app->member_count; i++)
		port_forget_counts(&app->members[i]);
	deal(app);
}

void boot_close_member(struct app *app, struct port *member)
{
	struct port_counts counts;

	port_counts_get(member, &counts);
	app->closed.missed += counts.kernel;
	port_close(member);
}

void boot_close_port(struct app *app, struct app_port *p)
{
	struct port_counts counts;

	port_counts_get(&p->port, &counts);
	app->closed_live |= !p->port.lossless;
	app->closed.packets += counts.packets;
	app->closed.missed += counts.missed;
	app->closed.errors += counts.errors;
	app->closed.no_mbuf += counts.no_mbuf;
	port_close(&p->port);
}
