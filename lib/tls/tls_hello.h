// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Takes the hellos of both sides apart (RFC 8446 4.1, RFC 5246 7.4.1, E.2; RFC 6066, 7301). All spans
// lie within the message that was given. Malformed is what contradicts its own lengths; what stands
// before that is still told.

#include "mt_span.h"

enum tls_message { // of the handshake
	TLS_CLIENT_HELLO = 1,
	TLS_SERVER_HELLO = 2,
	TLS_CERTIFICATE = 11,
};

enum tls_extension {
	TLS_EXT_SERVER_NAME = 0,
	TLS_EXT_GROUPS = 10,
	TLS_EXT_POINT_FORMATS = 11,
	TLS_EXT_SIGNATURES = 13,
	TLS_EXT_ALPN = 16,
	TLS_EXT_VERSIONS = 43,
};

struct tls_client_hello {
	uint16_t version; // of the old field
	struct span session; // its id
	struct span ciphers; // two octets each; three in the SSLv2 form
	struct span extensions; // as they stand, without the length before them
	struct span name; // the first host name of the server name list
	struct span groups, signatures, versions; // two octets each
	struct span formats; // one octet each
	struct span protocols; // ALPN: each behind its length of one octet
	bool has_name, has_extensions, sslv2;
	bool malformed;
};

struct tls_server_hello {
	uint16_t version; // of the old field
	uint16_t chosen; // by supported_versions; else the same as version
	uint16_t cipher;
	struct span session, extensions;
	struct span protocol; // ALPN; empty: none
	bool retry; // a HelloRetryRequest
	bool malformed;
};

// body: the message without its head of type and length.
void tls_client_hello_read(struct span body, struct tls_client_hello *ret);
// text: from the type on, behind the two octets of the length.
void tls_client_hello_read_sslv2(struct span text, struct tls_client_hello *ret);
void tls_server_hello_read(struct span body, struct tls_server_hello *ret);
// Takes the next extension from the front of a list. False at its end, and where it is broken.
bool tls_extension_next(struct span *list, uint16_t *ret_type, struct span *ret_body);
