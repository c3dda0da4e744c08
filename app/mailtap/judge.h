// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Is the appliance well, and if not, what is wrong and what helps? Samples go in, a list of
// troubles comes out: pure, it asks neither DPDK nor the machine. A trouble holds as long as its
// cause is seen in the last ten seconds (a few look at the last minute); when it has ended it
// stays for a day as a notice that says when it was.

#include "hints.h"
#include "servers.h"
#include "stats.h"

#define JUDGE_PORTS_MAX  48
#define JUDGE_LCORES_MAX 64
#define JUDGE_TEXT       128 // a line of the console and its NUL

enum judge_weight {
	JUDGE_NONE,
	JUDGE_NOTICE, // worth knowing
	JUDGE_DEGRADED, // something is lost, or would be
	JUDGE_FAILED, // the appliance does not do its work
};

// code; what it is about stands in judge_ports.c, judge_mail.c and judge_store.c
// clang-format off
#define JUDGE_LIST(X) \
	X(link_down) X(leg_dead) X(nothing_seen) X(port_lost) X(port_sent) X(no_buffers) \
	X(workers_slow) X(table_full) X(flood) \
	X(no_server) X(hops_skipped) X(mail_port) X(one_sided) X(server_dark) X(incomplete) X(checksums) \
	X(disk_full) X(disk_error) X(disk_stuck) X(disk_low) X(chunks_short) \
	X(ledger_open) X(reload_failed) X(clock)
// clang-format on

enum judge_code {
#define X(name) JUDGE_##name,
	JUDGE_LIST(X)
#undef X
	JUDGE_COUNT
};

struct judge_port_name { // of a port, as long as it is there
	char interface[32];
	char device[64];
	char leg; // 'a' or 'b'; 0: not of a pair
	bool file; // a capture file: its silence is its end
	bool member; // of a bond: what it takes is told by the bond
};

struct judge_port {
	uint64_t packets, octets, missed, errors, no_mbuf, sent;
	uint64_t moved_us; // when it last brought a packet (or was started)
	bool link_up;
};

struct judge_spool {
	uint64_t seen_us; // when the writer last told of it
	uint64_t free, total, octets; // of the file system; of the log
	bool degraded, full;
	char trouble[96];
};

struct judge_sample {
	uint64_t at_us; // monotonic
	uint64_t wall_us;
	struct stats_sum sum;
	struct judge_port ports[JUDGE_PORTS_MAX];
	uint64_t busy[JUDGE_LCORES_MAX], idle[JUDGE_LCORES_MAX]; // cycles
	struct judge_spool spool;
};

struct judge_view {
	const struct judge_sample *now;
	const struct judge_sample *before; // ten seconds ago, or the first
	const struct judge_sample *minute; // a minute ago, or the first
	const struct judge_port_name *names;
	uint32_t port_count;
	uint64_t started_us;
	uint64_t connections; // size of the table
	uint64_t under_way; // packets that fit between rx and the workers
	const struct servers_view *servers;
	const struct hints_row *strangers,
		*ports; // HINTS_SERVER, HINTS_PORT: busiest first
	uint32_t stranger_count, hint_port_count;
	const char *
		reload_error; // of the last reload; NULL: it went well, or there was none
};

struct judge_finding {
	enum judge_weight weight; // JUDGE_NONE: all is well
	uint64_t amount; // the greater the worse
	char text[JUDGE_TEXT]; // what
	char hint[JUDGE_TEXT]; // what to do
};

struct judge_trouble {
	bool active;
	uint64_t since_us, until_us; // wall clock; until_us 0: never was one
	struct judge_finding now; // as it is, while active
	struct judge_finding worst; // as it was at its worst, when over
};

struct judge {
	struct judge_trouble troubles[JUDGE_COUNT];
	uint32_t uneven; // looks in a row that found the ledger open
	uint64_t clock_us; // when the clock last jumped
	int64_t clock_by_us;
};

// What the console shows of one trouble.
struct judge_reason {
	enum judge_code code;
	enum judge_weight weight;
	bool active;
	uint64_t since_us;
	char text[JUDGE_TEXT], hint[JUDGE_TEXT];
};

const char *judge_name(enum judge_code code);
const char *judge_weight_name(enum judge_weight weight);
// Looks at a new sample. The judge must be zero at first.
void judge_update(struct judge *j, const struct judge_view *v);
// The troubles, the heaviest first; returns how many. now_us: wall clock.
uint32_t judge_list(
	const struct judge *j, uint64_t now_us, struct judge_reason ret[JUDGE_COUNT]);
// "OK", "DEGRADED" or "FAILED", by the heaviest that is active.
const char *judge_state(const struct judge *j);
