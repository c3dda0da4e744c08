// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "tls_hello.h"
#include "tls_make.h"
#include "tls_read.h"

#include <criterion/criterion.h>

static struct mt_buf client, server;
static struct tls_env env;
static struct tls_facts facts;

static void begin(void)
{
	mt_buf_init(&client, 1u << 20);
	mt_buf_init(&server, 1u << 20);
	cr_assert_eq(tls_env_init(&env), 0);
}

static void end(void)
{
	mt_buf_fini(&client);
	mt_buf_fini(&server);
	tls_env_fini(&env);
}

TestSuite(tls_read, .init = begin, .fini = end);

static void read_cut(size_t client_len, size_t server_len, enum tls_end why)
{
	struct guard c = guard_make(span_head(mt_buf_span(&client), client_len));
	struct guard s = guard_make(span_head(mt_buf_span(&server), server_len));

	tls_read(&env, &(struct tls_flight){c.text, why},
		&(struct tls_flight){s.text, why}, &facts);
	guard_free(&c);
	guard_free(&s);
}

static void read_all(enum tls_end why)
{
	read_cut(client.len, server.len, why);
}

static void hello(void)
{
	static const uint16_t ciphers[] = {0x1301, 0xc02f};
	static const uint16_t extensions[] = {0, 16, 43}, versions[] = {0x0304, 0x0303};

	make_client_hello(&client,
		&(struct make_hello){.version = 0x0303,
			.name = "mx.example",
			.protocol = "smtp",
			.ciphers = ciphers,
			.cipher_count = 2,
			.extensions = extensions,
			.extension_count = 3,
			.versions = versions,
			.version_count = 2});
}

static void data(struct mt_buf *b)
{
	make_record(b, TLS_CHANGE_CIPHER_SPEC, span_text("\1"));
	make_record(b, TLS_APPLICATION_DATA, span_text("secret"));
}

// What is encrypted behind a ChangeCipherSpec up to TLS 1.2; these octets would be a Certificate.
static void finished(struct mt_buf *b)
{
	make_record(b, TLS_CHANGE_CIPHER_SPEC, span_text("\1"));
	make_record(b, TLS_HANDSHAKE, span_make("\x0b\xff\xff\xff garbage", 12));
	make_record(b, TLS_APPLICATION_DATA, span_text("secret"));
}

static void expect_text(struct tls_text got, const char *want)
{
	struct span text = tls_facts_text(&facts, got);

	cr_expect(span_equal(text, span_text(want)), "%.*s is not %s", (int)text.len,
		text.ptr, want);
}

Test(tls_read, tls_1_3)
{
	hello();
	data(&client);
	make_server_hello(&server, 0x0303, 0x0304, 0x1301, false);
	data(&server);
	read_all(TLS_END_DATA);
	cr_expect(facts.has_hello && facts.has_answer);
	cr_expect_eq(facts.odds, 0);
	cr_expect_eq(facts.version, 0x0304);
	cr_expect_eq(facts.cipher, 0x1301);
	cr_expect_eq(facts.version_count, 2);
	cr_expect_eq(facts.versions[1], 0x0303);
	expect_text(facts.name, "mx.example");
	expect_text(facts.protocols, "\4smtp");
	cr_expect(!facts.retried && !facts.resumed && !facts.sslv2);
}

Test(tls_read, a_retry_and_what_follows_it)
{
	hello();
	make_record(&client, TLS_CHANGE_CIPHER_SPEC, span_text("\1"));
	hello();
	data(&client);
	make_server_hello(&server, 0x0303, 0x0304, 0x1302, true);
	make_record(&server, TLS_CHANGE_CIPHER_SPEC, span_text("\1"));
	make_server_hello(&server, 0x0303, 0x0304, 0x1301, false);
	make_record(&server, TLS_APPLICATION_DATA, span_text("secret"));
	read_all(TLS_END_DATA);
	cr_expect(facts.retried);
	cr_expect_eq(facts.cipher, 0x1301);
	cr_expect_eq(facts.odds, 0);
}

Test(tls_read, an_old_version_is_odd)
{
	hello();
	make_server_hello(&server, 0x0301, 0, 0x002f, false);
	finished(&server);
	read_all(TLS_END_DATA);
	cr_expect_eq(facts.odds, mt_odd_bit(MT_ODD_tls_old));
	cr_expect_eq(facts.version, 0x0301);
	cr_expect_not(facts.has_certificate);
}

// The sessions of tls_make.c are named differently; the server's becomes the client's here.
Test(tls_read, an_earlier_session_goes_on)
{
	hello();
	make_server_hello(&server, 0x0303, 0, 0xc02f, false);
	uint8_t *id = memchr(server.ptr + 12 + 32, 0x78, 4);
	cr_assert_not_null(id);
	*id = 0x77;
	finished(&server);
	read_all(TLS_END_DATA);
	cr_expect(facts.resumed);
	cr_expect_eq(facts.odds, 0);
}

Test(tls_read, alerts)
{
	hello();
	make_record(&server, TLS_ALERT, span_text("\2\x46"));
	read_all(TLS_OPEN);
	cr_expect(facts.alert.seen && facts.alert.of_server);
	cr_expect_str_eq(tls_alert_name(facts.alert.description), "protocol_version");
	cr_expect_eq(facts.odds, 0);
	// Behind a ChangeCipherSpec it is encrypted.
	mt_buf_clear(&server);
	make_server_hello(&server, 0x0303, 0, 0xc02f, false);
	make_record(&server, TLS_CHANGE_CIPHER_SPEC, span_text("\1"));
	make_record(&server, TLS_ALERT, span_text("\2\x46"));
	read_all(TLS_OPEN);
	cr_expect_not(facts.alert.seen);
}

