// SPDX-License-Identifier: BSD-3-Clause
#include "mime_charset.h"

#include "mime_jis.h"
#include "mime_text.h"

#include "mt_utf8.h"

#include <errno.h>

#define CHARSET_NAME_MAX 32

static const char *const converters[MIME_CHARSET_COUNT] = {
#define X(set, name) [MIME_CHARSET_##set] = name,
	MIME_CHARSET_LIST(X)
#undef X
};

// Names as they are written in mails: in lower case, - for _, without x-.
// clang-format off
static const struct {
	const char *name;
	enum mime_charset set;
} names[] = {
	{"utf-8", MIME_CHARSET_UTF_8},
	{"utf8", MIME_CHARSET_UTF_8},
	{"utf-8-sig", MIME_CHARSET_UTF_8},
	{"utf8mb4", MIME_CHARSET_UTF_8},
	{"unicode-1-1-utf-8", MIME_CHARSET_UTF_8},
	{"us-ascii", MIME_CHARSET_UTF_8},
	{"ascii", MIME_CHARSET_UTF_8},
	{"usascii", MIME_CHARSET_UTF_8},
	{"ansi-x3.4-1968", MIME_CHARSET_UTF_8},
	{"iso-646-us", MIME_CHARSET_UTF_8},
	{"646", MIME_CHARSET_UTF_8},
	// What calls itself Latin-1 is in truth what Windows had.
	{"iso-8859-1", MIME_CHARSET_CP1252},
	{"iso8859-1", MIME_CHARSET_CP1252},
	{"iso88591", MIME_CHARSET_CP1252},
	{"iso-88591", MIME_CHARSET_CP1252},
	{"8859-1", MIME_CHARSET_CP1252},
	{"iso-8859-1:1987", MIME_CHARSET_CP1252},
	{"latin1", MIME_CHARSET_CP1252},
	{"latin-1", MIME_CHARSET_CP1252},
	{"l1", MIME_CHARSET_CP1252},
	{"ansi", MIME_CHARSET_CP1252},
	{"windows-1252", MIME_CHARSET_CP1252},
	{"windows1252", MIME_CHARSET_CP1252},
	{"cp1252", MIME_CHARSET_CP1252},
	{"cp-1252", MIME_CHARSET_CP1252},
	{"iso-8859-2", MIME_CHARSET_ISO_8859_2},
	{"iso8859-2", MIME_CHARSET_ISO_8859_2},
	{"latin2", MIME_CHARSET_ISO_8859_2},
	{"iso-8859-3", MIME_CHARSET_ISO_8859_3},
	{"iso-8859-4", MIME_CHARSET_ISO_8859_4},
	{"iso-8859-5", MIME_CHARSET_ISO_8859_5},
	{"iso-8859-6", MIME_CHARSET_ISO_8859_6},
	{"iso-8859-6-i", MIME_CHARSET_ISO_8859_6},
	{"iso-8859-7", MIME_CHARSET_ISO_8859_7},
	{"iso-8859-8", MIME_CHARSET_ISO_8859_8},
	{"iso-8859-8-i", MIME_CHARSET_ISO_8859_8},
	{"iso-8859-8-e", MIME_CHARSET_ISO_8859_8},
	{"iso-8859-9", MIME_CHARSET_CP1254},
	{"iso8859-9", MIME_CHARSET_CP1254},
	{"latin5", MIME_CHARSET_CP1254},
	{"iso-8859-10", MIME_CHARSET_ISO_8859_10},
	{"iso-8859-11", MIME_CHARSET_CP874},
	{"iso-8859-13", MIME_CHARSET_ISO_8859_13},
	{"iso-8859-14", MIME_CHARSET_ISO_8859_14},
	{"iso-8859-15", MIME_CHARSET_ISO_8859_15},
	{"iso8859-15", MIME_CHARSET_ISO_8859_15},
	{"latin-9", MIME_CHARSET_ISO_8859_15},
	{"latin9", MIME_CHARSET_ISO_8859_15},
	{"iso-8859-16", MIME_CHARSET_ISO_8859_16},
	{"windows-1250", MIME_CHARSET_CP1250},
	{"cp1250", MIME_CHARSET_CP1250},
	{"windows-1251", MIME_CHARSET_CP1251},
	{"windows1251", MIME_CHARSET_CP1251},
	{"cp1251", MIME_CHARSET_CP1251},
	{"cp-1251", MIME_CHARSET_CP1251},
	{"win-1251", MIME_CHARSET_CP1251},
	{"windows-1253", MIME_CHARSET_CP1253},
	{"cp1253", MIME_CHARSET_CP1253},
	{"windows-1254", MIME_CHARSET_CP1254},
	{"cp1254", MIME_CHARSET_CP1254},
	{"windows-1255", MIME_CHARSET_CP1255},
	{"cp1255", MIME_CHARSET_CP1255},
	{"windows-1256", MIME_CHARSET_CP1256},
	{"cp1256", MIME_CHARSET_CP1256},
	{"windows-1257", MIME_CHARSET_CP1257},
	{"cp1257", MIME_CHARSET_CP1257},
	{"windows-1258", MIME_CHARSET_CP1258},
	{"cp1258", MIME_CHARSET_CP1258},
	{"cp437", MIME_CHARSET_CP437},
	{"ibm437", MIME_CHARSET_CP437},
	{"cp850", MIME_CHARSET_CP850},
	{"ibm850", MIME_CHARSET_CP850},
	{"cp852", MIME_CHARSET_CP852},
	{"ibm852", MIME_CHARSET_CP852},
	{"cp866", MIME_CHARSET_CP866},
	{"ibm866", MIME_CHARSET_CP866},
	{"windows-874", MIME_CHARSET_CP874},
	{"cp874", MIME_CHARSET_CP874},
	{"tis-620", MIME_CHARSET_CP874},
	{"koi8-r", MIME_CHARSET_KOI8_R},
	{"koi8r", MIME_CHARSET_KOI8_R},
	{"koi-8", MIME_CHARSET_KOI8_R},
	{"koi8-u", MIME_CHARSET_KOI8_U},
	{"koi8-ru", MIME_CHARSET_KOI8_U},
	{"macintosh", MIME_CHARSET_MACINTOSH},
	{"mac", MIME_CHARSET_MACINTOSH},
	{"mac-roman", MIME_CHARSET_MACINTOSH},
	{"macroman", MIME_CHARSET_MACINTOSH},
	{"mac-cyrillic", MIME_CHARSET_MAC_CYRILLIC},
	{"viscii", MIME_CHARSET_VISCII},
	{"tcvn", MIME_CHARSET_TCVN},
	{"tcvn5712-1", MIME_CHARSET_TCVN},
	{"gb2312", MIME_CHARSET_GB18030},
	{"gb-2312", MIME_CHARSET_GB18030},
	{"gb2312-80", MIME_CHARSET_GB18030},
	{"gb-2312-80", MIME_CHARSET_GB18030},
	{"euc-cn", MIME_CHARSET_GB18030},
	{"csgb2312", MIME_CHARSET_GB18030},
	{"gbk", MIME_CHARSET_GB18030},
	{"cp936", MIME_CHARSET_GB18030},
	{"ms936", MIME_CHARSET_GB18030},
	{"windows-936", MIME_CHARSET_GB18030},
	{"gb18030", MIME_CHARSET_GB18030},
	{"gb-18030", MIME_CHARSET_GB18030},
	{"chinese", MIME_CHARSET_GB18030},
	{"iso-2022-cn", MIME_CHARSET_ISO_2022_CN},
	{"big5", MIME_CHARSET_BIG5},
	{"big-5", MIME_CHARSET_BIG5},
	{"csbig5", MIME_CHARSET_BIG5},
	{"cn-big5", MIME_CHARSET_BIG5},
	{"big5-hkscs", MIME_CHARSET_BIG5},
	{"cp950", MIME_CHARSET_BIG5},
	{"windows-950", MIME_CHARSET_BIG5},
	{"euc-tw", MIME_CHARSET_EUC_TW},
	{"euc-kr", MIME_CHARSET_CP949},
	{"euckr", MIME_CHARSET_CP949},
	{"ks-c-5601-1987", MIME_CHARSET_CP949},
	{"ks-c-5601-1989", MIME_CHARSET_CP949},
	{"ks-c-5601", MIME_CHARSET_CP949},
	{"ksc5601", MIME_CHARSET_CP949},
	{"ksc-5601", MIME_CHARSET_CP949},
	{"ksc5601-1987", MIME_CHARSET_CP949},
	{"cseuckr", MIME_CHARSET_CP949},
	{"korean", MIME_CHARSET_CP949},
	{"cp949", MIME_CHARSET_CP949},
	{"ms949", MIME_CHARSET_CP949},
	{"uhc", MIME_CHARSET_CP949},
	{"windows-949", MIME_CHARSET_CP949},
	{"iso-2022-kr", MIME_CHARSET_ISO_2022_KR},
	{"csiso2022kr", MIME_CHARSET_ISO_2022_KR},
	{"iso-2022-jp", MIME_CHARSET_ISO_2022_JP},
	{"iso2022-jp", MIME_CHARSET_ISO_2022_JP},
	{"iso2022jp", MIME_CHARSET_ISO_2022_JP},
	{"iso-2022-jp-1", MIME_CHARSET_ISO_2022_JP},
	{"iso-2022-jp-2", MIME_CHARSET_ISO_2022_JP},
	{"iso-2022-jp-ms", MIME_CHARSET_ISO_2022_JP},
	{"csiso2022jp", MIME_CHARSET_ISO_2022_JP},
	{"cp50220", MIME_CHARSET_ISO_2022_JP},
	{"cp50221", MIME_CHARSET_ISO_2022_JP},
	{"jis", MIME_CHARSET_ISO_2022_JP},
	{"shift-jis", MIME_CHARSET_CP932},
	{"shiftjis", MIME_CHARSET_CP932},
	{"sjis", MIME_CHARSET_CP932},
	{"ms-kanji", MIME_CHARSET_CP932},
	{"cp932", MIME_CHARSET_CP932},
	{"ms932", MIME_CHARSET_CP932},
	{"windows-31j", MIME_CHARSET_CP932},
	{"cswindows31j", MIME_CHARSET_CP932},
	{"euc-jp", MIME_CHARSET_EUC_JP},
	{"eucjp", MIME_CHARSET_EUC_JP},
	{"euc-jp-ms", MIME_CHARSET_EUC_JP},
	{"utf-7", MIME_CHARSET_UTF_7},
	{"utf7", MIME_CHARSET_UTF_7},
	{"unicode-1-1-utf-7", MIME_CHARSET_UTF_7},
	{"csunicode11utf7", MIME_CHARSET_UTF_7},
	{"utf-16", MIME_CHARSET_UTF_16},
	{"utf-16be", MIME_CHARSET_UTF_16BE},
	{"utf-16le", MIME_CHARSET_UTF_16LE},
};
// clang-format on

