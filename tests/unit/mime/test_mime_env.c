// SPDX-License-Identifier: BSD-3-Clause

// Character sets: all that are named can be converted, without touching a file later, and one
// that is missing is no worse than an unknown one.

#include "mime_header.h"

#include <sys/resource.h>

#include <criterion/criterion.h>

static const struct mime_limits limits = MIME_LIMITS_DEFAULT;

// The subject of a mail that has nothing else. What is lent stays good until the next call.
static struct span subject_of(struct mime_header *h, const char *value)
{
	mime_header_begin(h);
	mime_header_feed(h, span_text("Subject: "));
	mime_header_feed(h, span_text(value));
	mime_header_feed(h, span_text("\r\n\r\n"));
	return mime_headers_get(mime_header_end(h), MIME_SUBJECT, 0);
}

static void expect_subject(struct mime_header *h, const char *value, const char *want)
{
	struct span got = subject_of(h, value);

	cr_expect(span_equal(got, span_text(want)), "%s: got %.*s", value, (int)got.len,
		(const char *)got.ptr);
}

Test(mime_env, this_system_has_every_converter)
{
	struct mime_env env;

	mime_env_init(&env, &limits);
	cr_expect_null(mime_charsets_missing(&env.charsets, 0), "%s",
		mime_charsets_missing(&env.charsets, 0));
	mime_env_fini(&env);
}

static const struct {
	const char *value, *want;
} words[] = {
	{"=?gb2312?B?xOO6ww==?=", "你好"},
	{"=?big5?B?sXqmbg==?=", "您好"},
	{"=?ks_c_5601-1987?B?vsiz5w==?=", "안녕"},
	{"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"},
	{"=?shift_jis?B?k/qWew==?=", "日本"},
	{"=?euc-jp?B?xvzL3A==?=", "日本"},
	{"=?iso-2022-kr?B?GyQpQw5HUTFbDw==?=", "한글"},
	{"=?windows-1251?B?z/Do4uXy?=", "Привет"},
	{"=?koi8-r?B?8NLJ18XU?=", "Привет"},
	{"=?iso-8859-7?Q?=CA=E1?=", "Κα"},
	{"=?windows-1258?Q?Vi=EA=F2t?=", "Vi\xe1\xbb\x87t"},
	{"=?viscii?Q?Vi=AEt?=", "Vi\xe1\xbb\x87t"},
	{"=?utf-7?Q?+AMQ-?=", "Ä"},
	{"=?macintosh?Q?=8A?=", "ä"},
};

Test(mime_env, nothing_is_opened_later)
{
	const struct rlimit none = {0, 0};
	struct mime_header h;
	struct mime_env env;

	mime_env_init(&env, &limits);
	mime_header_init(&h, &env);
	struct rlimit before;
	getrlimit(RLIMIT_NOFILE, &before);
	struct rlimit closed = {none.rlim_cur, before.rlim_max};
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &closed), 0);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		expect_subject(&h, words[i].value, words[i].want);
	setrlimit(RLIMIT_NOFILE, &before);
	mime_header_fini(&h);
	mime_env_fini(&env);
}

Test(mime_env, a_missing_converter_is_an_unknown_set)
{
	struct mime_header h;
	struct mime_env env;

	mime_env_init(&env, &limits);
	mime_charsets_close(&env.charsets);
	for (size_t i = 0; i < MIME_CHARSET_COUNT; i++)
		env.charsets.open[i] = (iconv_t)-1;
	mime_header_init(&h, &env);
	cr_expect_str_eq(mime_charsets_missing(&env.charsets, 0), "BIG5-HKSCS");
	expect_subject(&h, "=?windows-1251?Q?abc=CF?=", "abc\xef\xbf\xbd");
	cr_expect_eq(mime_header_end(&h)->odds, mt_odd_bit(MT_ODD_encoded_word_bad));
	expect_subject(&h, "=?iso-2022-jp?Q?abc?=", "abc");
	cr_expect_eq(mime_header_end(&h)->odds, mt_odd_bit(MT_ODD_encoded_word_bad));
	expect_subject(&h, "=?utf-8?Q?abc=C3=A9?=", "abcé");
	cr_expect_eq(mime_header_end(&h)->odds, 0);
	mime_header_fini(&h);
	mime_env_fini(&env);
}

Test(mime_env, a_mail_leaves_nothing_for_the_next)
{
	struct mime_header h;
	struct mime_env env;

	mime_env_init(&env, &limits);
	mime_header_init(&h, &env);
	// Broken off within a shift sequence, the converter must begin anew.
	subject_of(&h, "=?iso-2022-kr?B?GyQpQw5I?= =?utf-7?Q?+AM?=");
	expect_subject(&h, "=?iso-2022-kr?Q?abc?= =?utf-7?Q?abc?=", "abcabc");
	mime_header_feed(&h, span_text("To: text@x\r\n"));
	cr_expect_not(mime_headers_has(mime_header_end(&h), MIME_TO));
	mime_header_begin(&h);
	mime_header_feed(&h, span_text("From"));
	mime_header_begin(&h);
	mime_header_feed(&h, span_text(": a@x\r\nTo: b@x\r"));
	mime_header_clear(&h);
	const struct mime_headers *found = mime_header_end(&h);
	cr_expect_eq(found->seen, 0);
	cr_expect_eq(found->odds, 0);
	cr_expect_eq(mime_headers_count(found, MIME_TO), 0);
	cr_expect_null(mime_headers_get(found, MIME_TO, 0).ptr);
	mime_header_feed(&h, span_text("To: c@x\r\n"));
	mime_header_gap(&h, 5);
	cr_expect_eq(mime_header_end(&h)->seen, 0);
	mime_header_fini(&h);
	mime_env_fini(&env);
}

Test(mime_env, small_limits_hold)
{
	const struct mime_limits small = {
		.header = 50, .list = 8, .addresses = 2, .received = 1};
	struct mime_header h;
	struct mime_env env;

	mime_env_init(&env, &small);
	mime_header_init(&h, &env);
	mime_header_begin(&h);
	mime_header_feed(
		&h, span_text("To: a,b,c\nCc: a@x,b@yyy\nReceived: 1\nReceived: 2\n"));
	mime_header_feed(&h, span_text("Subject: no\n"));
	const struct mime_headers *found = mime_header_end(&h);
	cr_expect_eq(mime_headers_count(found, MIME_TO), 2);
	cr_expect_eq(mime_headers_count(found, MIME_CC), 1);
	cr_expect_eq(mime_headers_count(found, MIME_RECEIVED), 1);
	cr_expect_eq(mime_headers_count(found, MIME_SUBJECT), 0);
	cr_expect_eq(found->odds, mt_odd_bit(MT_ODD_header_cut));
	mime_header_fini(&h);
	mime_env_fini(&env);
}
