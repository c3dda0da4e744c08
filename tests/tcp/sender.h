// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The clients: each sends a dialogue with mails over a TCP of its own making, by a schedule that
// is drawn from a seed, and repairs what that schedule lost until the server has all of it.

#include "schedule.h"
#include "wire.h"

#define SENDER_STREAM_MAX 24000
#define SENDER_PHASES     24

struct sender_options {
	uint64_t seed;
	uint64_t connections, first; // how many, and the number of the first
	uint64_t kinds; // those that may be drawn
	bool exact; // all of `kinds` on every connection, instead of a draw
	unsigned parallel;
	const char *plan; // file: what each connection was to suffer
};

// A stretch of the stream that is sent at once; the next begins when so many replies came.
struct sender_phase {
	uint32_t to;
	uint8_t replies;
};

struct sender_dialogue {
	uint8_t stream[SENDER_STREAM_MAX];
	struct sender_phase phases[SENDER_PHASES];
	int count;
};

enum sender_state {
	SENDER_FREE,
	SENDER_ASKED, // a SYN was sent
	SENDER_OPEN,
	SENDER_CLOSING, // a FIN was sent
};

struct sender_conn {
	enum sender_state state;
	uint64_t kinds, number;
	struct gen_random plan, course; // drawn before, and on the way
	bool ipv6, stamps, server_fin, quits;
	uint8_t client, sessions, tries, scale;
	uint16_t client_port, server_port;
	uint32_t isn, old_isn;
	uint32_t next, first_next; // of the server's octets
	uint32_t acked, reached; // of the stream: by the server, by us
	uint32_t edge; // of the stream: where the server's window ends
	uint32_t stamp_base, stamp_echo;
	uint64_t due_ns, dead_ns,
		wait_ns; // the next step, and when we have waited enough
	uint32_t rto_us;
	int phase, shot;
	unsigned replies; // lines of the server that were not asked for yet
	struct sender_dialogue dialogue;
	struct schedule schedule;
};

// Sends all connections. `w` is open. 0 or -errno.
int sender_run(struct wire *w, const struct sender_options *options);

// dialogue.c: draws what a session says.
void sender_draw_dialogue(struct sender_conn *c);

// segment.c: puts segments of a connection on the wire.
void sender_send_syn(struct sender_conn *c, struct wire *w);
void sender_send_shot(
	struct sender_conn *c, struct wire *w, const struct schedule_shot *shot);
void sender_send_flags(struct sender_conn *c, struct wire *w, uint32_t at, uint8_t flags);
// A segment of an earlier connection of the same ports.
void sender_send_old(struct sender_conn *c, struct wire *w);
// Answers a packet of a connection that is none of ours, as any TCP would.
void sender_refuse(struct wire *w, const struct wire_segment *segment);

#define SENDER_FIN 0x01
#define SENDER_SYN 0x02
#define SENDER_RST 0x04
#define SENDER_PSH 0x08
#define SENDER_ACK 0x10
#define SENDER_URG 0x20
