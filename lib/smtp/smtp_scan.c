// SPDX-License-Identifier: BSD-3-Clause
#include "smtp_scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define STEP 64

// RFC 5322 2.1.1: 998 octets, and the CR that is counted with them.
#define LINE_MAX_CR 999

struct masks { // bit n: octet n of the step is one
	uint64_t lf, cr, dot, nul;
};

#ifdef __SSE2__
static inline uint64_t equal_64(const __m128i octets[4], char c)
{
	__m128i same = _mm_set1_epi8(c);
	uint64_t a = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(octets[0], same));
	uint64_t b = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(octets[1], same));
	uint64_t d = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(octets[2], same));
	uint64_t e = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(octets[3], same));

	return a | b << 16 | d << 32 | e << 48;
}

static inline struct masks masks_of(const uint8_t *at)
{
	const __m128i *from = (const __m128i *)(const void *)at;
	const __m128i octets[4] = {_mm_loadu_si128(from), _mm_loadu_si128(from + 1),
		_mm_loadu_si128(from + 2), _mm_loadu_si128(from + 3)};

	return (struct masks){
		.lf = equal_64(octets, '\n'),
		.cr = equal_64(octets, '\r'),
		.dot = equal_64(octets, '.'),
		.nul = equal_64(octets, '\0'),
	};
}
#else
static struct masks masks_of(const uint8_t *at)
{
	struct masks m = {0};

	for (unsigned i = 0; i < STEP; i++) {
		m.lf |= (uint64_t)(at[i] == '\n') << i;
		m.cr |= (uint64_t)(at[i] == '\r') << i;
		m.dot |= (uint64_t)(at[i] == '.') << i;
		m.nul |= (uint64_t)(at[i] == '\0') << i;
	}
	return m;
}
#endif

static void note_lines(struct smtp_scan *s, uint64_t lf, unsigned n)
{
	unsigned first = lf != 0 ? (unsigned)__builtin_ctzll(lf) : n;

	// Lines that lie within a step are short: only the first can have become too long.
	if (s->line + first > LINE_MAX_CR)
		s->found |= SMTP_SCAN_LONG_LINE;
	if (lf != 0)
		s->line = n - 64 + (unsigned)__builtin_clzll(lf);
	else if (s->line <= LINE_MAX_CR)
		s->line += n;
}

static uint8_t before_after(const struct smtp_scan *s, const struct masks *m, unsigned n)
{
	uint64_t last = 1ULL << (n - 1);

	if (m->cr & last)
		return SMTP_BEFORE_CR;
	if (!(m->lf & last))
		return SMTP_BEFORE_OTHER;
	bool cr = n > 1 ? (m->cr & (last >> 1)) != 0 : s->before == SMTP_BEFORE_CR;
	return cr ? SMTP_BEFORE_CRLF : SMTP_BEFORE_LF;
}

// Takes the n octets (1 to 64) that m describes, or fewer: up to the first dot at a line start.
static inline unsigned take(struct smtp_scan *s, struct masks m, unsigned n)
{
	uint64_t start = (m.lf | m.cr) << 1 | (s->before != SMTP_BEFORE_OTHER ? 1 : 0);
	uint64_t hit = m.dot & start;
	uint64_t first_hit = hit & (~hit + 1);
	uint64_t cr_before = m.cr << 1 | (s->before == SMTP_BEFORE_CR ? 1 : 0);

	if (hit != 0)
		n = (unsigned)__builtin_ctzll(hit);
	// An octet behind a CR judges it, so a dot that ends the step judges one as well.
	uint64_t seen = n < 64 ? (1ULL << n) - 1 : UINT64_MAX;
	uint64_t judged = seen | first_hit;
	if (cr_before & ~m.lf & judged)
		s->found |= SMTP_SCAN_BARE_CR;
	if (n == 0)
		return 0;
	m.lf &= seen;
	m.cr &= seen;
	if (m.lf & ~cr_before)
		s->found |= SMTP_SCAN_BARE_LF;
	if (m.nul & seen)
		s->found |= SMTP_SCAN_NUL;
	note_lines(s, m.lf, n);
	s->before = before_after(s, &m, n);
	return n;
}

// The octets after the last whole step, from a copy that may be read to its end.
static struct masks masks_of_rest(const uint8_t *at, size_t n)
{
	uint8_t step[STEP] = {0};

	memcpy(step, at, n);
	return masks_of(step);
}

size_t smtp_scan(struct smtp_scan *s, struct span text)
{
	size_t at = 0;

	while (at < text.len) {
		size_t left = text.len - at;
		unsigned n = left < STEP ? (unsigned)left : STEP;
		struct masks m = n == STEP ? masks_of(text.ptr + at)
					   : masks_of_rest(text.ptr + at, n);
		unsigned taken = take(s, m, n);
		at += taken;
		if (taken < n)
			break;
	}
	return at;
}
