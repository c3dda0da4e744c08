// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "tls_certificate.h"
#include "tls_make.h"

#include <openssl/ec.h>
#include <openssl/x509.h>

#include <criterion/criterion.h>

static struct mt_buf body;
static struct tls_env env;
static struct tls_facts facts;
static EVP_PKEY *key;

static void begin(void)
{
	mt_buf_init(&body, 1u << 20);
	cr_assert_eq(tls_env_init(&env), 0);
	key = EVP_EC_gen("P-256");
	cr_assert_not_null(key);
}

static void end(void)
{
	mt_buf_fini(&body);
	tls_env_fini(&env);
	EVP_PKEY_free(key);
}

TestSuite(tls_certificate, .init = begin, .fini = end);

static void set_name(X509_NAME *name, const char *field, const char *value)
{
	cr_assert_eq(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
			     (const unsigned char *)value, -1, -1, 0),
		1);
}

// A certificate that libcrypto makes. Its octets belong to the caller.
static struct span make(const char *common, const char *from, const char *until)
{
	X509 *x = X509_new();
	uint8_t *der = NULL;

	X509_set_version(x, 2);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), 0xabcdef0102030405);
	ASN1_TIME_set_string_X509(X509_getm_notBefore(x), from);
	ASN1_TIME_set_string_X509(X509_getm_notAfter(x), until);
	set_name(X509_get_subject_name(x), "C", "IT");
	set_name(X509_get_subject_name(x), "O", "Esempio, S.p.A.");
	set_name(X509_get_subject_name(x), "CN", common);
	set_name(X509_get_issuer_name(x), "CN", "Autorit\xc3\xa0");
	X509_set_pubkey(x, key);
	cr_assert_gt(X509_sign(x, key, EVP_sha256()), 0);
	int len = i2d_X509(x, &der);
	cr_assert_gt(len, 0);
	X509_free(x);
	return span_make(der, (size_t)len);
}

static void put(struct span der, int copies)
{
	mt_buf_clear(&body);
	size_t list = make_open(&body, 3);
	for (int i = 0; i < copies; i++) {
		size_t at = make_open(&body, 3);
		mt_buf_add(&body, der);
		make_close(&body, at, 3);
	}
	make_close(&body, list, 3);
}

static bool read_head(size_t len)
{
	struct guard g = guard_make(span_head(mt_buf_span(&body), len));

	tls_facts_clear(&facts);
	bool ok = tls_certificate_read(&env, g.text, &facts);
	guard_free(&g);
	return ok;
}

static void expect_text(struct tls_text got, const char *want)
{
	struct span text = tls_facts_text(&facts, got);

	cr_expect(span_equal(text, span_text(want)), "%.*s is not %s", (int)text.len,
		text.ptr, want);
}

Test(tls_certificate, what_libcrypto_made)
{
	struct span der = make("mx.example", "20260101000000Z", "20511231235959Z");
	uint8_t digest[32];
	char *at = facts.fingerprint;

	put(der, 3);
	cr_expect(read_head(body.len));
	expect_text(facts.subject, "C=IT, O=Esempio\\, S.p.A., CN=mx.example");
	expect_text(facts.issuer, "CN=Autorit\xc3\xa0");
	expect_text(facts.serial, "00:AB:CD:EF:01:02:03:04:05");
	cr_expect_str_eq(facts.not_before, "2026-01-01T00:00:00");
	cr_expect_str_eq(facts.not_after, "2051-12-31T23:59:59");
	cr_expect_eq(facts.certificates, 3);
	EVP_Digest(der.ptr, der.len, digest, NULL, EVP_sha256(), NULL);
	for (int i = 0; i < 32; i++, at += 3)
		cr_expect_eq(strtoul(at, NULL, 16), digest[i]);
	OPENSSL_free((void *)(uintptr_t)der.ptr);
}

Test(tls_certificate, cut_everywhere)
{
	struct span der = make("mx.example", "20260101000000Z", "20270101000000Z");

	put(der, 1);
	for (size_t n = 0; n < body.len; n++)
		cr_expect_not(read_head(n), "cut at %zu", n);
	// Cut inside, with all lengths of the message right.
	for (size_t n = 0; n < der.len; n++) {
		put(span_head(der, n), 1);
		cr_expect_not(read_head(body.len), "a certificate of %zu octets", n);
	}
	OPENSSL_free((void *)(uintptr_t)der.ptr);
}

Test(tls_certificate, every_octet_changed)
{
	static const uint8_t values[] = {0x00, 0x01, 0x30, 0x80, 0x84, 0xff};
	struct span der = make("mx.example", "20260101000000Z", "20270101000000Z");

	put(der, 1);
	for (size_t i = 0; i < body.len; i++) {
		uint8_t before = body.ptr[i];
		for (size_t v = 0; v < sizeof(values); v++) {
			body.ptr[i] = values[v];
			read_head(body.len);
			cr_assert_leq(facts.used, TLS_TEXTS_MAX);
		}
		body.ptr[i] = before;
	}
	OPENSSL_free((void *)(uintptr_t)der.ptr);
}

// A name as long as a certificate may hold is cut, and the rest is still told.
Test(tls_certificate, a_long_name_is_cut)
{
	X509_NAME *name = X509_NAME_new();
	struct span der;
	char much[65];

	memset(much, 'x', 64);
	much[64] = '\0';
	X509 *x = X509_new();
	for (int i = 0; i < 40; i++)
		set_name(name, "OU", much);
	X509_set_subject_name(x, name);
	X509_set_issuer_name(x, name);
	ASN1_TIME_set_string_X509(X509_getm_notBefore(x), "20260101000000Z");
	ASN1_TIME_set_string_X509(X509_getm_notAfter(x), "20270101000000Z");
	X509_set_pubkey(x, key);
	cr_assert_gt(X509_sign(x, key, EVP_sha256()), 0);
	uint8_t *octets = NULL;
	int len = i2d_X509(x, &octets);
	der = span_make(octets, (size_t)len);
	put(der, 1);
	cr_expect(read_head(body.len));
	cr_expect_eq(facts.subject.len, TLS_DN_MAX);
	cr_expect_str_eq(facts.not_after, "2027-01-01T00:00:00");
	OPENSSL_free(octets);
	X509_NAME_free(name);
	X509_free(x);
}
