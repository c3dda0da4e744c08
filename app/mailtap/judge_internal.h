// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Between the files of the judge: what each of them finds, and the words they share.

#include "judge.h"

// A finding of the judge; true when there is something to say.
typedef bool judge_look(
	const struct judge *j, const struct judge_view *v, struct judge_finding *ret);

judge_look judge_link_down, judge_leg_dead, judge_nothing_seen, judge_port_lost,
	judge_port_sent, judge_no_buffers, judge_workers_slow;
judge_look judge_table_full, judge_flood, judge_no_server, judge_hops_skipped,
	judge_mail_port, judge_one_sided, judge_server_dark, judge_incomplete,
	judge_checksums;
judge_look judge_disk_full, judge_disk_error, judge_disk_stuck, judge_disk_low,
	judge_chunks_short, judge_ledger_open, judge_reload_failed, judge_clock;

// How far a counter moved in the last ten seconds, and in the last minute.
uint64_t judge_moved(const struct judge_view *v, enum stats_counter c);
uint64_t judge_moved_minute(const struct judge_view *v, enum stats_counter c);
// Seconds between a sample and now, at least 1.
unsigned judge_seconds(const struct judge_view *v, const struct judge_sample *since);

// Fill a finding; true.
__attribute__((format(printf, 3, 4))) bool judge_say(
	struct judge_finding *f, enum judge_weight weight, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void judge_advise(
	struct judge_finding *f, const char *fmt, ...);
// "192.0.2.25" or "2001:db8::25".
#define JUDGE_ADDR 46
void judge_addr_text(const struct packet_addr *addr, char ret[JUDGE_ADDR]);
