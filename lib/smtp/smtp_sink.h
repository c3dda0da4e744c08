// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What a dialogue tells upward. A session never stores an envelope: it tells each accepted step
// at the moment the server's reply (or the lack of one) decided it, in the order of the dialogue,
// so that exactly one transaction is open at a time:
//
//   open, rcpt*, then  abandon                          (no content came)
//                  or  begin, (body | gap)*, end        (the server asked for content)
//
// All spans are lent until the call returns. odd may come at any time and belongs to the open
// transaction, else to the connection.

#include "mt_odd.h"
#include "mt_span.h"

// A reply as the server gave it. code 0: none was seen.
struct smtp_reply {
	uint16_t code;
	struct span enhanced; // "2.1.5", empty if there is none
	struct span text; // of the last line, without code and enhanced code
	struct span queue_id; // the server's own id where the text names one, else empty
};

enum smtp_carried {
	SMTP_DATA,
	SMTP_BDAT,
};

enum smtp_outcome {
	SMTP_UNKNOWN, // no final reply seen, or the content never ended
	SMTP_ACCEPTED,
	SMTP_REFUSED,
};

// name, help: why a transaction ended before its content
#define SMTP_WHY_LIST(X)                                                         \
	X(RSET, "the client took it back with RSET")                             \
	X(GREETING, "a new HELO, EHLO or LHLO was accepted")                     \
	X(MAIL_AGAIN, "a second MAIL was accepted")                              \
	X(NO_RCPT, "every recipient was refused and nothing more came")          \
	X(DATA_REFUSED, "the server refused DATA or BDAT and nothing more came") \
	X(TLS, "the connection went dark")                                       \
	X(QUIT, "the client said QUIT")                                          \
	X(CLOSED, "the connection ended")                                        \
	X(STRICT, "the strict automaton discarded it")

enum smtp_why {
#define X(name, help) SMTP_WHY_##name,
	SMTP_WHY_LIST(X)
#undef X
	SMTP_WHY_COUNT
};

enum smtp_tls {
	SMTP_TLS_OFFERED, // the server's reply to EHLO lists STARTTLS
	SMTP_TLS_REFUSED, // the client asked for STARTTLS, and the server said no
	SMTP_TLS_OPENED, // the client began with TLS, without STARTTLS
	SMTP_TLS_DARK, // TLS took over
};

struct smtp_path {
	struct span path; // as sent, with its <>; "<>" for the null sender
	struct span
		params; // the rest of the line, "SIZE=100 BODY=8BITMIME", empty if none
};

// A relay that names the client it speaks for (Postfix XCLIENT and XFORWARD).
enum smtp_client_facts {
	SMTP_XCLIENT, // holds for what follows on the connection
	SMTP_XFORWARD, // adds to the facts of the next transaction, and ends with it
};

struct smtp_sink {
	// An accepted MAIL. from is NULL when content or RCPT was accepted without one.
	void (*open)(
		void *ctx, const struct smtp_path *from, const struct smtp_reply *reply);
	// A recipient and its fate, refused ones too.
	void (*rcpt)(
		void *ctx, const struct smtp_path *to, const struct smtp_reply *reply);
	void (*abandon)(void *ctx, enum smtp_why why);
	void (*begin)(void *ctx, enum smtp_carried carried);
	// Content, dots unstuffed, CRLF kept. Returns how many octets were taken: fewer than
	// text.len means "no room now": the session stops there and the caller feeds again later.
	size_t (*body)(void *ctx, struct span text);
	// A hole in the content. UINT64_MAX: nobody can know how many octets.
	void (*gap)(void *ctx, uint64_t octets);
	// The content is over and its fate known. complete: first octet, end of data and all
	// between were seen.
	void (*end)(void *ctx, enum smtp_outcome outcome, bool complete,
		const struct smtp_reply *reply);
	// LMTP and PRDR: the final reply for the nth recipient of this mail; comes before end.
	void (*rcpt_final)(void *ctx, uint32_t nth, const struct smtp_reply *reply);
	// Facts of the connection, for records. An accepted HELO, EHLO or LHLO:
	void (*greeting)(void *ctx, struct span name);
	// AUTH finished: mechanism, user where it is readable, never the secret.
	void (*auth)(void *ctx, struct span mechanism, struct span user, bool ok);
	// An accepted XCLIENT or XFORWARD: its attributes as sent, "NAME=a.example ADDR=192.0.2.1".
	// SMTP_XFORWARD and none: those it gave are void, a greeting or RSET took them back.
	void (*client)(void *ctx, enum smtp_client_facts kind, struct span attributes);
	// What became of TLS; after SMTP_TLS_DARK nothing of the dialogue is told any more.
	void (*tls)(void *ctx, enum smtp_tls what);
	// Octets of a connection that is dark, of either direction and in its order, from the first
	// one of TLS on. They may come before SMTP_TLS_DARK; where a client opens with TLS the
	// server may still go on in the clear.
	void (*tls_octets)(void *ctx, bool of_server, struct span text);
	void (*odd)(void *ctx, enum mt_odd odd);
};
