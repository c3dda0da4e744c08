// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The command line of the generator.

#include "gen_packet.h"

struct gen_options {
	const char *out, *truth; // files; truth may be NULL
	uint64_t seed;
	uint64_t mails; // how many to send; UINT64_MAX when octets decide
	uint64_t octets; // no new session once the capture has so many
	uint32_t size; // of every mail, 0: log-normal
	double size_median, size_mean;
	uint32_t mails_per_connection;
	uint32_t concurrency; // sessions at the same time
	uint32_t
		connections; // that stay open all along, the mails in turn over them; 0: none
	uint32_t open_forever; // sessions that fall silent after their mails
	uint32_t servers;
	uint32_t skew; // packets by which the servers' direction is late
	uint32_t mss, vlan;
	double loss, reorder, duplicate; // probability, a packet
	double refuse; // probability, a mail
	double other; // share of the packets that are no mail
	double syn_flood; // openings from random addresses for each packet
	double rate; // Mbit/s of the capture's clock
	enum gen_link link;
	bool ipv6, holes, together, collide, nanoseconds;
};

// 0 to go on, 1 after --help, -1 after a complaint on stderr.
int gen_options_parse(struct gen_options *ret, int argc, char *argv[]);
