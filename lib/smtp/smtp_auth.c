// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_auth.h"

// Four octets of a line give three; a longer one is read as far as this.
#define DECODED_MAX 3072

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

// RFC 4616: authorization identity, NUL, user, NUL, secret.
static void read_plain(struct smtp_auth *a, struct span text)
{
	struct span rest = span_skip(text, span_find(text, '\0') + 1);

	set_user(a, span_head(rest, span_find(rest, '\0')));
}

// The user's name and nothing else: the first answer of LOGIN, and EXTERNAL (RFC 4422 A).
static void read_name(struct smtp_auth *a, struct span text)
{
	set_user(a, text);
}

// RFC 2195: user, a blank, the digest.
static void read_cram(struct smtp_auth *a, struct span text)
{
	size_t n = text.len;

	while (n > 0 && text.ptr[n - 1] != ' ')
		n--;
	set_user(a, span_head(text, n > 0 ? n - 1 : 0));
}

// What stands between `mark`, which begins a field, and the octet `end`. False: it is not there.
static bool find_field(
	struct span text, const char *mark, uint8_t before, uint8_t end, struct span *ret)
{
	size_t n = strlen(mark);

	for (size_t i = 0; i + n <= text.len; i++) {
		if ((i > 0 && text.ptr[i - 1] != before) ||
			memcmp(text.ptr + i, mark, n) != 0)
			continue;
		*ret = span_skip(text, i + n);
		*ret = span_head(*ret, span_find(*ret, end));
		return true;
	}
	return false;
}

// "user=" name, an octet 1, then the token.
static void read_xoauth2(struct smtp_auth *a, struct span text)
{
	struct span user;

	if (find_field(text, "user=", 0, 1, &user))
		set_user(a, user);
}

// RFC 7628 3.1, RFC 5801 4: "n,a=" name, a comma.
static void read_oauthbearer(struct smtp_auth *a, struct span text)
{
	struct span user;

	if (find_field(text, "a=", ',', ',', &user))
		set_user(a, user);
}

// RFC 5802 7: "n,,n=" name, a comma.
static void read_scram(struct smtp_auth *a, struct span text)
{
	struct span user;

	text = span_skip(text, span_find(text, ',') + 1);
	if (find_field(text, "n=", ',', ',', &user))
		set_user(a, user);
}

// RFC 2831 2.1.2: username="name".
static void read_digest(struct smtp_auth *a, struct span text)
{
	struct span user;

	if (find_field(text, "username=\"", ',', '"', &user))
		set_user(a, user);
}

static uint32_t le(const uint8_t *p, unsigned octets)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < octets; i++)
		n |= (uint32_t)p[i] << (8 * i);
	return n;
}

// Appends one UTF-16 unit as UTF-8; half of a pair becomes '?'. Returns the new length.
static size_t add_unit(uint8_t *out, size_t n, size_t room, uint32_t unit)
{
	if (unit >= 0xD800 && unit < 0xE000)
		unit = '?';
	if (unit < 0x80 && n < room)
		out[n++] = (uint8_t)unit;
	else if (unit >= 0x80 && unit < 0x800 && n + 2 <= room) {
		out[n++] = (uint8_t)(0xC0 | unit >> 6);
		out[n++] = (uint8_t)(0x80 | (unit & 0x3F));
	} else if (unit >= 0x800 && n + 3 <= room) {
		out[n++] = (uint8_t)(0xE0 | unit >> 12);
		out[n++] = (uint8_t)(0x80 | (unit >> 6 & 0x3F));
		out[n++] = (uint8_t)(0x80 | (unit & 0x3F));
	}
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
	if (!wide) {
		set_user(a, span_make(text.ptr + at, len));
		return;
	}
	for (uint32_t i = 0; i + 2 <= len; i += 2)
		n = add_unit(user, n, sizeof(user), le(text.ptr + at + i, 2));
	set_user(a, span_make(user, n));
}

// Where each mechanism shows the user: in the first answer alone, but for NTLM.
static const struct {
	const char *name; // a prefix where it ends in '-'
	void (*read)(struct smtp_auth *a, struct span text);
	bool always;
} mechanisms[] = {
	{"LOGIN", read_name, false},
	{"PLAIN", read_plain, false},
	{"CRAM-MD5", read_cram, false},
	{"EXTERNAL", read_name, false},
	{"DIGEST-MD5", read_digest, false},
	{"SCRAM-", read_scram, false},
	{"XOAUTH2", read_xoauth2, false},
	{"OAUTHBEARER", read_oauthbearer, false},
	{"NTLM", read_ntlm, true},
};

static bool is(const struct smtp_auth *a, const char *mechanism)
{
	size_t n = strlen(mechanism);
	struct span mine = smtp_auth_mechanism(a);

	if (mechanism[n - 1] == '-')
		mine = span_head(mine, n);
	return span_equal(mine, span_text(mechanism));
}

void smtp_auth_answer(struct smtp_auth *a, struct span line)
{
	uint8_t decoded[DECODED_MAX];
	bool first = a->answers == 0;

	if (a->answers == UINT8_MAX)
		return;
	struct span text = span_make(decoded, decode(line, decoded));
	a->answers += a->answers < UINT8_MAX - 1 ? 1 : 0;
	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(*mechanisms); i++)
		if (is(a, mechanisms[i].name) && (first || mechanisms[i].always))
			mechanisms[i].read(a, text);
	explicit_bzero(decoded, sizeof(decoded));
}

void smtp_auth_blind(struct smtp_auth *a)
{
	a->answers = UINT8_MAX;
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
