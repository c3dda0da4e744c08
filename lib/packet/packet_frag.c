// SPDX-License-Identifier: BSD-3-Clause
#include "packet_frag.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/random.h>

#define PAYLOAD_MAX 65535u

_Static_assert(sizeof(struct packet_frag_key) == 56, "the key is hashed as plain octets");

struct datagram {
	TAILQ_ENTRY(datagram) age_link;
	struct datagram *next; // of its bucket, or of the free ones
	struct packet_frag_key key;
	struct packet_frag_part *parts, *last; // in order, without overlap
	uint64_t since_us;
	uint32_t bucket;
	uint32_t count, octets;
	uint32_t len; // by the last fragment, or one past the highest octet
	bool end_known;
	bool doubtful;
};

TAILQ_HEAD(datagrams, datagram);

struct packet_frag {
	struct packet_frag_calls calls;
	struct mt_siphash_key secret;
	struct datagram *slab, *free;
	struct datagram **buckets;
	struct datagrams by_age; // oldest first
	uint32_t bucket_mask;
	uint32_t held, buffers, buffers_max;
};

struct packet_frag *packet_frag_create(
	uint32_t datagrams, uint32_t buffers, const struct packet_frag_calls *calls)
{
	struct packet_frag *f = calloc(1, sizeof(*f));
	uint32_t count = 16;

	if (f == NULL)
		return NULL;
	if (datagrams == 0)
		datagrams = 1;
	while (count < datagrams)
		count *= 2;
	f->calls = *calls;
	f->bucket_mask = count - 1;
	f->buffers_max = buffers;
	TAILQ_INIT(&f->by_age);
	f->slab = calloc(datagrams, sizeof(*f->slab));
	f->buckets = calloc(count, sizeof(struct datagram *));
	if (f->slab == NULL || f->buckets == NULL ||
		getrandom(&f->secret, sizeof(f->secret), 0) != sizeof(f->secret)) {
		packet_frag_destroy(f);
		errno = ENOMEM;
		return NULL;
	}
	for (uint32_t i = 0; i < datagrams; i++) {
		f->slab[i].next = f->free;
		f->free = &f->slab[i];
	}
	return f;
}

void packet_frag_destroy(struct packet_frag *f)
{
	if (f == NULL)
		return;
	free(f->slab);
	free(f->buckets);
	free(f);
}

static void release(
	struct packet_frag *f, struct packet_frag_part *part, enum packet_frag_why why)
{
	f->calls.release(f->calls.ctx, part, why);
}

// Leaves the table; its parts are no longer ours.
static void forget(struct packet_frag *f, struct datagram *d)
{
	struct datagram **at = &f->buckets[d->bucket];

	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	TAILQ_REMOVE(&f->by_age, d, age_link);
	d->next = f->free;
	f->free = d;
	f->held -= d->count;
	for (struct packet_frag_part *p = d->parts; p != NULL; p = p->next)
		f->buffers -= p->buffers;
}

static void give_up(struct packet_frag *f, struct datagram *d, enum packet_frag_why why)
{
	struct packet_frag_part *p = d->parts, *next;

	forget(f, d);
	for (; p != NULL; p = next) {
		next = p->next;
		release(f, p, why);
	}
}

void packet_frag_flush(struct packet_frag *f, uint64_t now_us, bool all)
{
	struct datagram *d;

	while ((d = TAILQ_FIRST(&f->by_age)) != NULL) {
		if (!all && d->since_us + PACKET_FRAG_WAIT_US > now_us)
			return;
		give_up(f, d, PACKET_FRAG_LATE);
	}
}

static struct datagram *find(
	const struct packet_frag *f, const struct packet_frag_key *key, uint32_t bucket)
{
	struct datagram *d = f->buckets[bucket];

	while (d != NULL && memcmp(&d->key, key, sizeof(*key)) != 0)
		d = d->next;
	return d;
}

