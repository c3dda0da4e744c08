// SPDX-License-Identifier: BSD-3-Clause

// The first octet says how the rest, a mail, is cut and where it has holes. Whatever the cuts, the
// hits are those of the mail given whole; without holes those of each scope searched alone, where
// the header ends as a plain loop finds it.

#include "scan_stream.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HITS_MAX 64

static const char yaml[] =
	"signatures:\n"
	"- {id: 1, name: n, literal: ab, in: [raw, header, body]}\n"
	"- {id: 2, name: n, pattern: 'a.{1,4}b', flags: dotall, in: [raw, header, body]}\n"
	"- {id: 3, name: n, pattern: '^b', in: [raw, header, body]}\n"
	"- {id: 4, name: n, pattern: 'b$', in: [raw, header, body]}\n"
	"- {id: 5, name: n, pattern: '^a\\r?$', flags: multiline, in: [raw, header, body]}\n"
	"- {id: 6, name: n, literal: \"\\n\\n\", in: [raw, header, body]}\n"
	"- {id: 7, name: n, literal: AbC, flags: caseless, in: [raw, header, body]}\n";

struct hits {
	struct {
		uint32_t id;
		enum scan_scope scope;
		uint64_t end;
	} list[HITS_MAX];
	size_t count;
};

static struct scan_pool *pool;

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void take(void *ctx, const struct scan_hit *hit)
{
	struct hits *hits = ctx;

	must(hits->count < HITS_MAX);
	hits->list[hits->count].id = hit->signature->id;
	hits->list[hits->count].scope = hit->scope;
	hits->list[hits->count++].end = hit->end;
}

static void set_up(void)
{
	char path[] = "/tmp/fuzz-scan-XXXXXX";
	const char *const paths[] = {path};
	const struct scan_settings settings = {paths, 1, NULL};
	struct mt_buf faults;

	mt_buf_init(&faults, 65536);
	int fd = mkstemp(path);
	must(fd >= 0 && write(fd, yaml, sizeof(yaml) - 1) == sizeof(yaml) - 1);
	close(fd);
	struct scan_set *set = scan_set_load(&settings, &faults);
	unlink(path);
	pool = scan_pool_create(2, take);
	must(set != NULL && pool != NULL && scan_pool_use(pool, set) == 0);
	scan_set_drop(set);
	mt_buf_fini(&faults);
}

// A number from the seed, another one each time.
static uint32_t draw(uint32_t *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

// Feeds the mail with a hole every `hole` octets (0: none), in pieces of at most `most`.
static void scan(
	struct span mail, size_t hole, size_t most, uint32_t seed, struct hits *ret)
{
	struct scan_stream *s = scan_begin(pool, ret);
	size_t left = hole;
	struct scan_result result;

	must(s != NULL);
	ret->count = 0;
	while (mail.len > 0) {
		size_t n = most < SIZE_MAX ? draw(&seed) % (most + 1) : SIZE_MAX;
		if (hole > 0 && n > left)
			n = left;
		struct span piece = span_head(mail, n);
		scan_feed(s, piece);
		mail = span_skip(mail, piece.len);
		if (hole == 0)
			continue;
		left -= piece.len;
		if (left > 0)
			continue;
		scan_gap(s);
		left = hole;
	}
	scan_end(s, true, &result);
	must(result.hits == ret->count && result.untold == 0);
}

static bool has(const struct hits *hits, uint32_t id, enum scan_scope scope, uint64_t end)
{
	for (size_t i = 0; i < hits->count; i++)
		if (hits->list[i].id == id && hits->list[i].scope == scope &&
			hits->list[i].end == end)
			return true;
	return false;
}

static void must_be_equal(const struct hits *a, const struct hits *b)
{
	must(a->count == b->count);
	for (size_t i = 0; i < a->count; i++)
		must(has(b, a->list[i].id, a->list[i].scope, a->list[i].end));
}

static size_t header_length(struct span mail)
{
	for (size_t at = 0; at < mail.len; at++) {
		bool begins = at == 0 || mail.ptr[at - 1] == '\n';
		if (begins && mail.ptr[at] == '\n')
			return at + 1;
		if (begins && mail.len - at > 1 && mail.ptr[at] == '\r' &&
			mail.ptr[at + 1] == '\n')
			return at + 2;
	}
	return mail.len;
}

// The hits of one scope are those in SCAN_RAW of its text alone.
static void must_be_scope(const struct hits *all, enum scan_scope scope, struct span text)
{
	struct hits alone;
	size_t want = 0, got = 0;

	scan(text, 0, SIZE_MAX, 0, &alone);
	for (size_t i = 0; i < alone.count; i++) {
		if (alone.list[i].scope != SCAN_RAW)
			continue;
		want++;
		must(has(all, alone.list[i].id, scope, alone.list[i].end));
	}
	for (size_t i = 0; i < all->count; i++)
		got += all->list[i].scope == scope;
	must(want == got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hits whole, cut;

	if (pool == NULL)
		set_up();
	if (size == 0)
		return 0;
	struct span mail = span_make(data + 1, size - 1);
	size_t hole = data[0] >> 4, most = 1 + (data[0] & 15);
	scan(mail, hole, SIZE_MAX, 0, &whole);
	scan(mail, hole, 1, data[0], &cut);
	must_be_equal(&whole, &cut);
	scan(mail, hole, most, data[0], &cut);
	must_be_equal(&whole, &cut);
	if (hole > 0)
		return 0;
	size_t header = header_length(mail);
	must_be_scope(&whole, SCAN_HEADER, span_head(mail, header));
	must_be_scope(&whole, SCAN_BODY, span_skip(mail, header));
	return 0;
}
