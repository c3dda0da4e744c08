// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Plain limits and single stages, each measured alone. A probe does its work between
// probe_start and probe_stop and says how many octets and units it handled.

#include "packet.h"

#include "mt_span.h"

#define PROBE_STEPS_MAX 8 // of a unit

struct probe_result {
	uint64_t octets;
	uint64_t units;
	uint64_t wall_ns, cpu_ns; // cpu: of all threads of the process
	uint64_t cycles; // of CPU time, by the time stamp counter; 0: not measured
	double bare_ratio; // speed, against bare receiving; 0: not measured
	const char *unit; // what units counts: "packets", "mails"
	struct probe_part { // what a unit costs, by step; may be none
		const char *name;
		double cost; // cycles of the time stamp counter
	} steps[PROBE_STEPS_MAX];
	unsigned step_count;
};

void probe_start(struct probe_result *r);
void probe_stop(struct probe_result *r);
void probe_step(struct probe_result *r, const char *name, double cost);

// A capture file of Ethernet frames, mapped; the TCP packets in it already parsed.
struct probe_frame {
	struct span octets;
	uint64_t at_us;
	enum packet_class class;
	struct packet packet; // filled for PACKET_TCP
};

struct probe_capture {
	void *map;
	struct span file;
	struct probe_frame *frames;
	size_t count;
};

// 0, or -1 with a complaint on stderr.
int probe_capture_read(struct probe_capture *c, const char *path);
void probe_capture_free(struct probe_capture *c);

// Each measures one thing and returns 0, or -1 with a complaint on stderr.
int probe_receive(const char *capture, struct probe_result *ret); // bare net_pcap
int probe_copy(
	const char *capture, struct probe_result *ret); // copy and dot scan of payloads
int probe_crc32c(const char *capture, struct probe_result *ret);
int probe_sha256(const char *capture, struct probe_result *ret);
int probe_append(const char *folder, bool sync, size_t size, struct probe_result *ret);
int probe_role(const char *capture, struct probe_result *ret); // rx against bare net_pcap
// A packet that is nobody's mail on its way through the rx role; they need no place.
int probe_foreign_hot(const char *place, struct probe_result *ret);
int probe_foreign_cold(const char *place, struct probe_result *ret);
int probe_dialogue(const char *capture, struct probe_result *ret); // streams and SMTP
// A header alone, and with 75 KB of text behind it; they need no place.
int probe_header(const char *place, struct probe_result *ret);
int probe_header_body(const char *place, struct probe_result *ret);
int probe_spool(
	const char *folder, size_t size, struct probe_result *ret); // log and sha256
// The pre-scan with 1,000 literals in mails of 75 KB by chunks of 16 KiB; scopes as in a signature
// file, NULL: off.
int probe_scan(const char *capture, const char *scopes, struct probe_result *ret);
int probe_scan_plain(const char *capture, struct probe_result *ret); // Hyperscan alone
