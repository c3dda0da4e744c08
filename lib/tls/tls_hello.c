// SPDX-License-Identifier: BSD-3-Clause
#include "tls_hello.h"

#include "tls_take.h"

#define HOST_NAME 0
#define RANDOM    32

// The random of a ServerHello that is a HelloRetryRequest: SHA-256 of that word (RFC 8446 4.1.3).
static const uint8_t retry_random[RANDOM] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61,
	0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16,
	0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

bool tls_extension_next(struct span *list, uint16_t *ret_type, struct span *ret_body)
{
	struct tls_take t = {*list, false};

	if (list->len == 0)
		return false;
	uint16_t type = (uint16_t)tls_take_number(&t, 2);
	struct span body = tls_take_vector(&t, 2);
	if (t.bad)
		return false;
	*list = t.rest;
	*ret_type = type;
	*ret_body = body;
	return true;
}

// A vector that must fill its place, of elements of `width` octets each.
static struct span whole_vector(
	struct span body, size_t length, size_t width, bool *malformed)
{
	struct tls_take t = {body, false};
	struct span list = tls_take_vector(&t, length);

	if (t.bad || t.rest.len > 0 || list.len % width != 0)
		*malformed = true;
	return span_head(list, list.len - list.len % width);
}

// The first host name; other types of name are passed over (RFC 6066 3).
static void read_name(struct span body, struct tls_client_hello *h)
{
	struct tls_take t = {whole_vector(body, 2, 1, &h->malformed), false};

	while (t.rest.len > 0 && !t.bad) {
		uint32_t type = tls_take_number(&t, 1);
		struct span name = tls_take_vector(&t, 2);
		if (type == HOST_NAME && h->name.len == 0 && !t.bad)
			h->name = name;
	}
	h->malformed |= t.bad;
}

// Checks that the protocols fill their list.
static struct span read_protocols(struct span body, bool *malformed)
{
	struct span list = whole_vector(body, 2, 1, malformed);
	struct tls_take t = {list, false};

	while (t.rest.len > 0 && !t.bad)
		if (tls_take_vector(&t, 1).len == 0)
			t.bad = true;
	*malformed |= t.bad;
	return t.bad ? span_head(list, 0) : list;
}

static void read_client_extension(
	struct tls_client_hello *h, uint16_t type, struct span body)
{
	switch (type) {
	case TLS_EXT_SERVER_NAME:
		h->has_name = true;
		read_name(body, h);
		break;
	case TLS_EXT_GROUPS:
		h->groups = whole_vector(body, 2, 2, &h->malformed);
		break;
	case TLS_EXT_POINT_FORMATS:
		h->formats = whole_vector(body, 1, 1, &h->malformed);
		break;
	case TLS_EXT_SIGNATURES:
		h->signatures = whole_vector(body, 2, 2, &h->malformed);
		break;
	case TLS_EXT_ALPN:
		h->protocols = read_protocols(body, &h->malformed);
		break;
	case TLS_EXT_VERSIONS:
		h->versions = whole_vector(body, 1, 2, &h->malformed);
		break;
	default:
		break;
	}
}

void tls_client_hello_read(struct span body, struct tls_client_hello *ret)
{
	struct tls_take t = {body, false};
	struct span extension;
	uint16_t type;

	*ret = (struct tls_client_hello){.version = (uint16_t)tls_take_number(&t, 2)};
	tls_take_octets(&t, RANDOM);
	ret->session = tls_take_vector(&t, 1);
	ret->ciphers = tls_take_vector(&t, 2);
	ret->malformed = ret->ciphers.len % 2 != 0 || ret->ciphers.len == 0;
	ret->ciphers = span_head(ret->ciphers, ret->ciphers.len & ~(size_t)1);
	tls_take_vector(&t, 1);
	ret->malformed |= t.bad;
	if (t.rest.len == 0)
		return;
	ret->has_extensions = true;
	ret->extensions = tls_take_vector(&t, 2);
	ret->malformed |= t.bad || t.rest.len > 0;
	struct span list = ret->extensions;
	while (tls_extension_next(&list, &type, &extension))
		read_client_extension(ret, type, extension);
	// What is broken is no extension: nobody shall count it.
	ret->extensions = span_head(ret->extensions, ret->extensions.len - list.len);
	ret->malformed |= list.len > 0;
}

void tls_client_hello_read_sslv2(struct span text, struct tls_client_hello *ret)
{
	struct tls_take t = {text, false};

	tls_take_number(&t, 1);
	*ret = (struct tls_client_hello){
		.version = (uint16_t)tls_take_number(&t, 2), .sslv2 = true};
	size_t ciphers = tls_take_number(&t, 2);
	size_t session = tls_take_number(&t, 2);
	size_t challenge = tls_take_number(&t, 2);
	ret->ciphers = tls_take_octets(&t, ciphers);
	ret->session = tls_take_octets(&t, session);
	tls_take_octets(&t, challenge);
	ret->malformed = t.bad || ciphers % 3 != 0 || ciphers == 0;
}

static void read_server_extension(
	struct tls_server_hello *h, uint16_t type, struct span body)
{
	struct tls_take t = {body, false};

	if (type == TLS_EXT_VERSIONS) {
		uint16_t chosen = (uint16_t)tls_take_number(&t, 2);
		h->malformed |= t.bad || t.rest.len > 0;
		if (!t.bad)
			h->chosen = chosen;
	} else if (type == TLS_EXT_ALPN) {
		t.rest = read_protocols(body, &h->malformed);
		h->protocol = tls_take_vector(&t, 1);
	}
}

void tls_server_hello_read(struct span body, struct tls_server_hello *ret)
{
	struct tls_take t = {body, false};
	struct span extension;
	uint16_t type;

	*ret = (struct tls_server_hello){.version = (uint16_t)tls_take_number(&t, 2)};
	ret->chosen = ret->version;
	ret->retry =
		span_equal(tls_take_octets(&t, RANDOM), span_make(retry_random, RANDOM));
	ret->session = tls_take_vector(&t, 1);
	ret->cipher = (uint16_t)tls_take_number(&t, 2);
	tls_take_number(&t, 1);
	ret->malformed = t.bad;
	if (t.rest.len == 0)
		return;
	ret->extensions = tls_take_vector(&t, 2);
	ret->malformed |= t.bad || t.rest.len > 0;
	struct span list = ret->extensions;
	while (tls_extension_next(&list, &type, &extension))
		read_server_extension(ret, type, extension);
	ret->extensions = span_head(ret->extensions, ret->extensions.len - list.len);
	ret->malformed |= list.len > 0;
}
