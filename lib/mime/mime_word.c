// SPDX-License-Identifier: BSD-3-Clause
#include "mime_word.h"

#include "mime_text.h"

#define CHARSET_MAX 64 // octets, with the language

// Where the encoded text ends: the offset of "?=", or s.len when another word begins before, or
// nothing ends at all.
static size_t find_end(struct span s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		if (s.ptr[i] == '?' && s.ptr[i + 1] == '=')
			return i;
		// An "=?" that is no end itself ("=?=" is a lone "=" and the end).
		if (s.ptr[i] == '=' && s.ptr[i + 1] == '?' &&
			(i + 2 == s.len || s.ptr[i + 2] != '='))
			return s.len;
	}
	return s.len;
}

bool mime_word_parse(struct span s, struct mime_word *ret)
{
	struct mime_word w;

	if (s.len < 2 || s.ptr[0] != '=' || s.ptr[1] != '?')
		return false;
	struct span rest = span_skip(s, 2);
	size_t n = span_find(span_head(rest, CHARSET_MAX), '?');
	// "?", the encoding, "?": then text.
	if (n == 0 || n + 3 > rest.len || rest.ptr[n] != '?' || rest.ptr[n + 2] != '?')
		return false;
	uint8_t encoding = rest.ptr[n + 1] | 0x20;
	if (encoding != 'b' && encoding != 'q')
		return false;
	w.charset = span_head(rest, n);
	for (size_t i = 0; i < n; i++)
		if (w.charset.ptr[i] == '=' || w.charset.ptr[i] == '<')
			return false;
	// RFC 2231 5: the language behind a star.
	w.charset = span_head(w.charset, span_find(w.charset, '*'));
	w.base64 = encoding == 'b';
	rest = span_skip(rest, n + 3);
	n = find_end(rest);
	if (n == rest.len)
		return false;
	w.text = span_head(rest, n);
	w.len = (size_t)(rest.ptr + n + 2 - s.ptr);
	*ret = w;
	return true;
}

// 64: not of the alphabet.
static unsigned value_of(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : 64;
}

// False when it was not clean; what can be decoded is.
static bool add_base64(struct mt_buf *out, struct span s)
{
	uint32_t bits = 0;
	unsigned count = 0;
	bool clean = true;

	for (size_t i = 0; i < s.len; i++) {
		unsigned value = value_of(s.ptr[i]);
		if (value < 64) {
			bits = bits << 6 | value;
			count += 6;
		} else if (s.ptr[i] == '=') {
			// Padding; pieces encoded each for itself may follow.
			clean = clean && count != 6;
			count = 0;
		} else {
			clean = clean && mime_is_blank(s.ptr[i]);
		}
		if (count >= 8) {
			count -= 8;
			mt_buf_add_char(out, (char)(bits >> count & 0xff));
		}
	}
	return clean && count != 6;
}

static int hex_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool add_q(struct mt_buf *out, struct span s)
{
	bool clean = true;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		if (c == '=') {
			int high = i + 2 < s.len ? hex_of(s.ptr[i + 1]) : -1;
			int low = high >= 0 ? hex_of(s.ptr[i + 2]) : -1;
			if (low >= 0) {
				c = (uint8_t)(high << 4 | low);
				i += 2;
			}
			clean = clean && low >= 0;
		} else if (c == '_') {
			c = ' ';
		}
		mt_buf_add_char(out, (char)c);
	}
	return clean;
}

static size_t blanks_at(struct span s)
{
	size_t n = 0;

	while (n < s.len && mime_is_blank(s.ptr[n]))
		n++;
	return n;
}

// Octets of one character set are gathered and converted at once: a character may be split.
static void add_word(struct mime_env *env, const struct mime_word *w, uint64_t *odds)
{
	bool clean = w->base64 ? add_base64(&env->octets, w->text)
			       : add_q(&env->octets, w->text);

	if (!clean)
		*odds |= mt_odd_bit(MT_ODD_encoded_word_bad);
}

static void convert_gathered(struct mime_env *env, enum mime_charset charset,
	struct mt_buf *out, uint64_t *odds)
{
	mime_charset_add(&env->charsets, charset, mt_buf_span(&env->octets), out, odds);
	mt_buf_clear(&env->octets);
}

size_t mime_words_add(
	struct mime_env *env, struct span s, struct mt_buf *out, uint64_t *odds)
{
	enum mime_charset charset = MIME_CHARSET_UNKNOWN;
	struct mime_word w;
	size_t used = 0, gap = 0;

	mt_buf_clear(&env->octets);
	while (mime_word_parse(span_skip(s, used + gap), &w)) {
		enum mime_charset set = mime_charset_find(w.charset);
		if (set != charset)
			convert_gathered(env, charset, out, odds);
		charset = set;
		add_word(env, &w, odds);
		used += gap + w.len;
		gap = blanks_at(span_skip(s, used));
	}
	convert_gathered(env, charset, out, odds);
	return used;
}
