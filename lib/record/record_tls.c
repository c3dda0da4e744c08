// SPDX-License-Identifier: BSD-3-Clause
#include "record_internal.h"
#include "tls_cipher.h"

#include <stdio.h>

static void add_text(struct mt_json *j, const char *key, const struct tls_facts *f,
	struct tls_text text)
{
	if (text.len > 0)
		mt_json_span(j, key, tls_facts_text(f, text));
}

// By its name; what has none by its number.
static void add_named(
	struct mt_json *j, const char *key, const char *name, unsigned number)
{
	char text[8];

	snprintf(text, sizeof(text), "0x%04x", number);
	mt_json_text(j, key, name != NULL ? name : text);
}

static void add_version(struct mt_json *j, const char *key, uint16_t version)
{
	add_named(j, key, tls_version_name(version), version);
}

static void add_print(struct mt_json *j, const char *key, const struct tls_facts *f,
	const char *hash, struct tls_text text)
{
	if (hash[0] == '\0')
		return;
	mt_json_open(j, key, '{');
	mt_json_text(j, "hash", hash);
	add_text(j, "string", f, text);
	mt_json_close(j, '}');
}

static void add_protocols(struct mt_json *j, const struct tls_facts *f)
{
	struct span list = tls_facts_text(f, f->protocols);

	if (list.len == 0)
		return;
	mt_json_open(j, "client_alpns", '[');
	while (list.len > 0) {
		size_t len = list.ptr[0];
		mt_json_span(j, NULL, span_head(span_skip(list, 1), len));
		list = span_skip(list, 1 + len);
	}
	mt_json_close(j, ']');
}

static void add_client(struct mt_json *j, const struct tls_facts *f)
{
	if (!f->has_hello)
		return;
	add_text(j, "sni", f, f->name);
	mt_json_open(j, "versions", '[');
	for (int i = 0; i < f->version_count; i++)
		add_version(j, NULL, f->versions[i]);
	mt_json_close(j, ']');
	add_protocols(j, f);
	if (f->sslv2)
		mt_json_bool(j, "sslv2_hello", true);
	add_print(j, "ja3", f, f->ja3_hash, f->ja3);
	if (f->ja4[0] != '\0')
		mt_json_text(j, "ja4", f->ja4);
}

static void add_certificate(struct mt_json *j, const struct tls_facts *f)
{
	if (!f->has_certificate)
		return;
	add_text(j, "subject", f, f->subject);
	add_text(j, "issuerdn", f, f->issuer);
	add_text(j, "serial", f, f->serial);
	if (f->fingerprint[0] != '\0')
		mt_json_text(j, "fingerprint_sha256", f->fingerprint);
	if (f->not_before[0] != '\0')
		mt_json_text(j, "notbefore", f->not_before);
	if (f->not_after[0] != '\0')
		mt_json_text(j, "notafter", f->not_after);
	mt_json_u64(j, "chain_length", f->certificates);
}

static void add_server(struct mt_json *j, const struct tls_facts *f)
{
	if (!f->has_answer)
		return;
	add_version(j, "version", f->version);
	add_named(j, "cipher", tls_cipher_name(f->cipher), f->cipher);
	add_text(j, "alpn", f, f->protocol);
	if (f->retried)
		mt_json_bool(j, "hello_retry", true);
	if (f->resumed)
		mt_json_bool(j, "session_resumed", true);
	add_print(j, "ja3s", f, f->ja3s_hash, f->ja3s);
	add_certificate(j, f);
}

static void add_alert(struct mt_json *j, const struct tls_alert *a)
{
	char number[8];

	if (!a->seen)
		return;
	snprintf(number, sizeof(number), "%u", a->description);
	mt_json_open(j, "alert", '{');
	mt_json_text(j, "from", a->of_server ? "server" : "client");
	mt_json_text(j, "level", a->level == 1 ? "warning" : "fatal");
	mt_json_text(j, "description",
		tls_alert_name(a->description) != NULL ? tls_alert_name(a->description)
						       : number);
	mt_json_close(j, '}');
}

void record_add_tls(struct mt_json *j, const struct mail_session *session,
	const struct tls_facts *facts)
{
	if (!session->offered && !session->dark && !session->implicit &&
		!session->refused && facts == NULL)
		return;
	mt_json_open(j, "tls", '{');
	mt_json_bool(j, "offered", session->offered != 0);
	mt_json_bool(j, "used", session->dark != 0);
	if (session->refused)
		mt_json_bool(j, "refused", true);
	if (session->implicit)
		mt_json_bool(j, "implicit", true);
	if (facts != NULL) {
		add_client(j, facts);
		add_server(j, facts);
		add_alert(j, &facts->alert);
	}
	mt_json_close(j, '}');
}
