// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Character sets of mails, converted to UTF-8 by iconv. Names are looked up as mail programs
// write and miswrite them; where a name stands for less than senders mean by it (gb2312,
// ks_c_5601-1987, iso-8859-1), the larger set that holds it is taken.

#include "mt_buf.h"

#include <iconv.h>

// Sets that have a converter, by iconv's name.
// clang-format off
#define MIME_CHARSET_LIST(X) \
	X(BIG5, "BIG5-HKSCS") \
	X(CP1250, "CP1250") \
	X(CP1251, "CP1251") \
	X(CP1252, "CP1252") \
	X(CP1253, "CP1253") \
	X(CP1254, "CP1254") \
	X(CP1255, "CP1255") \
	X(CP1256, "CP1256") \
	X(CP1257, "CP1257") \
	X(CP1258, "CP1258") \
	X(CP437, "CP437") \
	X(CP850, "CP850") \
	X(CP852, "CP852") \
	X(CP866, "CP866") \
	X(CP874, "CP874") \
	X(CP932, "CP932") \
	X(CP949, "CP949") \
	X(EUC_JP, "EUC-JP-MS") \
	X(EUC_TW, "EUC-TW") \
	X(GB18030, "GB18030") \
	X(ISO_2022_CN, "ISO-2022-CN") \
	X(ISO_2022_KR, "ISO-2022-KR") \
	X(ISO_8859_2, "ISO-8859-2") \
	X(ISO_8859_3, "ISO-8859-3") \
	X(ISO_8859_4, "ISO-8859-4") \
	X(ISO_8859_5, "ISO-8859-5") \
	X(ISO_8859_6, "ISO-8859-6") \
	X(ISO_8859_7, "ISO-8859-7") \
	X(ISO_8859_8, "ISO-8859-8") \
	X(ISO_8859_10, "ISO-8859-10") \
	X(ISO_8859_13, "ISO-8859-13") \
	X(ISO_8859_14, "ISO-8859-14") \
	X(ISO_8859_15, "ISO-8859-15") \
	X(ISO_8859_16, "ISO-8859-16") \
	X(KOI8_R, "KOI8-R") \
	X(KOI8_U, "KOI8-U") \
	X(MACINTOSH, "MACINTOSH") \
	X(MAC_CYRILLIC, "MAC-CYRILLIC") \
	X(TCVN, "TCVN") \
	X(UTF_7, "UTF-7") \
	X(UTF_16, "UTF-16") \
	X(UTF_16BE, "UTF-16BE") \
	X(UTF_16LE, "UTF-16LE") \
	X(VISCII, "VISCII")
// clang-format on

enum mime_charset {
	MIME_CHARSET_UNKNOWN,
	MIME_CHARSET_UTF_8, // and ASCII
	MIME_CHARSET_ISO_2022_JP, // by way of EUC-JP
#define X(set, name) MIME_CHARSET_##set,
	MIME_CHARSET_LIST(X)
#undef X
	MIME_CHARSET_COUNT
};

struct mime_charsets {
	iconv_t open[MIME_CHARSET_COUNT]; // (iconv_t)-1: none
};

void mime_charsets_open(struct mime_charsets *sets);
void mime_charsets_close(struct mime_charsets *sets);
// The nth converter that could not be opened, from 0; NULL when there are not so many.
const char *mime_charsets_missing(const struct mime_charsets *sets, size_t nth);

enum mime_charset mime_charset_find(struct span name);
// Adds the text to out as mime_text_add does. Octets that are not text of that set become U+FFFD
// and set MT_ODD_encoded_word_bad in odds, as does an unknown set, whose octets are taken as UTF-8.
void mime_charset_add(const struct mime_charsets *sets, enum mime_charset charset,
	struct span octets, struct mt_buf *out, uint64_t *odds);
