// SPDX-License-Identifier: BSD-3-Clause
#include "conf.h"

#include <errno.h>

// What an event on a mail's tape needs beside its text.
#define EVENT_SPARE 256

static int check_interface(const struct conf_interface *in, struct mt_error *error)
{
	for (int p = 0; p < in->port_count; p++)
		if (in->ports[p].kind == CONF_PORT_PCAP && in->queues > 1)
			return mt_error_set(error, EINVAL,
				"interfaces: %s: a capture file has one queue; allowed: queues: 1",
				in->name);
	return 0;
}

static bool shares_device(const struct conf_port *a, const struct conf_port *b)
{
	return a->kind == b->kind && strcmp(a->device, b->device) == 0;
}

// Their packets have the time of the file, others that of the clock.
static int check_times(const struct conf *c, struct mt_error *error)
{
	const struct conf_interface *first = &c->interfaces[0];

	for (uint32_t i = 0; i < c->interface_count; i++)
		for (int p = 0; p < c->interfaces[i].port_count; p++)
			if ((c->interfaces[i].ports[p].kind == CONF_PORT_PCAP) !=
				(first->ports[0].kind == CONF_PORT_PCAP))
				return mt_error_set(error, EINVAL,
					"interfaces: %s: capture files and live interfaces cannot be read "
					"together; use `mailtap replay` for the files",
					c->interfaces[i].name);
	return 0;
}

static int check_devices(const struct conf *c, struct mt_error *error)
{
	const struct conf_port *seen[2 * CONF_INTERFACES_MAX];
	int count = 0;

	for (uint32_t i = 0; i < c->interface_count; i++) {
		const struct conf_interface *in = &c->interfaces[i];
		for (int p = 0; p < in->port_count; p++) {
			for (int s = 0; s < count; s++)
				if (shares_device(seen[s], &in->ports[p]))
					return mt_error_set(error, EINVAL,
						"interfaces: %s: %.100s is used twice; each device can be "
						"read once",
						in->name, in->ports[p].device);
			seen[count++] = &in->ports[p];
		}
		int rc = check_interface(in, error);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int check_limits(const struct conf *c, struct mt_error *error)
{
	uint32_t longest = c->line > c->reply ? c->line : c->reply;

	if (c->chunk < longest + EVENT_SPARE)
		return mt_error_set(error, EINVAL,
			"memory.chunk: %u is too small for %s: %u; allowed: at least %u",
			c->chunk, c->line > c->reply ? "limits.line" : "limits.reply",
			longest, longest + EVENT_SPARE);
	return 0;
}

// A port is the one or the other: what it carries decides how its first octets are taken.
static int check_ports(const struct conf *c, struct mt_error *error)
{
	for (unsigned port = 1; port <= UINT16_MAX; port++)
		if (c->ports[port / 64] & c->tls_ports[port / 64] & 1ULL << port % 64)
			return mt_error_set(error, EINVAL,
				"smtp.tls_ports: %u stands in smtp.ports as well; keep it in one of them",
				port);
	return 0;
}

int conf_check(const struct conf *c, bool for_replay, struct mt_error *error)
{
	if (c->registered_count == 0)
		return mt_error_set(error, EINVAL,
			"registered: is empty, so no mail would be captured; list the addresses of the "
			"mail servers, as in registered: [192.0.2.25]");
	if (c->interface_count == 0 && !for_replay)
		return mt_error_set(error, EINVAL,
			"interfaces: is empty; name what to listen on, as in "
			"interfaces: [{name: tap0, af_packet: eth1}]");
	int rc = check_devices(c, error);
	if (rc == 0)
		rc = check_times(c, error);
	if (rc == 0)
		rc = check_ports(c, error);
	return rc != 0 ? rc : check_limits(c, error);
}
