// SPDX-License-Identifier: BSD-3-Clause
#include "mime_jis.h"

#define ESC 0x1b

enum jis_set {
	JIS_ASCII,
	JIS_KANA,
	JIS_X_0208,
	JIS_X_0212,
	JIS_OTHER
};

static const struct {
	const char *sequence; // behind ESC
	enum jis_set set;
} designations[] = {
	{"(B", JIS_ASCII},
	{"(J", JIS_ASCII}, // JIS-Roman: yen and overline are not what its senders mean
	{"(H", JIS_ASCII}, {"(I", JIS_KANA}, {"$@", JIS_X_0208}, {"$B", JIS_X_0208},
	{"$(D", JIS_X_0212}, {"$(B", JIS_X_0208},
	{"&@", JIS_OTHER}, // announces a later edition of what follows
};

// How long the sequence at ESC is; 0 when it is none we know.
static size_t designate(struct span s, enum jis_set *set)
{
	struct span rest = span_skip(s, 1);

	for (size_t i = 0; i < sizeof(designations) / sizeof(designations[0]); i++) {
		struct span sequence = span_text(designations[i].sequence);
		if (!span_equal(span_head(rest, sequence.len), sequence))
			continue;
		if (designations[i].set != JIS_OTHER)
			*set = designations[i].set;
		return 1 + sequence.len;
	}
	return 0;
}

static bool is_graphic(uint8_t c)
{
	return c > 0x20 && c < 0x7f;
}

// One character. Returns how many octets it took; *ok: it was one.
static size_t add_character(struct span s, enum jis_set set, struct mt_buf *out, bool *ok)
{
	// Line ends, blanks, and octets of other encodings stand for themselves.
	if (set == JIS_ASCII || !is_graphic(s.ptr[0])) {
		mt_buf_add(out, span_head(s, 1));
		return 1;
	}
	if (set == JIS_KANA) {
		mt_buf_add_char(out, (char)0x8e);
		mt_buf_add_char(out, (char)(s.ptr[0] | 0x80));
		return 1;
	}
	if (s.len < 2 || !is_graphic(s.ptr[1])) {
		*ok = false;
		return 1;
	}
	if (set == JIS_X_0212)
		mt_buf_add_char(out, (char)0x8f);
	mt_buf_add_char(out, (char)(s.ptr[0] | 0x80));
	mt_buf_add_char(out, (char)(s.ptr[1] | 0x80));
	return 2;
}

bool mime_jis_to_euc(struct span octets, struct mt_buf *out)
{
	enum jis_set set = JIS_ASCII;
	bool ok = true;

	while (octets.len > 0) {
		size_t n = octets.ptr[0] == ESC ? designate(octets, &set)
						: add_character(octets, set, out, &ok);
		ok = ok && n > 0;
		octets = span_skip(octets, n > 0 ? n : 1);
	}
	return ok;
}
