// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_auth.h"

#define DECODED_MAX 768

static int sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Stops at the first octet that is not base64. Returns the octets written.
static size_t decode(struct span text, uint8_t out[DECODED_MAX])
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	for (size_t i = 0; i < text.len && n < DECODED_MAX; i++) {
		int v = sextet(text.ptr[i]);
		if (v < 0)
			break;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
	}
	return n;
}

static void set_user(struct smtp_auth *a, struct span user)
{
	a->user_len = (uint8_t)(user.len < sizeof(a->user) ? user.len : sizeof(a->user));
	memcpy(a->user, user.ptr, a->user_len);
}

static bool is(const struct smtp_auth *a, const char *mechanism)
{
	return span_equal(smtp_auth_mechanism(a), span_text(mechanism));
}

// RFC 4616: authorization identity, NUL, user, NUL, secret.
static void read_plain(struct smtp_auth *a, struct span text)
{
	struct span rest = span_skip(text, span_find(text, '\0') + 1);

	set_user(a, span_head(rest, span_find(rest, '\0')));
}

// RFC 2195: user, a blank, the digest.
static void read_cram(struct smtp_auth *a, struct span text)
{
	size_t n = text.len;

	while (n > 0 && text.ptr[n - 1] != ' ')
		n--;
	set_user(a, span_head(text, n > 0 ? n - 1 : 0));
}

// "user=" name, an octet 1, then the token.
static void read_xoauth2(struct smtp_auth *a, struct span text)
{
	if (!span_equal(span_head(text, 5), span_text("user=")))
		return;
	text = span_skip(text, 5);
	set_user(a, span_head(text, span_find(text, 1)));
}

static uint32_t le(const uint8_t *p, unsigned octets)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < octets; i++)
		n |= (uint32_t)p[i] << (8 * i);
	return n;
}

// The third NTLM message: its user field is {length, room, offset} at 36; UTF-16 or octets.
static void read_ntlm(struct smtp_auth *a, struct span text)
{
	uint8_t user[sizeof(a->user)];
	size_t n = 0;

	if (text.len < 64 || memcmp(text.ptr, "NTLMSSP", 8) != 0 ||
		le(text.ptr + 8, 4) != 3)
		return;
	uint32_t len = le(text.ptr + 36, 2), at = le(text.ptr + 40, 4);
	bool wide = (le(text.ptr + 60, 4) & 1) != 0;
	if (at > text.len || len > text.len - at)
		return;
	for (uint32_t i = 0; i < len && n < sizeof(user); i += wide ? 2 : 1)
		user[n++] = wide && i + 1 < len && text.ptr[at + i + 1] != 0
			? '?'
			: text.ptr[at + i];
	set_user(a, span_make(user, n));
}

void smtp_auth_answer(struct smtp_auth *a, struct span line)
{
	uint8_t decoded[DECODED_MAX];
	struct span text = span_make(decoded, decode(line, decoded));
	bool first = a->answers == 0;

	a->answers += a->answers < UINT8_MAX ? 1 : 0;
	if (is(a, "LOGIN") && first)
		set_user(a, text);
	else if (is(a, "PLAIN") && first)
		read_plain(a, text);
	else if (is(a, "CRAM-MD5") && first)
		read_cram(a, text);
	else if (is(a, "XOAUTH2") && first)
		read_xoauth2(a, text);
	else if (is(a, "NTLM"))
		read_ntlm(a, text);
	explicit_bzero(decoded, sizeof(decoded));
}

void smtp_auth_start(struct smtp_auth *a, struct span mechanism, struct span initial)
{
	size_t n = mechanism.len < sizeof(a->mechanism) ? mechanism.len
							: sizeof(a->mechanism);

	a->user_len = a->answers = 0;
	a->mechanism_len = (uint8_t)n;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = mechanism.ptr[i];
		a->mechanism[i] = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
	}
	if (initial.len > 0)
		smtp_auth_answer(a, initial);
}