static struct datagram *begin(struct packet_frag *f, const struct packet_frag_key *key,
	uint32_t bucket, uint64_t now_us)
{
	if (f->free == NULL)
		give_up(f, TAILQ_FIRST(&f->by_age), PACKET_FRAG_FULL);
	struct datagram *d = f->free;
	f->free = d->next;
	*d = (struct datagram){
		.key = *key,
		.since_us = now_us,
		.bucket = bucket,
		.next = f->buckets[bucket],
	};
	f->buckets[bucket] = d;
	TAILQ_INSERT_TAIL(&f->by_age, d, age_link);
	return d;
}

static uint32_t end_of(const struct packet_frag_part *p)
{
	return p->at + p->len;
}

// Whether it agrees with what is known of the end, which it may tell itself.
static bool agrees_with_end(
	struct datagram *d, const struct packet_frag_part *part, bool more)
{
	uint32_t end = end_of(part);

	if (!more && (end < d->len || (d->end_known && end != d->len)))
		return false;
	if (more && d->end_known && end > d->len)
		return false;
	d->end_known = d->end_known || !more;
	if (end > d->len)
		d->len = end;
	return true;
}

// Whether two parts have the same octets where they overlap.
static bool agree(const struct packet_frag *f, const struct packet_frag_part *a,
	const struct packet_frag_part *b)
{
	uint32_t from = a->at > b->at ? a->at : b->at;
	uint32_t to = end_of(a) < end_of(b) ? end_of(a) : end_of(b);

	return f->calls.equal(f->calls.ctx, a, a->skip + from - a->at, b,
		b->skip + from - b->at, to - from);
}

enum overlap {
	OVERLAP_NONE,
	OVERLAP_SAME,
	OVERLAP_COVERED, // with other octets, but nothing in it is new
	OVERLAP_DIFFERS,
};

// `before` is the last part that begins before the new one ends up to it, or NULL.
static enum overlap look_at_overlap(const struct packet_frag *f,
	const struct packet_frag_part *from, const struct packet_frag_part *part)
{
	bool same = true, any = false;
	uint32_t covered = part->at; // so far without a hole

	for (const struct packet_frag_part *p = from; p != NULL && p->at < end_of(part);
		p = p->next) {
		if (end_of(p) <= part->at)
			continue;
		any = true;
		same = same && agree(f, p, part);
		if (p->at <= covered)
			covered = end_of(p);
	}
	if (!any)
		return OVERLAP_NONE;
	if (same)
		return OVERLAP_SAME;
	return covered >= end_of(part) ? OVERLAP_COVERED : OVERLAP_DIFFERS;
}

static void unlink_next(
	struct packet_frag *f, struct datagram *d, struct packet_frag_part *before)
{
	struct packet_frag_part **at = before != NULL ? &before->next : &d->parts;
	struct packet_frag_part *p = *at;

	*at = p->next;
	if (d->last == p)
		d->last = before;
	d->count--;
	d->octets -= p->len;
	f->held--;
	f->buffers -= p->buffers;
	release(f, p, PACKET_FRAG_COPY);
}

// Takes away what is there already with the same octets: of the new part its ends, of the old ones
// those that it covers. False: nothing in it was new.
static bool trim(struct packet_frag *f, struct datagram *d,
	struct packet_frag_part *before, struct packet_frag_part *part)
{
	struct packet_frag_part *p;

	if (before != NULL && end_of(before) > part->at) {
		uint32_t cut = end_of(before) - part->at;
		if (cut >= part->len)
			return false;
		part->at += cut;
		part->skip += cut;
		part->len -= cut;
	}
	while ((p = before != NULL ? before->next : d->parts) != NULL &&
		p->at < end_of(part)) {
		if (p->at == part->at && end_of(p) >= end_of(part))
			return false;
		if (end_of(p) > end_of(part)) {
			part->len = p->at - part->at;
			return true;
		}
		unlink_next(f, d, before);
	}
	return true;
}

