// SPDX-License-Identifier: BSD-3-Clause
#include "tls_certificate.h"

#include "tls_take.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <time.h>

#define DER_INTEGER  0x02
#define DER_SEQUENCE 0x30
#define DER_VERSION  0xa0

#define SERIAL_MAX 64 // octets; RFC 5280 4.1.2.2 allows 20

// One element of DER: its tag, its contents, and the whole of it.
struct element {
	uint8_t tag;
	struct span body, whole;
};

// Only so much of DER as a certificate needs: tags of one octet, lengths of up to three octets.
static struct element next(struct tls_take *t)
{
	struct element e = {0};
	const uint8_t *start = t->rest.ptr;

	e.tag = (uint8_t)tls_take_number(t, 1);
	size_t len = tls_take_number(t, 1);
	if (len > 0x83 || len == 0x80)
		t->bad = true;
	else if (len > 0x80)
		len = tls_take_number(t, len & 0x7f);
	e.body = tls_take_octets(t, len);
	e.whole = span_make(start, (size_t)(t->rest.ptr - start));
	return e;
}

static struct tls_take inside(
	const struct element *e, uint8_t tag, struct tls_take *outer)
{
	outer->bad |= e->tag != tag;
	return (struct tls_take){e->body, outer->bad};
}

// "C=IT, O=Example, CN=mx.example.net": in the order of the certificate, as UTF-8.
static struct tls_text keep_name(
	struct tls_env *env, struct span der, struct tls_facts *f)
{
	const unsigned long how =
		(ASN1_STRFLGS_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) |
		XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN;
	const unsigned char *at = der.ptr;
	X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)der.len);
	struct tls_text kept = {0, 0};
	char *text;

	if (name == NULL)
		return kept;
	(void)BIO_reset(env->names);
	if (X509_NAME_print_ex(env->names, name, 0, how) >= 0) {
		long len = BIO_get_mem_data(env->names, &text);
		kept = tls_facts_keep(f,
			span_head(
				span_make(text, len > 0 ? (size_t)len : 0), TLS_DN_MAX));
	}
	X509_NAME_free(name);
	return kept;
}

static bool write_time(struct span der, char ret[20])
{
	const unsigned char *at = der.ptr;
	ASN1_TIME *time = d2i_ASN1_TIME(NULL, &at, (long)der.len);
	struct tm tm;
	bool ok = time != NULL && ASN1_TIME_to_tm(time, &tm) == 1 &&
		strftime(ret, 20, "%Y-%m-%dT%H:%M:%S", &tm) > 0;

	ASN1_TIME_free(time);
	return ok;
}

// Octets as digits with colons between.
static size_t write_colons(struct span octets, const char *digits, char *ret)
{
	size_t len = 0;

	for (size_t i = 0; i < octets.len; i++) {
		if (i > 0)
			ret[len++] = ':';
		ret[len++] = digits[octets.ptr[i] >> 4];
		ret[len++] = digits[octets.ptr[i] & 15];
	}
	return len;
}

static void keep_serial(struct span octets, struct tls_facts *f)
{
	char text[3 * SERIAL_MAX];

	size_t len =
		write_colons(span_head(octets, SERIAL_MAX), "0123456789ABCDEF", text);
	f->serial = tls_facts_keep(f, span_make(text, len));
}

static void write_fingerprint(struct tls_env *env, struct span der, struct tls_facts *f)
{
	uint8_t digest[EVP_MAX_MD_SIZE];

	if (EVP_DigestInit_ex2(env->hash, env->sha256, NULL) != 1 ||
		EVP_DigestUpdate(env->hash, der.ptr, der.len) != 1 ||
		EVP_DigestFinal_ex(env->hash, digest, NULL) != 1)
		return;
	f->fingerprint[write_colons(
		span_make(digest, 32), "0123456789abcdef", f->fingerprint)] = '\0';
}

// The fields in front of the public key. libcrypto's reader of whole certificates decodes that as
// well, which takes longer than all the rest of a handshake and tells nothing here.
static bool read_fields(struct tls_env *env, struct span der, struct tls_facts *f)
{
	struct tls_take outer = {der, false};
	struct element certificate = next(&outer);
	struct tls_take t = inside(&certificate, DER_SEQUENCE, &outer);
	struct element fields = next(&t);
	struct tls_take in = inside(&fields, DER_SEQUENCE, &t);
	struct element e = next(&in);

	if (e.tag == DER_VERSION)
		e = next(&in);
	in.bad |= e.tag != DER_INTEGER;
	struct span serial = e.body;
	next(&in);
	struct element issuer = next(&in);
	struct element validity = next(&in);
	struct element subject = next(&in);
	struct tls_take dates = inside(&validity, DER_SEQUENCE, &in);
	struct element before = next(&dates);
	struct element after = next(&dates);
	if (in.bad || dates.bad || outer.rest.len > 0)
		return false;
	keep_serial(serial, f);
	f->subject = keep_name(env, subject.whole, f);
	f->issuer = keep_name(env, issuer.whole, f);
	bool ok = write_time(before.whole, f->not_before);
	ok = write_time(after.whole, f->not_after) && ok;
	ERR_clear_error();
	return ok;
}

bool tls_certificate_read(struct tls_env *env, struct span body, struct tls_facts *f)
{
	struct tls_take t = {body, false};
	struct tls_take list = {tls_take_vector(&t, 3), false};
	bool ok = !t.bad && t.rest.len == 0;

	while (list.rest.len > 0 && !list.bad) {
		struct span der = tls_take_vector(&list, 3);
		if (list.bad)
			break;
		if (f->certificates == 0) {
			f->has_certificate = true;
			write_fingerprint(env, der, f);
			ok = read_fields(env, der, f) && ok;
		}
		f->certificates += f->certificates < UINT8_MAX ? 1 : 0;
	}
	return ok && !list.bad;
}
