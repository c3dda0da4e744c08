// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Mail that passes us by because the configuration does not name it: servers that speak on watched
// ports but are not registered, and mail ports that registered servers speak on but that are not
// watched. Each rx keeps the few busiest in a table of fixed size (Metwally's "space saving": a
// newcomer takes over the place and the count of the least). It looks at samples only, so the
// counts say who is busiest and not how much there was.

#include "packet.h"

#include <stdatomic.h>

#define HINTS_MAX 16

enum hints_kind {
	HINTS_SERVER, // not registered, on a watched port
	HINTS_PORT, // not watched, at a registered server
	HINTS_KIND_COUNT
};

// An entry is read while its owner may replace it: `turn` is odd meanwhile.
struct hints_slot {
	_Atomic uint32_t turn;
	_Atomic uint32_t port;
	_Atomic uint64_t high, low; // the address
	_Atomic uint64_t count; // 0: the place is free
};

struct hints {
	struct hints_slot slots[HINTS_KIND_COUNT][HINTS_MAX];
};

struct hints_row {
	struct packet_addr addr;
	uint16_t port;
	uint64_t count;
};

// Owner only.
void hints_note(struct hints *h, enum hints_kind kind, const struct packet_addr *addr,
	uint16_t port);
void hints_clear(struct hints *h);
// Adds a table to rows (room for HINTS_MAX; *count of them hold something), busiest first. What
// does not fit any more is less than all that stays. Any thread.
void hints_get(const struct hints *h, enum hints_kind kind,
	struct hints_row rows[HINTS_MAX], uint32_t *count);

// Ports that mail is spoken on where it is not spoken on 25: 24 (LMTP), 465 (TLS from the first
// octet), 587 (submission), 2525 and 10025 (relays and filters). Sets the bits of those that are
// not in `watched`.
void hints_ports(const uint64_t watched[1024], uint64_t ret[1024]);
// Whether nothing could be read on it, were it watched.
bool hints_is_tls_port(uint16_t port);
