// SPDX-License-Identifier: BSD-3-Clause
#include "tls_make.h"

#include "tls_hello.h"
#include "tls_scan.h"

void make_number(struct mt_buf *b, uint32_t value, int octets)
{
	for (int i = octets - 1; i >= 0; i--)
		mt_buf_add_char(b, (char)(value >> 8 * i));
}

size_t make_open(struct mt_buf *b, int octets)
{
	size_t at = b->len;

	make_number(b, 0, octets);
	return at;
}

void make_close(struct mt_buf *b, size_t at, int octets)
{
	size_t len = b->len - at - (size_t)octets;

	for (int i = 0; i < octets; i++)
		b->ptr[at + (size_t)i] = (uint8_t)(len >> 8 * (octets - 1 - i));
}

void make_numbers(struct mt_buf *b, int length, const uint16_t *numbers, size_t n)
{
	size_t at = make_open(b, length);

	for (size_t i = 0; i < n; i++)
		make_number(b, numbers[i], 2);
	make_close(b, at, length);
}

static void put_name(struct mt_buf *b, const char *name)
{
	if (name == NULL)
		return;
	size_t list = make_open(b, 2);
	make_number(b, 0, 1);
	size_t at = make_open(b, 2);
	mt_buf_add_text(b, name);
	make_close(b, at, 2);
	make_close(b, list, 2);
}

static void put_protocol(struct mt_buf *b, const char *name)
{
	size_t list = make_open(b, 2);
	size_t at = make_open(b, 1);

	mt_buf_add_text(b, name);
	make_close(b, at, 1);
	make_close(b, list, 2);
}

static void put_extension(struct mt_buf *b, const struct make_hello *h, uint16_t type)
{
	make_number(b, type, 2);
	size_t at = make_open(b, 2);
	if (type == TLS_EXT_SERVER_NAME)
		put_name(b, h->name);
	else if (type == TLS_EXT_GROUPS)
		make_numbers(b, 2, h->groups, h->group_count);
	else if (type == TLS_EXT_SIGNATURES)
		make_numbers(b, 2, h->signatures, h->signature_count);
	else if (type == TLS_EXT_VERSIONS)
		make_numbers(b, 1, h->versions, h->version_count);
	else if (type == TLS_EXT_ALPN && h->protocol != NULL)
		put_protocol(b, h->protocol);
	if (type == TLS_EXT_POINT_FORMATS) {
		size_t list = make_open(b, 1);
		mt_buf_add(b, span_make(h->formats, h->format_count));
		make_close(b, list, 1);
	}
	make_close(b, at, 2);
}

static void open_message(struct mt_buf *b, uint8_t type, size_t at[2])
{
	make_number(b, TLS_HANDSHAKE, 1);
	make_number(b, 0x0301, 2);
	at[0] = make_open(b, 2);
	make_number(b, type, 1);
	at[1] = make_open(b, 3);
}

static void close_message(struct mt_buf *b, const size_t at[2])
{
	make_close(b, at[1], 3);
	make_close(b, at[0], 2);
}

void make_client_hello(struct mt_buf *b, const struct make_hello *h)
{
	static const uint8_t random[32] = {1, 2, 3};
	size_t at[2];

	open_message(b, TLS_CLIENT_HELLO, at);
	make_number(b, h->version, 2);
	mt_buf_add(b, span_make(random, sizeof(random)));
	make_number(b, 1, 1);
	make_number(b, 0x77, 1); // session id
	make_numbers(b, 2, h->ciphers, h->cipher_count);
	make_number(b, 0x0100, 2); // no compression
	if (h->extension_count > 0) {
		size_t list = make_open(b, 2);
		for (size_t i = 0; i < h->extension_count; i++)
			put_extension(b, h, h->extensions[i]);
		make_close(b, list, 2);
	}
	close_message(b, at);
}

void make_server_hello(
	struct mt_buf *b, uint16_t version, uint16_t chosen, uint16_t cipher, bool retry)
{
	static const uint8_t random[2][32] = {{9, 9, 9},
		{0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02,
			0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c,
			0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c}};
	size_t at[2];

	open_message(b, TLS_SERVER_HELLO, at);
	make_number(b, version, 2);
	mt_buf_add(b, span_make(random[retry], 32));
	make_number(b, 1, 1);
	make_number(b, 0x78, 1); // session id
	make_number(b, cipher, 2);
	make_number(b, 0, 1);
	if (chosen != 0) {
		size_t list = make_open(b, 2);
		make_number(b, TLS_EXT_VERSIONS, 2);
		make_numbers(b, 2, &chosen, 1);
		make_close(b, list, 2);
	}
	close_message(b, at);
}

void make_record(struct mt_buf *b, uint8_t type, struct span text)
{
	make_number(b, type, 1);
	make_number(b, 0x0303, 2);
	size_t at = make_open(b, 2);
	mt_buf_add(b, text);
	make_close(b, at, 2);
}
