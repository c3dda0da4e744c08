// SPDX-License-Identifier: BSD-3-Clause
#include "scan_stream_internal.h"

#include "mt_assert.h"

#define PIECE_MAX (1u << 30) // Hyperscan counts the octets of a call in an unsigned int
#define SPARE     64u // octets behind a text that Hyperscan may read, at most
#define PAGE      4096u // the smallest there is

// Whether this hit may be told. `told` counts on to its limit also when it may not.
static bool may_tell(
	const struct scan_stream *s, const struct scan_signature *sig, uint8_t told)
{
	if (told == 0)
		return s->result.hits < SCAN_HITS_MAX;
	return (sig->flags & SCAN_ALL_MATCHES) && told < SCAN_REPEATS_MAX &&
		s->result.hits < SCAN_HITS_MAX / 2;
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to,
	unsigned flags, void *ctx)
{
	struct scan_stream *s = ctx;
	const struct scan_signature *sig = &s->set->signatures[id];
	uint8_t *told = &s->told[id * SCAN_SCOPE_COUNT + s->now];

	(void)from;
	(void)flags;
	// The same one again behind a hole is nothing new.
	if (*told > 0 && !(sig->flags & SCAN_ALL_MATCHES))
		return 0;
	bool tell = may_tell(s, sig, *told);
	s->dirty = true;
	s->result.hold = s->result.hold || sig->action == SCAN_HOLD;
	if (*told < SCAN_REPEATS_MAX)
		++*told;
	s->result.hits += tell;
	s->result.untold += !tell;
	if (!tell)
		return 0;
	const struct scan_hit hit = {sig, s->now, s->parts[s->now].begin + to};
	s->pool->report(s->ctx, &hit);
	return 0;
}

static void look(struct scan_stream *s, struct scan_part *part, struct span text)
{
	hs_error_t rc = hs_scan_stream(part->stream, (const char *)text.ptr,
		(unsigned)text.len, 0, s->pool->scratch, on_match, s);

	MT_ASSERT(rc == HS_SUCCESS);
	part->octets += text.len;
}

// Whether the octets behind the text may be in a page that is not there.
static bool ends_at_page(struct span text)
{
	uintptr_t end = (uintptr_t)text.ptr + text.len;

	return (end - 1) / PAGE != (end + SPARE - 1) / PAGE;
}

// Hyperscan 5.4 reads behind the end of what it is given (fat teddy on AVX-512 VBMI, by 32 octets;
// vectorscan issue 322 describes it), which is harmless unless no memory is there. So what stands
// last in a page is looked at in a copy.
static void look_safely(struct scan_stream *s, struct scan_part *part, struct span text)
{
	uint8_t copy[2 * SPARE] = {0};

	if (!ends_at_page(text)) {
		look(s, part, text);
		return;
	}
	size_t before = text.len > SPARE ? text.len - SPARE : 0;
	struct span last = span_skip(text, before);
	memcpy(copy, last.ptr, last.len);
	if (before > 0)
		look(s, part, span_head(text, before));
	look(s, part, span_make(copy, last.len));
}

static void feed(struct scan_stream *s, enum scan_scope scope, struct span text)
{
	struct scan_part *part = &s->parts[scope];

	if (part->stream == NULL)
		return;
	s->now = scope;
	while (text.len > 0) {
		look_safely(s, part, span_head(text, PIECE_MAX));
		text = span_skip(text, PIECE_MAX);
	}
}

// Lets the stream begin anew. is_end: the scope ends here, so what matches only at the end is told.
static void reset(struct scan_stream *s, enum scan_scope scope, bool is_end)
{
	struct scan_part *part = &s->parts[scope];

	if (part->stream == NULL || part->begin == part->octets)
		return;
	s->now = scope;
	hs_error_t rc = is_end
		? hs_reset_stream(part->stream, 0, s->pool->scratch, on_match, s)
		: hs_reset_stream(part->stream, 0, NULL, NULL, NULL);
	MT_ASSERT(rc == HS_SUCCESS);
	part->begin = part->octets;
}

struct scan_stream *scan_begin(struct scan_pool *pool, void *ctx)
{
	if (pool->set == NULL || pool->set->count == 0)
		return NULL;
	struct scan_stream *s = scan_pool_take(pool);
	if (s == NULL) {
		pool->stats.unscanned++;
		return NULL;
	}
	pool->stats.mails++;
	s->ctx = ctx;
	return s;
}

void scan_feed(struct scan_stream *s, struct span text)
{
	feed(s, SCAN_RAW, text);
	if (!s->is_split)
		return;
	size_t header = 0;
	if (!s->split.ended) {
		header = scan_split_feed(&s->split, text);
		feed(s, SCAN_HEADER, span_head(text, header));
		if (s->split.ended)
			reset(s, SCAN_HEADER, true);
	}
	feed(s, SCAN_BODY, s->unsure ? text : span_skip(text, header));
}

void scan_gap(struct scan_stream *s)
{
	for (int i = 0; i < SCAN_SCOPE_COUNT; i++)
		reset(s, i, false);
	if (s->split.ended)
		return;
	s->unsure = true;
	scan_split_gap(&s->split);
}

void scan_end(struct scan_stream *s, bool whole, struct scan_result *ret)
{
	struct scan_pool_stats *stats = &s->pool->stats;

	for (int i = 0; i < SCAN_SCOPE_COUNT; i++) {
		reset(s, i, whole);
		s->parts[i].begin = s->parts[i].octets = 0;
	}
	stats->hits += s->result.hits;
	stats->untold += s->result.untold;
	if (ret != NULL)
		*ret = s->result;
	if (s->dirty)
		memset(s->told, 0, SCAN_SCOPE_COUNT * s->set->count);
	s->dirty = s->unsure = false;
	s->split = (struct scan_split){0};
	s->result = (struct scan_result){0};
	scan_pool_put(s);
}

const struct scan_set *scan_stream_set(const struct scan_stream *s)
{
	return s->set;
}
