// SPDX-License-Identifier: BSD-3-Clause
#include "gen_collide.h"

#include "mt_crc32c.h"

#include <arpa/inet.h>

#define FIRST_PORT 1024u
#define PORTS      64000u
// Clients are above all servers, so that these are the low end, and below the multicast groups.
#define CLIENT_MIN 0xc0000300u
#define CLIENT_MAX 0xdfffffffu

// The name of a connection as its CRC is taken: low and high address, each mapped into IPv6, low
// and high port, and room for what keeps connections apart.
static uint32_t crc_of(uint32_t server, uint32_t client, uint16_t port)
{
	uint8_t name[48] = {[10] = 0xff, [11] = 0xff, [26] = 0xff, [27] = 0xff};
	uint16_t smtp = 25;

	server = htonl(server);
	client = htonl(client);
	memcpy(name + 12, &server, 4);
	memcpy(name + 28, &client, 4);
	memcpy(name + 32, &smtp, 2);
	memcpy(name + 34, &port, 2);
	return mt_crc32c(0, span_make(name, sizeof(name)));
}

static uint32_t high_bit(uint32_t value)
{
	return 31 - (uint32_t)__builtin_clz(value);
}

// A CRC is linear: what a bit of the address changes does not hang on the others.
static void prepare(struct gen_collide *c)
{
	uint32_t none = crc_of(0, 0, 0);

	for (uint32_t i = 0; i < 32; i++) {
		uint32_t change = crc_of(0, 1u << i, 0) ^ none, bits = 1u << i;
		while (change != 0 && c->basis[high_bit(change)].change != 0) {
			uint32_t at = high_bit(change);
			change ^= c->basis[at].change;
			bits ^= c->basis[at].bits;
		}
		if (change == 0)
			continue;
		c->basis[high_bit(change)].change = change;
		c->basis[high_bit(change)].bits = bits;
	}
	c->ready = true;
}

// The one address with which the CRC is 0.
static uint32_t solve(const struct gen_collide *c, uint32_t server, uint16_t port)
{
	uint32_t left = crc_of(server, 0, port), client = 0;

	while (left != 0 && c->basis[high_bit(left)].change != 0) {
		uint32_t at = high_bit(left);
		left ^= c->basis[at].change;
		client ^= c->basis[at].bits;
	}
	return client;
}

bool gen_collide_next(struct gen_collide *c, uint32_t servers, struct gen_end *ret_client,
	struct gen_end *ret_server)
{
	if (!c->ready)
		prepare(c);
	for (; c->candidate / PORTS < servers; c->candidate++) {
		uint32_t server = 0xc0000200u + 25 + c->candidate / PORTS;
		uint16_t port = (uint16_t)(FIRST_PORT + c->candidate % PORTS);
		uint32_t client = solve(c, server, port);
		if (client < CLIENT_MIN || client > CLIENT_MAX)
			continue;
		*ret_client = (struct gen_end){.port = port};
		*ret_server = (struct gen_end){.port = 25};
		client = htonl(client);
		server = htonl(server);
		memcpy(ret_client->addr, &client, 4);
		memcpy(ret_server->addr, &server, 4);
		c->candidate++;
		return true;
	}
	return false;
}
