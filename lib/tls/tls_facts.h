// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What a handshake shows in the clear. One block of fixed size; of its texts only what is used need
// be kept (tls_facts_size).

#include "mt_odd.h"
#include "mt_span.h"

#define TLS_TEXTS_MAX 8192 // octets of all texts together
#define TLS_NAME_MAX  255 // octets of a server name kept
#define TLS_DN_MAX    1024 // octets of a subject or issuer kept
#define TLS_JA3_MAX \
	2048 // octets of a JA3 text; a longer one is left out, its hash is not
#define TLS_VERSIONS_MAX 16 // versions offered that are kept

struct tls_text { // octets in tls_facts.texts
	uint16_t at, len;
};

struct tls_alert {
	bool seen;
	bool of_server;
	uint8_t level, description; // RFC 8446 6
};

struct tls_facts {
	uint64_t odds; // mt_odd_bit: tls_malformed, tls_old
	bool has_hello; // a ClientHello was read
	bool has_answer; // a ServerHello was read
	bool sslv2; // the hello was in the form of SSLv2
	bool retried; // the server asked for another hello
	bool resumed; // an earlier session went on (TLS up to 1.2 shows it)
	bool has_certificate; // of the server, its first fields are below
	uint16_t version; // chosen, 0x0303; 0: none was seen
	uint16_t cipher; // chosen
	uint16_t versions[TLS_VERSIONS_MAX]; // offered, in the client's order
	uint8_t version_count;
	uint8_t certificates; // in the server's chain, 255 at most
	struct tls_alert alert; // the first one in the clear
	struct tls_text name; // server name indication
	struct tls_text protocol; // ALPN chosen
	struct tls_text protocols; // offered: each behind its length of one octet
	struct tls_text subject, issuer, serial; // UTF-8; UTF-8; 00:AB:…
	struct tls_text ja3, ja3s; // what the hashes are of
	char not_before[20], not_after[20]; // 2026-11-25T04:00:00, UTC
	char fingerprint[96]; // SHA-256 of the certificate: ab:cd:…
	char ja3_hash[33], ja3s_hash[33]; // MD5; empty: none
	char ja4[37];
	uint16_t used; // octets of texts
	uint8_t texts[TLS_TEXTS_MAX];
};

void tls_facts_clear(struct tls_facts *f);
// Octets from the beginning that hold everything.
size_t tls_facts_size(const struct tls_facts *f);
// Keeps a text; the whole of it or, beyond the room there is, nothing.
struct tls_text tls_facts_keep(struct tls_facts *f, struct span text);
struct span tls_facts_text(const struct tls_facts *f, struct tls_text text);

// "TLS 1.3" and so on, in the spelling of Suricata; NULL for a number that is no version.
const char *tls_version_name(uint16_t version);
// "handshake_failure" and so on (RFC 8446 6, 5246 7.2); NULL for what is not registered.
const char *tls_alert_name(uint8_t description);
