// SPDX-License-Identifier: BSD-3-Clause
#include "guard.h"
#include "tls_cipher.h"
#include "tls_make.h"
#include "tls_scan.h"

#include <criterion/criterion.h>

#define LIMIT 2000

static struct mt_buf wire;

static void begin(void)
{
	mt_buf_init(&wire, 1u << 20);
}

static void end(void)
{
	mt_buf_fini(&wire);
}

TestSuite(tls_scan, .init = begin, .fini = end);

// How far it keeps, offered in pieces; first is the length of the first one.
static size_t scan(struct span text, size_t first, size_t step, uint8_t *ret_end)
{
	struct tls_scan s = {0};
	size_t kept = 0;

	for (size_t at = 0; at < text.len;) {
		size_t n = at == 0 ? first : step;
		struct guard g = guard_make(span_head(span_skip(text, at), n));
		size_t took = tls_scan_feed(&s, g.text, LIMIT);
		cr_assert_leq(took, g.text.len);
		cr_assert(took == g.text.len || s.end != TLS_OPEN);
		// Nothing is kept behind the end.
		cr_assert(kept == at || took == 0);
		kept += took;
		at += g.text.len;
		guard_free(&g);
	}
	cr_assert_eq(kept, s.kept);
	*ret_end = s.end;
	return kept;
}

static void expect(size_t kept, enum tls_end why)
{
	struct span text = mt_buf_span(&wire);
	uint8_t got;

	cr_expect_eq(scan(text, text.len, 1, &got), kept, "kept %zu, want %zu",
		scan(text, text.len, 1, &got), kept);
	cr_expect_eq(got, why);
	cr_expect_eq(scan(text, 1, 1, &got), kept, "octet by octet");
	cr_expect_eq(got, why);
	for (size_t cut = 1; cut < text.len; cut++) {
		cr_expect_eq(scan(text, cut, text.len, &got), kept, "cut at %zu", cut);
		cr_expect_eq(got, why, "cut at %zu", cut);
	}
}

static void hello(void)
{
	static const uint16_t ciphers[] = {0x1301, 0xc02f};

	make_client_hello(&wire,
		&(struct make_hello){
			.version = 0x0303, .ciphers = ciphers, .cipher_count = 2});
}

Test(tls_scan, application_data_ends_it_and_its_head_is_kept)
{
	hello();
	make_record(&wire, TLS_CHANGE_CIPHER_SPEC, span_text("\1"));
	size_t front = wire.len + TLS_HEAD;
	make_record(&wire, TLS_APPLICATION_DATA, span_text("secret"));
	make_record(&wire, TLS_APPLICATION_DATA, span_text("more"));
	expect(front, TLS_END_DATA);
}

Test(tls_scan, an_open_handshake_is_kept_whole)
{
	hello();
	make_record(&wire, TLS_ALERT, span_text("\2\50"));
	expect(wire.len, TLS_OPEN);
}

Test(tls_scan, what_is_no_record_ends_it)
{
	hello();
	size_t front = wire.len + TLS_HEAD;
	mt_buf_add_text(&wire, "RSET\r\nNOOP\r\n");
	expect(front, TLS_END_BROKEN);
}

Test(tls_scan, a_record_too_long_ends_it)
{
	hello();
	size_t front = wire.len + TLS_HEAD;
	mt_buf_add(&wire, span_make("\x16\x03\x03\x48\x01zzz", 8));
	expect(front, TLS_END_BROKEN);
}

Test(tls_scan, the_limit_ends_it)
{
	static const uint8_t zeros[3000];

	hello();
	make_record(&wire, TLS_HANDSHAKE, span_make(zeros, sizeof(zeros)));
	expect(LIMIT, TLS_END_LIMIT);
}

Test(tls_scan, a_hello_in_the_form_of_sslv2_is_a_first_record)
{
	mt_buf_add(&wire, span_make("\x80\x07\x01\x03\x01wxyz", 9));
	hello();
	expect(wire.len, TLS_OPEN);
	// Not behind another one.
	mt_buf_clear(&wire);
	hello();
	size_t front = wire.len + TLS_HEAD;
	mt_buf_add(&wire, span_make("\x80\x07\x01\x03\x01wxyz", 9));
	expect(front, TLS_END_BROKEN);
}

Test(tls_scan, an_empty_record_is_passed)
{
	make_record(&wire, TLS_HANDSHAKE, span_text(""));
	hello();
	expect(wire.len, TLS_OPEN);
}

Test(tls_scan, nothing_is_kept_behind_a_hole)
{
	struct tls_scan s = {0};

	hello();
	tls_scan_feed(&s, span_head(mt_buf_span(&wire), 20), LIMIT);
	tls_scan_gap(&s);
	cr_expect_eq(tls_scan_feed(&s, mt_buf_span(&wire), LIMIT), 0);
	cr_expect_eq(s.end, TLS_END_GAP);
	cr_expect_eq(s.kept, 20);
}

Test(tls_cipher, names)
{
	size_t named = 0;

	for (unsigned n = 0; n <= UINT16_MAX; n++)
		named += tls_cipher_name((uint16_t)n) != NULL;
	// A row that is out of order is not found.
	cr_expect_eq(named, 352);
	cr_expect_str_eq(tls_cipher_name(0x0000), "TLS_NULL_WITH_NULL_NULL");
	cr_expect_str_eq(tls_cipher_name(0x1301), "TLS_AES_128_GCM_SHA256");
	cr_expect_str_eq(
		tls_cipher_name(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	cr_expect_str_eq(
		tls_cipher_name(0xd005), "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256");
	cr_expect_null(tls_cipher_name(0x2a2a));
}
