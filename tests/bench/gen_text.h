// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Makes mails that look like text: a header of their own, then lines of at most 76 letters; some
// begin with a dot. The octets depend on the random numbers alone.

#include "gen_random.h"

#include "mt_span.h"

#define GEN_TEXT_MIN 256 // octets of the smallest mail

struct gen_text;

// NULL when there is no memory.
struct gen_text *gen_text_create(struct gen_random *r);
void gen_text_destroy(struct gen_text *text);
// Fills ret with a mail of exactly size octets (at least GEN_TEXT_MIN) that ends in CRLF.
// number: makes its header unlike any other's.
void gen_text_fill(const struct gen_text *text, struct gen_random *r, uint64_t number,
	uint8_t *ret, size_t size);
// Writes it as DATA sends it: dots stuffed, the final dot line (RFC 5321 4.5.2). ret has room
// for twice the octets and 3. Returns the length.
size_t gen_text_stuff(struct span mail, uint8_t *ret);
