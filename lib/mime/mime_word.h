// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Encoded words (RFC 2047, with the language of RFC 2231): "=?utf-8*de?Q?gr=C3=BCn?=". Lenient
// where readers are: any length, blanks inside, padding missing or in the middle of base64.

#include "mime_env.h"

struct mime_word {
	struct span charset, text;
	bool base64; // else quoted-printable's cousin Q
	size_t len; // of the whole word
};

// Is there an encoded word at the front of s? Looks no further than the next "=?" behind it, so
// that a field full of beginnings costs no more than its length.
bool mime_word_parse(struct span s, struct mime_word *ret);
// Decodes the words at the front of s, up to the last one before something else stands; blanks
// between them are dropped, characters split between two of one character set are joined. Returns
// how many octets of s they are, 0 when there is none. Sets MT_ODD_encoded_word_bad.
size_t mime_words_add(
	struct mime_env *env, struct span s, struct mt_buf *out, uint64_t *odds);
