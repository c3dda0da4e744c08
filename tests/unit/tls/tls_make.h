// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Writes records and handshake messages, with lengths that are filled in when a part is closed.

#include "mt_buf.h"

void make_number(struct mt_buf *b, uint32_t value, int octets);
// Opens a part behind its length of so many octets; returns its place for make_close.
size_t make_open(struct mt_buf *b, int octets);
void make_close(struct mt_buf *b, size_t at, int octets);
// Numbers of two octets, behind their length of so many octets.
void make_numbers(struct mt_buf *b, int length, const uint16_t *numbers, size_t n);

struct make_hello {
	uint16_t version;
	const uint16_t *ciphers, *extensions, *groups, *signatures;
	size_t cipher_count, extension_count, group_count, signature_count;
	const uint8_t *formats;
	size_t format_count;
	const char *protocol; // ALPN; NULL: none
	const uint16_t *versions;
	size_t version_count;
	const char *name; // NULL: an empty list in its extension
};

// A record with a ClientHello. Extensions whose contents are not given are empty.
void make_client_hello(struct mt_buf *b, const struct make_hello *h);
// A record with a ServerHello. chosen: of supported_versions, 0 for none.
void make_server_hello(
	struct mt_buf *b, uint16_t version, uint16_t chosen, uint16_t cipher, bool retry);
// A record with these contents.
void make_record(struct mt_buf *b, uint8_t type, struct span text);
