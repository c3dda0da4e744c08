// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A bounded copy of what both ends say until a TLS handshake is over, kept by the worker in parts of
// its own pool and handed to the writer, who reads it. Once it is over, or a limit was met, nothing
// more is kept and the parts go back: dark traffic costs one test a segment.

#include "tls_scan.h"

#include "mt_pool.h"

#define HANDSHAKE_PART       1024 // octets of a part, its head included
#define HANDSHAKE_CLIENT_MAX 8192 // octets kept of each direction
#define HANDSHAKE_SERVER_MAX 16384
// When one direction is over and the other says nothing, so many octets are waited for it.
#define HANDSHAKE_WAIT_MAX   32768

struct handshake_part { // octets of one direction, in the order in which they came
	struct handshake_part *next;
	uint16_t used;
	bool of_server;
	uint8_t octets[];
};

struct handshake {
	struct tls_scan scan[2]; // of the client, of the server
	struct handshake_part *first, *last;
	uint32_t waited; // octets of a direction that was over
	bool cut; // no part was left for some of it
};

// What the connections of one worker share.
struct handshake_env {
	struct mt_pool places; // struct handshake
	struct mt_pool parts;
};

// Room for the handshakes of so many connections: of some of them at a time, with a few parts each.
// 0 or -ENOMEM.
int handshake_env_init(struct handshake_env *env, uint32_t connections);
void handshake_env_fini(struct handshake_env *env);

// NULL when all places are taken.
struct handshake *handshake_begin(struct handshake_env *env);
void handshake_end(struct handshake_env *env, struct handshake *h);
void handshake_feed(
	struct handshake_env *env, struct handshake *h, bool of_server, struct span text);
// Octets of this direction are missing.
void handshake_gap(struct handshake *h, bool of_server);
// Whether nothing more will be kept.
bool handshake_is_over(const struct handshake *h);
