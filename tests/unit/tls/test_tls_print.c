// SPDX-License-Identifier: BSD-3-Clause

// JA3, JA3S and JA4 against the examples of their descriptions.

#include "tls_make.h"
#include "tls_print.h"
#include "tls_read.h"

#include <criterion/criterion.h>

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static struct mt_buf wire;
static struct tls_env env;
static struct tls_facts facts;

static void begin(void)
{
	mt_buf_init(&wire, 1u << 20);
	cr_assert_eq(tls_env_init(&env), 0);
}

static void end(void)
{
	mt_buf_fini(&wire);
	tls_env_fini(&env);
}

TestSuite(tls_print, .init = begin, .fini = end);

static void read_client(const struct make_hello *h)
{
	const struct tls_flight nothing = {span_text(""), TLS_OPEN};

	mt_buf_clear(&wire);
	make_client_hello(&wire, h);
	tls_read(&env, &(struct tls_flight){mt_buf_span(&wire), TLS_OPEN}, &nothing,
		&facts);
	cr_expect_eq(facts.odds, 0);
}

static void expect_ja3(const char *text, const char *hash)
{
	struct span got = tls_facts_text(&facts, facts.ja3);

	cr_expect(span_equal(got, span_text(text)), "%.*s", (int)got.len, got.ptr);
	cr_expect_str_eq(facts.ja3_hash, hash);
}

Test(tls_print, ja3_with_extensions)
{
	static const uint16_t ciphers[] = {
		47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4};
	static const uint16_t extensions[] = {0, 10, 11}, groups[] = {23, 24, 25};

	read_client(&(struct make_hello){.version = 769,
		.name = "mx.example",
		.ciphers = ciphers,
		.cipher_count = COUNT(ciphers),
		.extensions = extensions,
		.extension_count = COUNT(extensions),
		.groups = groups,
		.group_count = COUNT(groups),
		.formats = (const uint8_t[]){0},
		.format_count = 1});
	expect_ja3("769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0",
		"ada70206e40642a3e4461f35503241d5");
}

Test(tls_print, ja3_without_extensions)
{
	static const uint16_t ciphers[] = {4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99};

	read_client(&(struct make_hello){
		.version = 769, .ciphers = ciphers, .cipher_count = COUNT(ciphers)});
	expect_ja3("769,4-5-10-9-100-98-3-6-19-18-99,,,",
		"de350869b8c85de67a350c8d186f11e6");
}

// Two that are met everywhere: servers of TLS 1.3 with their extensions in either order.
Test(tls_print, ja3s)
{
	static const uint8_t extensions[] = {0, 51, 0, 0, 0, 43, 0, 0, 0, 51, 0, 0};
	struct tls_server_hello h = {.version = 0x0303,
		.cipher = 0x1301,
		.extensions = span_make(extensions, 8)};

	tls_facts_clear(&facts);
	tls_print_server(&env, &h, &facts);
	cr_expect_str_eq(facts.ja3s_hash, "eb1d94daa7e0344597e756a1fb6e7054");
	h.cipher = 0x1302;
	h.extensions = span_make(extensions + 4, 8);
	tls_print_server(&env, &h, &facts);
	cr_expect_str_eq(facts.ja3s_hash, "15af977ce25de452b96affa2addb1036");
}

static const uint16_t chrome_ciphers[] = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c,
	0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
static const uint16_t chrome_signatures[] = {
	0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};