void mime_charsets_open(struct mime_charsets *sets)
{
	for (size_t i = 0; i < MIME_CHARSET_COUNT; i++)
		sets->open[i] = converters[i] != NULL ? iconv_open("UTF-8", converters[i])
						      : (iconv_t)-1;
}

void mime_charsets_close(struct mime_charsets *sets)
{
	for (size_t i = 0; i < MIME_CHARSET_COUNT; i++)
		if (sets->open[i] != (iconv_t)-1)
			iconv_close(sets->open[i]);
}

const char *mime_charsets_missing(const struct mime_charsets *sets, size_t nth)
{
	for (size_t i = 0; i < MIME_CHARSET_COUNT; i++)
		if (converters[i] != NULL && sets->open[i] == (iconv_t)-1 && nth-- == 0)
			return converters[i];
	return NULL;
}

enum mime_charset mime_charset_find(struct span name)
{
	char plain[CHARSET_NAME_MAX];
	size_t n = 0;

	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.ptr[i];
		if (c == '"' || c == '\'' || mime_is_blank(c))
			continue;
		if (n == sizeof(plain))
			return MIME_CHARSET_UNKNOWN;
		plain[n++] = (char)(c == '_' ? '-' : c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	struct span key = span_make(plain, n);
	if (n > 2 && plain[0] == 'x' && plain[1] == '-')
		key = span_skip(key, 2);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_equal(key, span_text(names[i].name)))
			return names[i].set;
	return MIME_CHARSET_UNKNOWN;
}

