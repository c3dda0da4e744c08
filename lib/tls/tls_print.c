// SPDX-License-Identifier: BSD-3-Clause
#include "tls_print.h"

#include "tls_take.h"

#include <stdio.h>
#include <stdlib.h>

#define JA4_PART 12 // digits of its hashes
#define JA4_MOST 99 // what two digits hold

// Hashes what is written, and keeps its beginning.
struct pen {
	struct tls_env *env;
	size_t len;
	char text[TLS_JA3_MAX];
};

static bool begin(struct pen *p, struct tls_env *env, const EVP_MD *md)
{
	p->env = env;
	p->len = 0;
	return md != NULL && EVP_DigestInit_ex2(env->hash, md, NULL) == 1;
}

static void put(struct pen *p, const char *text, size_t len)
{
	EVP_DigestUpdate(p->env->hash, text, len);
	if (p->len + len <= sizeof(p->text))
		memcpy(p->text + p->len, text, len);
	p->len += len;
}

static void put_char(struct pen *p, char c)
{
	put(p, &c, 1);
}

static void put_decimal(struct pen *p, unsigned number)
{
	char text[12];

	put(p, text, (size_t)snprintf(text, sizeof(text), "%u", number));
}

static void hex_of(const uint8_t *octets, size_t digits, char *ret)
{
	for (size_t i = 0; i < digits; i++)
		ret[i] = "0123456789abcdef"[octets[i / 2] >> (i % 2 ? 0 : 4) & 15];
	ret[digits] = '\0';
}

// So many digits of the hash of what was written.
static void end(struct pen *p, size_t digits, char *ret)
{
	uint8_t digest[EVP_MAX_MD_SIZE] = {0};

	EVP_DigestFinal_ex(p->env->hash, digest, NULL);
	hex_of(digest, digits, ret);
}

// Numbers with dashes between. width: octets of each, 1 or 2.
static void put_list(struct pen *p, struct span list, size_t width)
{
	bool first = true;

	for (size_t i = 0; i < list.len / width; i++) {
		uint16_t number = width == 1 ? list.ptr[i] : tls_number_at(list, i);
		if (width == 2 && tls_is_grease(number))
			continue;
		if (!first)
			put_char(p, '-');
		put_decimal(p, number);
		first = false;
	}
}

static void put_extensions(struct pen *p, struct span list, bool with_grease)
{
	bool first = true;
	struct span body;
	uint16_t type;

	while (tls_extension_next(&list, &type, &body)) {
		if (!with_grease && tls_is_grease(type))
			continue;
		if (!first)
			put_char(p, '-');
		put_decimal(p, type);
		first = false;
	}
}

static struct tls_text keep(struct tls_facts *f, const struct pen *p)
{
	return tls_facts_keep(f, span_make(p->text, p->len <= TLS_JA3_MAX ? p->len : 0));
}

static void print_ja3(
	struct tls_env *env, const struct tls_client_hello *h, struct tls_facts *f)
{
	struct pen p;

	if (!begin(&p, env, env->md5))
		return;
	put_decimal(&p, h->version);
	put_char(&p, ',');
	put_list(&p, h->ciphers, 2);
	put_char(&p, ',');
	put_extensions(&p, h->extensions, false);
	put_char(&p, ',');
	put_list(&p, h->groups, 2);
	put_char(&p, ',');
	put_list(&p, h->formats, 1);
	end(&p, 32, f->ja3_hash);
	f->ja3 = keep(f, &p);
}

void tls_print_server(
	struct tls_env *env, const struct tls_server_hello *h, struct tls_facts *f)
{
	struct pen p;

	if (!begin(&p, env, env->md5))
		return;
	put_decimal(&p, h->version);
	put_char(&p, ',');
	put_decimal(&p, h->cipher);
	put_char(&p, ',');
	put_extensions(&p, h->extensions, true);
	end(&p, 32, f->ja3s_hash);
	f->ja3s = keep(f, &p);
}

// --- JA4

static const char *ja4_version(const struct tls_client_hello *h)
{
	static const struct {
		uint16_t version;
		char text[3];
	} names[] = {{0x0304, "13"}, {0x0303, "12"}, {0x0302, "11"}, {0x0301, "10"},
		{0x0300, "s3"}, {0x0002, "s2"}};
	uint16_t best = h->versions.len > 0 ? 0 : h->version;

	for (size_t i = 0; i < h->versions.len / 2; i++) {
		uint16_t version = tls_number_at(h->versions, i);
		if (!tls_is_grease(version) && version > best)
			best = version;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].version == best)
			return names[i].text;
	return "00";
}