Test(tls_print, ja4)
{
	static const uint16_t extensions[] = {0x001b, 0x0000, 0x0033, 0x0010, 0x4469,
		0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b,
		0x000a, 0x0015};
	static const uint16_t versions[] = {0x0304, 0x0303}, groups[] = {29, 23, 24};

	read_client(&(struct make_hello){.version = 0x0303,
		.name = "mx.example",
		.ciphers = chrome_ciphers,
		.cipher_count = COUNT(chrome_ciphers),
		.extensions = extensions,
		.extension_count = COUNT(extensions),
		.groups = groups,
		.group_count = COUNT(groups),
		.signatures = chrome_signatures,
		.signature_count = COUNT(chrome_signatures),
		.versions = versions,
		.version_count = 2,
		.protocol = "h2",
		.formats = (const uint8_t[]){0},
		.format_count = 1});
	cr_expect_str_eq(facts.ja4, "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

// The same with values thrown in that mean nothing: neither name changes.
Test(tls_print, grease_is_left_out)
{
	static const uint16_t ciphers[] = {0x0a0a, 47, 53, 0xfafa};
	static const uint16_t plain_ciphers[] = {47, 53};
	static const uint16_t extensions[] = {0x1a1a, 10, 43, 13, 0xcaca};
	static const uint16_t plain_extensions[] = {10, 43, 13};
	static const uint16_t groups[] = {0x2a2a, 23}, versions[] = {0x3a3a, 0x0304};
	static const uint16_t signatures[] = {0x4a4a, 0x0403};
	struct make_hello h = {.version = 0x0303,
		.ciphers = plain_ciphers,
		.cipher_count = 2,
		.extensions = plain_extensions,
		.extension_count = 3,
		.groups = groups + 1,
		.group_count = 1,
		.versions = versions + 1,
		.version_count = 1,
		.signatures = signatures + 1,
		.signature_count = 1};
	char ja3[33], ja4[37];

	read_client(&h);
	memcpy(ja3, facts.ja3_hash, sizeof(ja3));
	memcpy(ja4, facts.ja4, sizeof(ja4));
	h.ciphers = ciphers;
	h.cipher_count = COUNT(ciphers);
	h.extensions = extensions;
	h.extension_count = COUNT(extensions);
	h.groups = groups;
	h.group_count = h.version_count = h.signature_count = 2;
	h.versions = versions;
	h.signatures = signatures;
	read_client(&h);
	cr_expect_str_eq(facts.ja3_hash, ja3);
	cr_expect_str_eq(facts.ja4, ja4);
	cr_expect_eq(facts.version_count, 1);
}

Test(tls_print, ja4_at_its_edges)
{
	static const struct {
		const char *protocol, *front;
	} cases[] = {
		{"smtp", "t12i0102sp_"},
		{"x", "t12i0102xx_"},
		{"\xab", "t12i0102ab_"},
		{"\xab\xcd", "t12i0102ad_"},
		{"-x", "t12i010228_"},
		{"", "t12i010200_"},
	};
	static const uint16_t extensions[] = {16, 23}, cipher = 47;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct make_hello h = {.version = 0x0303,
			.ciphers = &cipher,
			.cipher_count = 1,
			.extensions = extensions,
			.extension_count = 2,
			.protocol = cases[i].protocol};
		mt_buf_clear(&wire);
		make_client_hello(&wire, &h);
		tls_read(&env, &(struct tls_flight){mt_buf_span(&wire), TLS_OPEN},
			&(struct tls_flight){span_text(""), TLS_OPEN}, &facts);
		cr_expect(strncmp(facts.ja4, cases[i].front, 11) == 0, "%s, not %s",
			facts.ja4, cases[i].front);
	}
}

// A hundred of each: two digits hold 99.
Test(tls_print, ja4_counts_no_further_than_99)
{
	uint16_t many[100];

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (uint16_t)(0x2000 + i);
	read_client(&(struct make_hello){.version = 0x0302,
		.ciphers = many,
		.cipher_count = COUNT(many),
		.extensions = many,
		.extension_count = COUNT(many)});
	cr_expect(strncmp(facts.ja4, "t11i999900_", 11) == 0, "%s", facts.ja4);
}

// The text of a hello of many thousand ciphers is left out, its hash is not.
Test(tls_print, a_long_ja3_keeps_its_hash)
{
	static uint16_t many[2000];

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (uint16_t)(0x3000 + i);
	read_client(&(struct make_hello){
		.version = 0x0303, .ciphers = many, .cipher_count = COUNT(many)});
	cr_expect_eq(facts.ja3.len, 0);
	cr_expect_eq(strlen(facts.ja3_hash), 32);
}