struct conversion {
	iconv_t converter;
	union {
		const uint8_t *ptr;
		char *text; // iconv only reads, by a pointer that could write
	} in;
	size_t left;
	bool flushing; // all is read; what the converter holds back comes out
};

// One call of iconv, its output added. 0, or why it stopped.
static int convert_some(struct conversion *c, struct mt_buf *out, uint64_t *odds)
{
	char piece[512];
	char *to = piece;
	size_t room = sizeof(piece);
	size_t rc = c->flushing ? iconv(c->converter, NULL, NULL, &to, &room)
				: iconv(c->converter, &c->in.text, &c->left, &to, &room);
	int why = rc == (size_t)-1 ? errno : 0;

	mime_text_add(out, span_make(piece, sizeof(piece) - room),
		MT_ODD_encoded_word_bad, odds);
	return why;
}

static void convert(
	iconv_t converter, struct span octets, struct mt_buf *out, uint64_t *odds)
{
	struct conversion c = {converter, {.ptr = octets.ptr}, octets.len, false};
	bool ended = false;

	iconv(converter, NULL, NULL, NULL, NULL);
	while (!ended && !out->full) {
		int why = convert_some(&c, out, odds);
		if (why == EILSEQ || why == EINVAL) {
			mt_buf_add_text(out, MT_UTF8_REPLACEMENT);
			*odds |= mt_odd_bit(MT_ODD_encoded_word_bad);
		}
		ended = c.flushing && why != E2BIG;
		if (why == EILSEQ && c.left > 0) {
			c.in.ptr++;
			c.left--;
		}
		// An end within a character (EINVAL) is an end.
		c.flushing = c.flushing || why == 0 || why == EINVAL;
	}
}

void mime_charset_add(const struct mime_charsets *sets, enum mime_charset charset,
	struct span octets, struct mt_buf *out, uint64_t *odds)
{
	iconv_t converter = sets->open[charset];
	struct mt_buf euc;

	if (octets.len == 0)
		return;
	if (charset == MIME_CHARSET_ISO_2022_JP &&
		sets->open[MIME_CHARSET_EUC_JP] != (iconv_t)-1) {
		mt_buf_init(&euc, 2 * octets.len);
		if (!mime_jis_to_euc(octets, &euc))
			*odds |= mt_odd_bit(MT_ODD_encoded_word_bad);
		convert(sets->open[MIME_CHARSET_EUC_JP], mt_buf_span(&euc), out, odds);
		mt_buf_fini(&euc);
	} else if (converter != (iconv_t)-1) {
		convert(converter, octets, out, odds);
	} else {
		if (charset != MIME_CHARSET_UTF_8)
			*odds |= mt_odd_bit(MT_ODD_encoded_word_bad);
		mime_text_add(out, octets, MT_ODD_encoded_word_bad, odds);
	}
}
