// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Follows the records of one direction by their heads alone (RFC 8446 5.1, RFC 5246 6.2.1) and says
// which octets belong to the handshake as it is seen in the clear: all up to the first record of
// application data, or to what is no record, or to a limit. For the path of the packets: it keeps no
// octets, and costs nothing once the handshake is over.

#include "mt_span.h"

#define TLS_HEAD 5u // octets of a record's head
#define TLS_RECORD \
	(16384 + 2048) // octets of a record at most, encrypted (RFC 5246 6.2.3)

enum tls_type { // of a record
	TLS_CHANGE_CIPHER_SPEC = 20,
	TLS_ALERT = 21,
	TLS_HANDSHAKE = 22,
	TLS_APPLICATION_DATA = 23,
};

enum tls_end { // why a direction is not looked at any more
	TLS_OPEN, // it still is
	TLS_END_DATA, // application data began: the handshake is over
	TLS_END_LIMIT, // more octets than may be kept
	TLS_END_BROKEN, // what followed is no record
	TLS_END_GAP, // octets are missing
};

struct tls_scan { // all zero to begin with
	uint32_t kept; // octets said to be kept
	uint32_t left; // octets of the present record still to come
	uint8_t head[TLS_HEAD];
	uint8_t have; // octets in head
	uint8_t end; // enum tls_end
};

// Reads on. Returns how many octets from the front of text are to be kept, limit in all; what is
// behind them is of no interest, and the direction has ended. The head of the record of application
// data is kept, so that a reader sees why it ended.
size_t tls_scan_feed(struct tls_scan *s, struct span text, uint32_t limit);
// Octets are missing here: nothing behind them can be read.
void tls_scan_gap(struct tls_scan *s);

// The older form of a client's hello (RFC 5246 E.2): a length with its highest bit set, the type, the
// version. head: at least TLS_HEAD octets. Returns the octets behind the length, 0 if it is none.
uint32_t tls_scan_sslv2(const uint8_t *head);
