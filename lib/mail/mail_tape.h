// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The way of a mail from worker to writer: a tape of events, written into chunks of fixed size.
// The worker appends (one copy of each octet of content, nothing else); the writer plays it back.
// The tape of one connection's transactions is strictly in order, so a slot (the connection's
// number at its worker) names it; when its last chunk has been played the slot can begin another.
//
// An event never spans two chunks, except that content and long texts are simply told in pieces.

#include "mt_span.h"

// name, help
#define MAIL_EV_LIST(X)                                                                    \
	X(CONN, "struct mail_conn: first event of every tape")                             \
	X(HELO, "text: the accepted greeting's name")                                      \
	X(AUTH, "aux: ok; text: mechanism NUL user")                                       \
	X(XCLIENT, "text: attributes of an accepted XCLIENT, in force for this mail")      \
	X(XFORWARD, "text: the same of XFORWARD")                                          \
	X(TLS, "aux: bit 0 offered, bit 1 dark")                                           \
	X(FROM, "text: path NUL params")                                                   \
	X(FROM_REPLY, "reply to MAIL")                                                     \
	X(RCPT, "text: path NUL params")                                                   \
	X(RCPT_REPLY, "reply for the recipient told last")                                 \
	X(RCPT_FINAL,                                                                      \
		"aux: recipient number; LMTP and PRDR final reply, must come before END")  \
	X(BEGIN, "aux: enum mail_carried; u64 time")                                       \
	X(BODY, "content octets")                                                          \
	X(GAP, "u64: octets missing, UINT64_MAX unknown")                                  \
	X(ODD, "u64: set of oddities (mt_odd_bit)")                                        \
	X(REPLY, "the final reply")                                                        \
	X(END, "struct mail_end: the mail is over and its fate known")                     \
	X(ABANDON, "aux: reason (smtp_why); no content came; u64 time")                    \
	X(SESSION, "struct mail_session: a connection that ended with something to say")   \
	X(HANDSHAKE, "aux: 0 client, 1 server; octets of a TLS handshake in the clear")    \
	X(HANDSHAKE_END,                                                                   \
		"aux: enum tls_end of the client, and of the server << 8; it can be read") \
	X(GIVE_UP, "aux: enum mail_given_up; the worker gives this mail up")

enum mail_event {
#define X(name, help) MAIL_EV_##name,
	MAIL_EV_LIST(X)
#undef X
	MAIL_EV_COUNT
};

enum mail_carried {
	MAIL_DATA,
	MAIL_BDAT,
};

enum mail_outcome {
	MAIL_UNKNOWN,
	MAIL_ACCEPTED,
	MAIL_REFUSED,
};

enum mail_hop {
	MAIL_INBOUND,
	MAIL_INTERNAL,
	MAIL_OUTBOUND,
	MAIL_HOP_COUNT
};

// name, help: why a mail whose content began has no stored content although it should
#define MAIL_GIVEN_UP_LIST(X)                                                        \
	X(NO_CHUNK, "the chunk pool was empty (the writer or the disk is too slow)") \
	X(DISK_FULL, "the disk was full")                                            \
	X(DISK_ERROR, "a write or sync failed")                                      \
	X(TOO_MANY, "more mails open than the writer can hold")                      \
	X(ENVELOPE, "the envelope was larger than its limit")

enum mail_given_up {
#define X(name, help) MAIL_GIVEN_UP_##name,
	MAIL_GIVEN_UP_LIST(X)
#undef X
	MAIL_GIVEN_UP_COUNT
};

struct mail_conn {
	uint64_t flow_id; // below 2^53
	uint64_t start_us; // packet time of the first packet of the connection
	uint8_t client[16], server[16]; // IPv4 mapped
	uint16_t client_port, server_port;
	uint16_t vlan[3];
	uint8_t vlans;
	uint8_t version; // 4 or 6
	uint8_t iface; // index into conf.interfaces
	uint8_t hop; // enum mail_hop
	uint16_t reserved;
	uint32_t tx_id;
};

struct mail_end {
	uint64_t at_us;
	uint64_t content_us; // packet time of the end of data (or of the loss)
	uint64_t open_us; // packet time of the transaction's opening
	uint8_t outcome; // enum mail_outcome
	uint8_t complete;
	uint8_t reserved[6];
};

struct mail_session {
	uint64_t at_us;
	uint64_t odds; // set of oddities of the connection
	uint32_t transactions; // opened
	uint32_t mails; // whose content began
	uint8_t dark; // went to TLS
	uint8_t offered; // STARTTLS was offered
	uint8_t no_rcpt; // a transaction ended with every recipient refused
	uint8_t not_smtp;
	uint8_t implicit; // TLS from the first octet
	uint8_t refused; // the server refused STARTTLS
	uint8_t reserved[2];
};

#define MAIL_CHUNK_LAST \
	1u // no more of this tape: the slot is free when this one comes back

struct mail_chunk {
	struct mail_chunk *next; // for its owner of the moment
	uint32_t slot;
	uint16_t worker;
	uint16_t flags;
	uint32_t used; // octets of data
	uint32_t room; // size of data
	uint32_t last_event; // offset of the newest event, for growing BODY in place
	uint32_t reserved;
	uint8_t data[];
};

// One event as read back.
struct mail_item {
	enum mail_event event;
	uint16_t aux;
	struct span text;
};

// --- worker side; all return false when the chunk has no room for it (nothing was added)
void mail_chunk_init(struct mail_chunk *c, uint32_t room, uint16_t worker, uint32_t slot);
bool mail_chunk_add(
	struct mail_chunk *c, enum mail_event event, uint16_t aux, struct span text);
// Two texts with a NUL between (NULs inside the first are dropped: they cannot be in a path).
bool mail_chunk_add_pair(struct mail_chunk *c, enum mail_event event, uint16_t aux,
	struct span a, struct span b);
// code, enhanced, text, queue id; no text is longer than UINT16_MAX.
bool mail_chunk_add_reply(struct mail_chunk *c, enum mail_event event, uint16_t aux,
	uint16_t code, struct span enhanced, struct span text, struct span queue_id);
// Appends content; grows the newest event when it is BODY. Returns octets taken (0: full).
size_t mail_chunk_add_body(struct mail_chunk *c, struct span text);

// --- writer side
// Reads the event at *offset and moves it on. False at the end, and at what is no event.
bool mail_chunk_next(const struct mail_chunk *c, uint32_t *offset, struct mail_item *ret);
struct mail_reply {
	uint16_t code; // 0: none was seen
	struct span enhanced, text, queue_id;
};
bool mail_reply_read(struct span text, struct mail_reply *ret);
// Splits a pair at its NUL. Without one, b is empty.
void mail_pair_read(struct span text, struct span *ret_a, struct span *ret_b);
