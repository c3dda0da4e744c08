// SPDX-License-Identifier: BSD-3-Clause
#include "probe.h"
#include "scan_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <hs/hs.h>

#define LITERALS   1000u
#define OCTETS_MAX (256u << 20)
#define MAIL       75000u
#define CHUNK      (16u << 10)

// What TCP carries in the capture, one behind the other: cut into mails of one size. Each begins
// with a header, so that header and body are told apart as in real ones.
static const char header[] =
	"From: a@example.org\r\nTo: b@example.org\r\nSubject: none\r\n"
	"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n\r\n";

struct text {
	uint8_t *ptr;
	size_t len;
};

static int text_read(const char *path, struct text *t)
{
	struct probe_capture c;

	*t = (struct text){.ptr = malloc(OCTETS_MAX)};
	if (t->ptr == NULL || probe_capture_read(&c, path) != 0)
		return -1;
	for (size_t i = 0; i < c.count; i++) {
		const struct packet *p = &c.frames[i].packet;
		if (c.frames[i].class != PACKET_TCP ||
			p->captured_len > OCTETS_MAX - t->len)
			continue;
		memcpy(t->ptr + t->len, c.frames[i].octets.ptr + p->payload_at,
			p->captured_len);
		t->len += p->captured_len;
	}
	probe_capture_free(&c);
	for (size_t at = 0; at + sizeof(header) <= t->len; at += MAIL)
		memcpy(t->ptr + at, header, sizeof(header) - 1);
	return 0;
}

// The same words every time.
static void word(uint32_t nth, char out[24])
{
	uint32_t x = nth * 2654435761u + 1;
	unsigned len = 6 + nth % 11;

	for (unsigned i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		out[i] = (char)('a' + x % 26);
	}
	out[len] = '\0';
}

static void count_hit(void *ctx, const struct scan_hit *hit)
{
	uint64_t *hits = ctx;

	(void)hit;
	++*hits;
}

static struct scan_set *load(const char *scopes)
{
	char path[] = "/tmp/mailtap-probe-XXXXXX", w[24];
	const char *const paths[] = {path};
	const struct scan_settings settings = {paths, 1, NULL};
	struct mt_buf faults;

	int fd = mkstemp(path);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (f == NULL)
		return NULL;
	fputs("signatures:\n", f);
	for (uint32_t i = 1; i <= LITERALS; i++) {
		word(i, w);
		fprintf(f, "- {id: %u, name: n, literal: %s, in: %s}\n", i, w, scopes);
	}
	fclose(f);
	mt_buf_init(&faults, 65536);
	struct scan_set *set = scan_set_load(&settings, &faults);
	if (set == NULL)
		fprintf(stderr, "%.*s", (int)faults.len, (const char *)faults.ptr);
	mt_buf_fini(&faults);
	unlink(path);
	return set;
}

static void scan_mail(struct scan_pool *pool, struct span mail, uint64_t *hits)
{
	struct scan_stream *s = scan_begin(pool, hits);

	for (; s != NULL && mail.len > 0; mail = span_skip(mail, CHUNK))
		scan_feed(s, span_head(mail, CHUNK));
	if (s != NULL)
		scan_end(s, true, NULL);
}

static int scan_all(const char *capture, struct scan_set *set, struct probe_result *ret)
{
	struct scan_pool *pool = scan_pool_create(1, count_hit);
	uint64_t hits = 0;
	struct text t;

	if (pool == NULL || scan_pool_use(pool, set) != 0 || text_read(capture, &t) != 0)
		return -1;
	scan_set_drop(set);
	probe_start(ret);
	for (struct span rest = span_make(t.ptr, t.len); rest.len > 0;
		rest = span_skip(rest, MAIL)) {
		scan_mail(pool, span_head(rest, MAIL), &hits);
		ret->units++;
	}
	probe_stop(ret);
	ret->octets = t.len;
	ret->unit = "mails";
	fprintf(stderr, "%llu hits\n", (unsigned long long)hits);
	scan_pool_destroy(pool);
	free(t.ptr);
	return 0;
}

int probe_scan(const char *capture, const char *scopes, struct probe_result *ret)
{
	struct scan_set *set = NULL;

	if (scopes != NULL) {
		set = load(scopes);
		if (set == NULL)
			return -1;
	}
	return scan_all(capture, set, ret);
}

static int count_match(unsigned id, unsigned long long from, unsigned long long to,
	unsigned flags, void *ctx)
{
	uint64_t *hits = ctx;

	(void)id;
	(void)from;
	(void)to;
	(void)flags;
	++*hits;
	return 0;
}

static hs_database_t *compile_plain(void)
{
	static char words[LITERALS][24];
	static const char *expressions[LITERALS];
	static unsigned flags[LITERALS], ids[LITERALS];
	hs_compile_error_t *error;
	hs_database_t *db = NULL;

	for (uint32_t i = 0; i < LITERALS; i++) {
		word(i + 1, words[i]);
		expressions[i] = words[i];
		flags[i] = HS_FLAG_SINGLEMATCH;
		ids[i] = i;
	}
	hs_compile_multi(
		expressions, flags, ids, LITERALS, HS_MODE_STREAM, NULL, &db, &error);
	return db;
}

// One stream for everything, nothing but Hyperscan: the limit.
int probe_scan_plain(const char *capture, struct probe_result *ret)
{
	hs_database_t *db = compile_plain();
	hs_scratch_t *scratch = NULL;
	hs_stream_t *stream = NULL;
	uint64_t hits = 0;
	struct text t;

	if (db == NULL || hs_alloc_scratch(db, &scratch) != HS_SUCCESS ||
		hs_open_stream(db, 0, &stream) != HS_SUCCESS ||
		text_read(capture, &t) != 0)
		return -1;
	probe_start(ret);
	for (struct span rest = span_make(t.ptr, t.len); rest.len > 0;
		rest = span_skip(rest, CHUNK)) {
		struct span piece = span_head(rest, CHUNK);
		hs_scan_stream(stream, (const char *)piece.ptr, (unsigned)piece.len, 0,
			scratch, count_match, &hits);
		ret->units++;
	}
	probe_stop(ret);
	ret->octets = t.len;
	ret->unit = "chunks";
	hs_close_stream(stream, NULL, NULL, NULL);
	hs_free_scratch(scratch);
	hs_free_database(db);
	free(t.ptr);
	return 0;
}
