// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What a sender does with one stretch of its stream: which segments, in which order, and what is
// wrong with them. A schedule is drawn from random numbers alone, so the same seed draws the same.

#include "gen_random.h"

// name, class, help. Classes:
//   PLAIN  every copy of an octet is the same: the mail is whole and bears no mark
//   DEAD   other octets, in packets that the kernel drops for what stands in them
//   OPEN   other octets, and no tap can know which copy the kernel took: equal, or marked
//   HOLE   the tap has missed something
// clang-format off
#define SCHEDULE_KIND_LIST(X) \
	X(loss, PLAIN, "segments are lost, half of them behind the tap") \
	X(reorder, PLAIN, "segments overtake each other") \
	X(duplicate, PLAIN, "segments come twice") \
	X(overlap, PLAIN, "segments cut anew, with the same octets") \
	X(tiny, PLAIN, "segments of a few octets") \
	X(keepalive, PLAIN, "probes that repeat the last octet, or none, or a wrong one") \
	X(wrap, PLAIN, "sequence numbers pass zero in the middle") \
	X(reuse, PLAIN, "the ports are used again, and an old segment comes late") \
	X(trailer, PLAIN, "octets behind the end of the IP packet") \
	X(deaf, PLAIN, "replies are acknowledged late, and come again") \
	X(strange, PLAIN, "headers that are seldom seen, and taken all the same") \
	X(stamps, PLAIN, "timestamps that go back and forth a little") \
	X(narrow, PLAIN, "a server with a small window that reads slowly") \
	X(badsum, DEAD, "a wrong TCP checksum") \
	X(badip, DEAD, "a wrong IPv4 header checksum") \
	X(badoffset, DEAD, "a TCP header shorter than it can be") \
	X(paws, DEAD, "an old timestamp (RFC 7323)") \
	X(md5, DEAD, "a TCP-MD5 option (RFC 2385) that nobody asked for") \
	X(noack, DEAD, "no ACK flag") \
	X(ackfuture, DEAD, "acknowledges what was never sent") \
	X(ackpast, OPEN, "acknowledges what is long gone: dropped, but on the fast path") \
	X(beyond, DEAD, "beyond the window") \
	X(before, DEAD, "before the window") \
	X(synin, DEAD, "a SYN in the window, with text") \
	X(syndata, DEAD, "text on the first SYN") \
	X(syntwice, DEAD, "a second SYN with another number before the answer") \
	X(rstout, DEAD, "a RST outside the window") \
	X(rstin, DEAD, "a RST in the window, but not at its edge (RFC 5961)") \
	X(ttl, OPEN, "a TTL that ends at the router") \
	X(behind, OPEN, "lost behind the tap") \
	X(differ, OPEN, "other octets in segments that arrive") \
	X(stampedge, OPEN, "other octets with timestamps around the newest one") \
	X(ackedge, OPEN, "other octets with acknowledgements around what was sent") \
	X(edge, OPEN, "other octets in segments across the window's edge") \
	X(urgent, OPEN, "urgent data: its octet is taken out of the stream") \
	X(finearly, OPEN, "a FIN ahead of its time") \
	X(findata, OPEN, "text behind the FIN") \
	X(rstexact, OPEN, "a RST in the middle that counts") \
	X(rstwait, OPEN, "a RST that dies behind the tap, and silence for longer than a RST is doubted") \
	X(unseen, HOLE, "segments that the tap missed")
// clang-format on

enum schedule_kind {
#define X(name, class, help) SCHEDULE_##name,
	SCHEDULE_KIND_LIST(X)
#undef X
	SCHEDULE_KINDS
};

// A set of kinds has bit (1 << kind) for each.
#define SCHEDULE_BIT(name) (1ULL << SCHEDULE_##name)

struct schedule_shot {
	uint32_t at, len; // of the stream
	uint8_t kind; // whose segment it is; SCHEDULE_KINDS: a good one
	uint8_t flags; // FIN or RST beside it
	uint32_t delay_us; // before it
	uint32_t random; // whatever its kind needs
};

#define SCHEDULE_SHOTS 2000
#define SCHEDULE_GOOD  SCHEDULE_KINDS

struct schedule {
	struct schedule_shot shots[SCHEDULE_SHOTS];
	int count;
};

const char *schedule_name(enum schedule_kind kind);
const char *schedule_class(enum schedule_kind kind);
// The kind of this name, or SCHEDULE_KINDS.
enum schedule_kind schedule_find(const char *name);
// A set for one connection: one kind, often with others, none that `allowed` lacks.
uint64_t schedule_draw_kinds(struct gen_random *r, uint64_t allowed);
// Draws the segments for the stream's octets from `from` to `to`; those before were sent already.
void schedule_draw(struct schedule *s, struct gen_random *r, uint64_t kinds,
	uint32_t from, uint32_t to);
// Makes len octets other than they are; lines may stay lines.
void schedule_spoil(uint8_t *octets, uint32_t len, uint32_t random);