static void insert(struct packet_frag *f, struct datagram *d,
	struct packet_frag_part *before, struct packet_frag_part *part)
{
	struct packet_frag_part **at = before != NULL ? &before->next : &d->parts;

	part->next = *at;
	*at = part;
	if (part->next == NULL)
		d->last = part;
	d->count++;
	d->octets += part->len;
	f->held++;
	f->buffers += part->buffers;
}

// The last part that begins before `at`; most come in order, so the end is looked at first.
static struct packet_frag_part *find_before(const struct datagram *d, uint32_t at)
{
	struct packet_frag_part *before = NULL;

	if (d->last != NULL && d->last->at < at)
		return d->last;
	for (struct packet_frag_part *p = d->parts; p != NULL && p->at < at; p = p->next)
		before = p;
	return before;
}

static void put(struct packet_frag *f, struct datagram *d, struct packet_frag_part *part)
{
	struct packet_frag_part *before = find_before(d, part->at);

	switch (look_at_overlap(f, before != NULL ? before : d->parts, part)) {
	case OVERLAP_NONE:
		break;
	case OVERLAP_SAME:
		if (trim(f, d, before, part))
			break;
		release(f, part, PACKET_FRAG_COPY);
		return;
	case OVERLAP_COVERED:
		d->doubtful = true;
		release(f, part, PACKET_FRAG_COPY);
		return;
	case OVERLAP_DIFFERS:
		give_up(f, d, PACKET_FRAG_DIFFERS);
		release(f, part, PACKET_FRAG_DIFFERS);
		return;
	}
	if (d->count == PACKET_FRAG_PARTS_MAX) {
		give_up(f, d, PACKET_FRAG_FULL);
		release(f, part, PACKET_FRAG_FULL);
		return;
	}
	insert(f, d, before, part);
}

// All but the last come in units of eight octets. IPv4 takes as many as there are, IPv6 none.
static bool is_sound(
	const struct packet_frag_key *key, struct packet_frag_part *part, bool more)
{
	if (more && part->len % 8 != 0) {
		if (key->protocol == 0)
			return false;
		part->len &= ~7u;
	}
	return part->len > 0 && part->len <= PAYLOAD_MAX &&
		part->at <= PAYLOAD_MAX - part->len;
}

bool packet_frag_take(struct packet_frag *f, const struct packet_frag_key *key,
	struct packet_frag_part *part, bool more, uint64_t now_us,
	struct packet_frag_whole *ret)
{
	packet_frag_flush(f, now_us, false);
	part->skip = 0;
	if (!is_sound(key, part, more)) {
		release(f, part, PACKET_FRAG_BAD);
		return false;
	}
	uint32_t bucket =
		(uint32_t)mt_siphash(&f->secret, key, sizeof(*key)) & f->bucket_mask;
	while (f->buffers + part->buffers > f->buffers_max && !TAILQ_EMPTY(&f->by_age))
		give_up(f, TAILQ_FIRST(&f->by_age), PACKET_FRAG_FULL);
	if (part->buffers > f->buffers_max) {
		release(f, part, PACKET_FRAG_FULL);
		return false;
	}
	struct datagram *d = find(f, key, bucket);
	if (d == NULL)
		d = begin(f, key, bucket, now_us);
	if (!agrees_with_end(d, part, more)) {
		give_up(f, d, PACKET_FRAG_DIFFERS);
		release(f, part, PACKET_FRAG_DIFFERS);
		return false;
	}
	put(f, d, part);
	// Given up, it has no parts, and it is free for the next.
	if (!d->end_known || d->octets != d->len || find(f, key, bucket) != d)
		return false;
	*ret = (struct packet_frag_whole){
		.parts = d->parts,
		.len = d->len,
		.count = d->count,
		.doubtful = d->doubtful,
	};
	forget(f, d);
	return true;
}

uint32_t packet_frag_held(const struct packet_frag *f)
{
	return f->held;
}

uint32_t packet_frag_buffers(const struct packet_frag *f)
{
	return f->buffers;
}