static bool is_letter_or_digit(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// First and last character of the first protocol offered; the digits of its octets where they are
// no letters.
static void ja4_protocol(const struct tls_client_hello *h, char ret[2])
{
	struct tls_take t = {h->protocols, false};
	struct span name = tls_take_vector(&t, 1);
	char digits[3];

	ret[0] = ret[1] = '0';
	if (name.len == 0 || t.bad)
		return;
	uint8_t first = name.ptr[0], last = name.ptr[name.len - 1];
	if (is_letter_or_digit(first) && is_letter_or_digit(last)) {
		ret[0] = (char)first;
		ret[1] = (char)last;
		return;
	}
	hex_of(&first, 2, digits);
	ret[0] = digits[0];
	hex_of(&last, 2, digits);
	ret[1] = digits[1];
}

static int compare(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

static void put_hex(struct pen *p, uint16_t number)
{
	const uint8_t octets[2] = {(uint8_t)(number >> 8), (uint8_t)number};
	char text[5];

	hex_of(octets, 4, text);
	put(p, text, 4);
}

static void put_hex_list(struct pen *p, const uint16_t *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			put_char(p, ',');
		put_hex(p, numbers[i]);
	}
}

// Both return how many there are without GREASE, and write the hash of them in order.
static size_t ja4_ciphers(
	struct tls_env *env, const struct tls_client_hello *h, char ret[JA4_PART + 1])
{
	struct pen p;
	size_t n = 0;

	for (size_t i = 0; i < h->ciphers.len / 2; i++) {
		uint16_t number = tls_number_at(h->ciphers, i);
		if (!tls_is_grease(number))
			env->numbers[n++] = number;
	}
	if (n == 0 || !begin(&p, env, env->sha256))
		return n;
	qsort(env->numbers, n, sizeof(*env->numbers), compare);
	put_hex_list(&p, env->numbers, n);
	end(&p, JA4_PART, ret);
	return n;
}

static void put_signatures(struct pen *p, struct span list)
{
	char before = '_';

	for (size_t i = 0; i < list.len / 2; i++) {
		uint16_t number = tls_number_at(list, i);
		if (tls_is_grease(number))
			continue;
		put_char(p, before);
		put_hex(p, number);
		before = ',';
	}
}

// The server's name and ALPN are counted, but not hashed.
static size_t ja4_extensions(
	struct tls_env *env, const struct tls_client_hello *h, char ret[JA4_PART + 1])
{
	struct span list = h->extensions, body;
	size_t n = 0, all = 0;
	struct pen p;
	uint16_t type;

	while (tls_extension_next(&list, &type, &body)) {
		if (tls_is_grease(type))
			continue;
		all++;
		if (type != TLS_EXT_SERVER_NAME && type != TLS_EXT_ALPN)
			env->numbers[n++] = type;
	}
	if (n == 0 || !begin(&p, env, env->sha256))
		return all;
	qsort(env->numbers, n, sizeof(*env->numbers), compare);
	put_hex_list(&p, env->numbers, n);
	put_signatures(&p, h->signatures);
	end(&p, JA4_PART, ret);
	return all;
}

static void print_ja4(
	struct tls_env *env, const struct tls_client_hello *h, struct tls_facts *f)
{
	char ciphers[JA4_PART + 1] = "000000000000",
				extensions[JA4_PART + 1] = "000000000000";
	char protocol[2];
	size_t cipher_count = ja4_ciphers(env, h, ciphers);
	size_t extension_count = ja4_extensions(env, h, extensions);

	ja4_protocol(h, protocol);
	snprintf(f->ja4, sizeof(f->ja4), "t%.2s%c%02u%02u%.2s_%s_%s", ja4_version(h),
		h->has_name ? 'd' : 'i',
		(unsigned)(cipher_count < JA4_MOST ? cipher_count : JA4_MOST),
		(unsigned)(extension_count < JA4_MOST ? extension_count : JA4_MOST),
		protocol, ciphers, extensions);
}

void tls_print_client(
	struct tls_env *env, const struct tls_client_hello *h, struct tls_facts *f)
{
	if (h->sslv2)
		return;
	print_ja3(env, h, f);
	print_ja4(env, h, f);
}
