// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What became of the connections and mails of each registered server, by address. Every worker
// has a table of its own, of fixed size, which it alone moves; a connection keeps the number of
// its place. Who comes when the table is full is counted under "others". The control thread adds
// the tables up (servers_view_*), and remembers there since when a server shows nothing but TLS.

#include "packet.h"

#include "mt_siphash.h"

#include <stdatomic.h>

#define SERVERS_MAX   1024
#define SERVERS_NONE  UINT16_MAX // of a connection that has no place yet
#define SERVERS_INDEX 4096 // places of the index: a power of two

struct servers_slot {
	struct packet_addr addr; // written before the place is counted in `used`
	_Atomic uint64_t sessions, open, accepted, refused, unknown, complete;
	_Atomic uint64_t dark; // sessions that went to TLS
	_Atomic uint64_t implicit; // of these, with TLS from the first octet
	_Atomic uint64_t tls_refused; // sessions whose STARTTLS it refused
	_Atomic uint64_t
		tls_unused; // sessions that stayed in the clear although it offered
	_Atomic uint64_t clear; // sessions of which a mail was read
	_Atomic uint64_t last_us; // packet time
};

struct servers {
	_Atomic uint32_t used; // places taken
	struct mt_siphash_key
		secret; // a stranger shall not aim at one place of the index
	uint16_t index[SERVERS_INDEX]; // place + 1; 0: none
	struct servers_slot slots[SERVERS_MAX + 1]; // the last one is of all others
};

enum servers_outcome {
	SERVERS_UNKNOWN,
	SERVERS_ACCEPTED,
	SERVERS_REFUSED,
};

enum servers_tls { // what became of TLS in a session
	SERVERS_TLS_DARK,
	SERVERS_TLS_IMPLICIT, // beside that
	SERVERS_TLS_REFUSED,
	SERVERS_TLS_UNUSED,
};

struct servers_fate { // what a mail came to
	enum servers_outcome outcome;
	bool complete;
	bool first; // of its session
};

// NULL when there is no memory.
struct servers *servers_create(void);
void servers_destroy(struct servers *s);

// Owner only. A session of this server begins; returns its place.
uint16_t servers_begin(
	struct servers *s, const struct packet_addr *server, uint64_t now_us);
void servers_end(struct servers *s, uint16_t place, uint64_t now_us);
void servers_tls(
	struct servers *s, uint16_t place, enum servers_tls what, uint64_t now_us);
void servers_mail(struct servers *s, uint16_t place, const struct servers_fate *fate,
	uint64_t now_us);

// The sum of all workers, one row a server.
struct servers_row {
	struct packet_addr addr;
	uint64_t sessions, open, accepted, refused, unknown, complete, dark, implicit,
		tls_refused, tls_unused, clear, last_us;
	// Kept from one update to the next.
	uint64_t read_before; // mails read, when last looked at
	uint64_t dark_base; // sessions that STARTTLS took, when last a mail was read
	uint64_t read_us; // when that was (packet time), 0: never
};

struct servers_view {
	uint32_t count; // rows in use, in order of address
	struct servers_row rows[SERVERS_MAX];
	struct servers_row others;
};

// Adds the tables up anew. What is kept from one update to the next stays.
void servers_view_update(
	struct servers_view *v, const struct servers *const *tables, uint32_t count);
// Whether a server has gone over to TLS wholly: so many sessions in a row that STARTTLS took as cannot
// be chance, by the share of sessions that could be read before. 0, or how many there are.
uint64_t servers_dark_run(const struct servers_row *row);
