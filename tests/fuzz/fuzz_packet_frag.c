// SPDX-License-Identifier: BSD-3-Clause

// Fragments of two datagrams, four octets each: which datagram and what is odd about it, where it
// stands, how long it is, and how its octets differ. The model is a map of octets, so it is right
// by construction: it knows nothing of parts, order or trimming. The first octet of the input makes the
// room small; then only the accounts are held, since what is given up depends on parts.

#include "packet_frag.h"

#include <stdlib.h>

#define FRAGMENTS_MAX 200
#define MAP           (255 * 8 + 255 + 1)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fragment {
	struct packet_frag_part part;
	uint32_t at; // as it came
	uint8_t differs;
	bool given; // it is ours again
};

struct model {
	uint8_t octets[MAP];
	bool set[MAP];
	uint32_t len, count;
	bool end_known, doubtful;
};

static struct fragment fragments[FRAGMENTS_MAX];
static struct model models[2];

static void check(bool holds)
{
	if (!holds)
		abort();
}

static uint8_t octet_at(const struct fragment *f, uint32_t at)
{
	return (uint8_t)(at * 7 + (at >= f->at + 16 ? f->differs : 0));
}

static const struct fragment *fragment_of(const struct packet_frag_part *part)
{
	return (const struct fragment *)part;
}

static bool equal(void *ctx, const struct packet_frag_part *a, uint32_t a_at,
	const struct packet_frag_part *b, uint32_t b_at, uint32_t len)
{
	const struct fragment *x = fragment_of(a), *y = fragment_of(b);

	(void)ctx;
	check(a_at + len <= a->skip + a->len && b_at + len <= b->skip + b->len);
	for (uint32_t i = 0; i < len; i++)
		if (octet_at(x, x->at + a_at + i) != octet_at(y, y->at + b_at + i))
			return false;
	return true;
}

static void release(void *ctx, struct packet_frag_part *part, enum packet_frag_why why)
{
	struct fragment *f = (struct fragment *)part;

	(void)ctx;
	check(why < PACKET_FRAG_WHY_COUNT);
	check(!f->given);
	f->given = true;
}

// What a receiver does, octet by octet. True: the datagram is whole.
static bool model_take(
	struct model *m, const struct fragment *f, uint32_t len, bool more, bool six)
{
	bool same = true, all = true;
	uint32_t end;

	if (more && len % 8 != 0) {
		if (six)
			return false;
		len -= len % 8;
	}
	if (len == 0)
		return false;
	end = f->at + len;
	bool fits = more ? !m->end_known || end <= m->len
			 : end >= m->len && (!m->end_known || end == m->len);
	for (uint32_t i = f->at; i < end; i++) {
		all = all && m->set[i];
		same = same && (!m->set[i] || m->octets[i] == octet_at(f, i));
	}
	if (!fits || (!same && !all)) {
		memset(m, 0, sizeof(*m));
		return false;
	}
	m->end_known = m->end_known || !more;
	if (end > m->len)
		m->len = end;
	if (!same)
		m->doubtful = true;
	for (uint32_t i = f->at; i < end; i++) {
		if (m->set[i])
			continue;
		m->set[i] = true;
		m->octets[i] = octet_at(f, i);
		m->count++;
	}
	return m->end_known && m->count == m->len;
}

static void check_whole(const struct packet_frag_whole *whole, const struct model *m)
{
	uint32_t at = 0;

	if (m != NULL)
		check(whole->len == m->len && whole->doubtful == m->doubtful);
	for (struct packet_frag_part *p = whole->parts; p != NULL; p = p->next) {
		struct fragment *f = (struct fragment *)p;
		check(p->at == at && p->len > 0 && f->at + p->skip == p->at);
		check(!f->given);
		f->given = true;
		for (uint32_t i = 0; m != NULL && i < p->len; i++)
			check(octet_at(f, at + i) == m->octets[at + i]);
		at += p->len;
	}
	check(at == whole->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct packet_frag_calls calls = {equal, release, NULL};
	struct packet_frag_whole whole;
	size_t n = 0;

	if (size < 1)
		return 0;
	bool small = data[0] & 1, six = data[0] & 2;
	uint32_t buffers = small ? 3 + (data[0] >> 2) : 2 * FRAGMENTS_MAX;
	struct packet_frag *table = packet_frag_create(small ? 1 : 4, buffers, &calls);
	check(table != NULL);
	memset(models, 0, sizeof(models));
	for (size_t at = 1; at + 4 <= size && n < FRAGMENTS_MAX; at += 4, n++) {
		const uint8_t *op = data + at;
		struct fragment *f = &fragments[n];
		struct packet_frag_key key = {.id = op[0] & 1, .protocol = six ? 0 : 6};
		struct model *m = &models[op[0] & 1];
		bool more = op[0] & 2;
		*f = (struct fragment){.at = op[1] * 8u, .differs = op[3]};
		f->part.at = f->at;
		f->part.len = op[2];
		f->part.buffers = 1 + (op[0] >> 7);
		bool is_whole = packet_frag_take(table, &key, &f->part, more, n, &whole);
		check(packet_frag_buffers(table) <= buffers);
		if (!small)
			check(is_whole == model_take(m, f, op[2], more, six));
		if (!is_whole)
			continue;
		check_whole(&whole, small ? NULL : m);
		memset(m, 0, sizeof(*m));
	}
	packet_frag_flush(table, 0, true);
	check(packet_frag_held(table) == 0 && packet_frag_buffers(table) == 0);
	for (size_t i = 0; i < n; i++)
		check(fragments[i].given);
	packet_frag_destroy(table);
	return 0;
}
