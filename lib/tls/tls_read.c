// SPDX-License-Identifier: BSD-3-Clause
#include "tls_read.h"

#include "tls_certificate.h"
#include "tls_hello.h"
#include "tls_print.h"
#include "tls_take.h"

#define TLS_1_2 0x0303
#define TLS_1_3 0x0304

#define ALERT_LEN 2
#define WARNING   1
#define FATAL     2

static void is_malformed(struct tls_facts *f)
{
	f->odds |= mt_odd_bit(MT_ODD_tls_malformed);
}

static void take_alert(struct tls_facts *f, struct span text, bool of_server)
{
	if (f->alert.seen || text.len != ALERT_LEN || text.ptr[0] < WARNING ||
		text.ptr[0] > FATAL)
		return;
	f->alert = (struct tls_alert){true, of_server, text.ptr[0], text.ptr[1]};
}

// Joins the handshake of a flight: the contents of its records up to the first ChangeCipherSpec.
// Behind that everything is encrypted up to TLS 1.2; in TLS 1.3 it means nothing, and what may still
// be in the clear there is the hello behind a retry (RFC 8446 D.4).
static struct span join(struct tls_env *env, const struct tls_flight *flight,
	bool of_server, bool through, struct tls_facts *f)
{
	struct tls_take t = {flight->text, false};
	size_t len = 0;

	while (t.rest.len >= TLS_HEAD) {
		uint32_t type = tls_take_number(&t, 1);
		bool version = tls_take_number(&t, 1) == 0x03;
		tls_take_number(&t, 1);
		struct span text = tls_take_vector(&t, 2);
		if (!version || (type == TLS_CHANGE_CIPHER_SPEC && !through))
			break;
		if (type == TLS_ALERT)
			take_alert(f, text, of_server);
		if (type == TLS_APPLICATION_DATA)
			break;
		if (type != TLS_HANDSHAKE)
			continue;
		text = span_head(text, sizeof(env->joined) - len);
		memcpy(env->joined + len, text.ptr, text.len);
		len += text.len;
	}
	return span_make(env->joined, len);
}

// The next whole message; of one that is cut, what there is.
static bool next_message(struct tls_take *t, uint32_t *ret_type, struct span *ret_body)
{
	if (t->rest.len < 4 || t->bad)
		return false;
	*ret_type = tls_take_number(t, 1);
	*ret_body = tls_take_vector(t, 3);
	return true;
}

static void take_versions(const struct tls_client_hello *h, struct tls_facts *f)
{
	for (size_t i = 0; i < h->versions.len / 2; i++) {
		uint16_t version = tls_number_at(h->versions, i);
		if (!tls_is_grease(version) && f->version_count < TLS_VERSIONS_MAX)
			f->versions[f->version_count++] = version;
	}
	if (h->versions.len == 0)
		f->versions[f->version_count++] = h->version;
}

static void take_client_hello(
	struct tls_env *env, const struct tls_client_hello *h, struct tls_facts *f)
{
	f->has_hello = true;
	f->sslv2 = h->sslv2;
	take_versions(h, f);
	f->name = tls_facts_keep(f, span_head(h->name, TLS_NAME_MAX));
	f->protocols = tls_facts_keep(f, h->protocols);
	if (h->name.len > TLS_NAME_MAX)
		is_malformed(f);
	tls_print_client(env, h, f);
}

// Whether a flight ends where the capture did, so that what is missing is nobody's fault.
static bool is_cut(const struct tls_flight *flight)
{
	return flight->end == TLS_OPEN || flight->end == TLS_END_GAP ||
		flight->end == TLS_END_LIMIT;
}