Test(tls_read, a_hello_in_the_form_of_sslv2)
{
	static const uint8_t text[] = {0x80, 0x1f, 0x01, 0x03, 0x01, 0, 6, 0, 0, 0, 16, 0,
		0, 0x2f, 0, 0, 0x35, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
		16};

	mt_buf_add(&client, span_make(text, sizeof(text)));
	make_server_hello(&server, 0x0303, 0, 0x002f, false);
	read_all(TLS_END_DATA);
	cr_expect(facts.has_hello && facts.sslv2);
	cr_expect_eq(facts.versions[0], 0x0301);
	cr_expect_eq(facts.ja4[0], '\0');
	cr_expect_eq(facts.odds, 0);
	client.len--;
	read_all(TLS_END_DATA);
	cr_expect_eq(facts.odds, mt_odd_bit(MT_ODD_tls_malformed));
}

// The same hello in records of one octet each, and the same facts.
Test(tls_read, a_message_in_pieces_over_records)
{
	struct mt_buf pieces;
	struct tls_facts whole;

	hello();
	make_server_hello(&server, 0x0303, 0x0304, 0x1301, false);
	read_all(TLS_OPEN);
	whole = facts;
	for (struct mt_buf *b = &client;; b = &server) {
		mt_buf_init(&pieces, 1u << 20);
		for (size_t i = TLS_HEAD; i < b->len; i++)
			make_record(&pieces, TLS_HANDSHAKE, span_make(b->ptr + i, 1));
		mt_buf_fini(b);
		*b = pieces;
		if (b == &server)
			break;
	}
	read_all(TLS_OPEN);
	cr_expect_eq(facts.used, whole.used);
	cr_expect(memcmp(&facts, &whole, tls_facts_size(&whole)) == 0);
}

// However the capture cuts it: nothing is read behind the end, and nobody is blamed.
Test(tls_read, cut_everywhere)
{
	hello();
	data(&client);
	make_server_hello(&server, 0x0303, 0x0304, 0x1301, true);
	make_server_hello(&server, 0x0303, 0, 0xc02f, false);
	data(&server);
	for (size_t n = 0; n <= client.len; n++) {
		read_cut(n, server.len, TLS_END_GAP);
		cr_expect_eq(facts.odds, 0, "client cut at %zu", n);
	}
	for (size_t n = 0; n <= server.len; n++) {
		read_cut(client.len, n, TLS_END_LIMIT);
		cr_expect_eq(facts.odds, 0, "server cut at %zu", n);
	}
}

// Any octet of a handshake changed in any way: it is survived, within the bounds.
Test(tls_read, every_octet_changed)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};

	hello();
	make_server_hello(&server, 0x0303, 0x0304, 0x1301, false);
	for (struct mt_buf *b = &client;; b = &server) {
		for (size_t i = 0; i < b->len; i++) {
			uint8_t before = b->ptr[i];
			for (size_t v = 0; v < sizeof(values); v++) {
				b->ptr[i] = values[v];
				read_all(TLS_END_DATA);
				cr_assert_leq(facts.used, TLS_TEXTS_MAX);
			}
			b->ptr[i] = before;
		}
		if (b == &server)
			break;
	}
}

static void expect_malformed(const char *what)
{
	read_all(TLS_END_DATA);
	cr_expect(facts.odds & mt_odd_bit(MT_ODD_tls_malformed), "%s", what);
	mt_buf_clear(&client);
	mt_buf_clear(&server);
}

Test(tls_read, what_contradicts_itself_is_malformed)
{
	make_record(&client, TLS_HANDSHAKE, span_text("hello"));
	expect_malformed("no hello");
	make_record(&client, TLS_HANDSHAKE, span_make("\1\0\1\0abc", 7));
	expect_malformed("a length past the end");
	make_record(&client, TLS_HANDSHAKE, span_make("\1\0\0\0", 4));
	expect_malformed("an empty hello");
	make_record(&client, TLS_APPLICATION_DATA, span_text("secret"));
	expect_malformed("no handshake at all");
	hello();
	make_record(&server, TLS_HANDSHAKE, span_make("\x0b\0\0\0", 4));
	expect_malformed("a certificate before the hello");
	hello();
	make_server_hello(&server, 0x0303, 0, 0xc02f, false);
	make_record(&server, TLS_HANDSHAKE, span_make("\x0b\0\0\3\0\0\1", 7));
	expect_malformed("a certificate list past its end");
	hello();
	client.ptr[client.len - 5] = 3; // the list of versions: three octets
	expect_malformed("half a version");
	hello();
	read_all(TLS_END_BROKEN);
	cr_expect(facts.odds & mt_odd_bit(MT_ODD_tls_malformed), "no record behind it");
}

Test(tls_facts, texts_have_an_end)
{
	static const uint8_t much[TLS_TEXTS_MAX];

	tls_facts_clear(&facts);
	cr_expect_eq(tls_facts_keep(&facts, span_make(much, TLS_TEXTS_MAX - 1)).len,
		TLS_TEXTS_MAX - 1);
	cr_expect_eq(tls_facts_keep(&facts, span_text("ab")).len, 0);
	cr_expect_eq(tls_facts_keep(&facts, span_text("a")).len, 1);
	cr_expect_eq(tls_facts_keep(&facts, span_text("a")).len, 0);
	cr_expect_eq(tls_facts_size(&facts),
		sizeof(facts) -
			(sizeof(facts) - offsetof(struct tls_facts, texts) -
				TLS_TEXTS_MAX));
}