static bool read_sslv2(struct tls_env *env, const struct tls_flight *client,
	struct tls_client_hello *ret, struct tls_facts *f)
{
	if (client->text.len < TLS_HEAD || tls_scan_sslv2(client->text.ptr) == 0)
		return false;
	struct span text =
		span_head(span_skip(client->text, 2), tls_scan_sslv2(client->text.ptr));
	tls_client_hello_read_sslv2(text, ret);
	if (ret->malformed && !is_cut(client))
		is_malformed(f);
	take_client_hello(env, ret, f);
	return true;
}

// ret->session lies in joined, so it must be asked before that is used again.
static void read_client(struct tls_env *env, const struct tls_flight *client,
	struct tls_client_hello *ret, struct tls_facts *f)
{
	struct tls_take t = {{0}, false};
	struct span body;
	uint32_t type;

	*ret = (struct tls_client_hello){0};
	if (read_sslv2(env, client, ret, f))
		return;
	t.rest = join(env, client, false, false, f);
	if (!next_message(&t, &type, &body)) {
		if (client->text.len > 0 && !is_cut(client) && !f->alert.seen)
			is_malformed(f);
		return;
	}
	if (type != TLS_CLIENT_HELLO) {
		is_malformed(f);
		return;
	}
	tls_client_hello_read(body, ret);
	if ((ret->malformed || t.bad) && !(t.bad && is_cut(client)))
		is_malformed(f);
	// Half a hello would be known again under a wrong name.
	if (t.bad)
		return;
	take_client_hello(env, ret, f);
}

static void take_server_hello(struct tls_env *env, const struct tls_server_hello *h,
	struct span client_session, struct tls_facts *f)
{
	if (h->malformed)
		is_malformed(f);
	f->has_answer = true;
	f->retried = f->retried || h->retry;
	f->version = h->chosen;
	f->cipher = h->cipher;
	if (f->protocol.len == 0)
		f->protocol = tls_facts_keep(f, h->protocol);
	f->resumed = h->chosen < TLS_1_3 && h->session.len > 0 &&
		span_equal(h->session, client_session);
	// That of the hello in force; a retry's only where nothing else came.
	tls_print_server(env, h, f);
}

// Returns whether the server asked for another hello, and the answer to that one was not met.
static bool read_server(struct tls_env *env, const struct tls_flight *server,
	struct span client_session, bool through, struct tls_facts *f)
{
	struct tls_server_hello h = {0};
	struct tls_take t = {{0}, false};
	struct span body;
	uint32_t type;

	t.rest = join(env, server, true, through, f);
	while (next_message(&t, &type, &body)) {
		if (t.bad || (!f->has_answer && type != TLS_SERVER_HELLO)) {
			if (!t.bad || !is_cut(server))
				is_malformed(f);
			return false;
		}
		if (type == TLS_CERTIFICATE) {
			if (!tls_certificate_read(env, body, f))
				is_malformed(f);
			f->resumed = false;
			return false;
		}
		if (type != TLS_SERVER_HELLO || (f->has_answer && !f->retried))
			continue;
		tls_server_hello_read(body, &h);
		take_server_hello(env, &h, client_session, f);
		// The rest of such a handshake is encrypted.
		if (!h.retry && h.chosen >= TLS_1_3)
			return false;
	}
	return h.retry;
}

void tls_read(struct tls_env *env, const struct tls_flight *client,
	const struct tls_flight *server, struct tls_facts *ret)
{
	struct tls_client_hello hello;
	uint8_t session[32];

	tls_facts_clear(ret);
	read_client(env, client, &hello, ret);
	struct span kept = span_head(hello.session, sizeof(session));
	if (kept.len > 0)
		memcpy(session, kept.ptr, kept.len);
	kept = span_make(session, kept.len);
	if (read_server(env, server, kept, false, ret))
		read_server(env, server, kept, true, ret);
	if (client->end == TLS_END_BROKEN || server->end == TLS_END_BROKEN)
		is_malformed(ret);
	if (ret->has_answer && ret->version < TLS_1_2)
		ret->odds |= mt_odd_bit(MT_ODD_tls_old);
}
